"""Emission of each two-level atom into its own bath."""

from __future__ import annotations

from pydantic import Field

from qubatt.core.check import NonNegative
from qubatt.core.declaration import declare
from qubatt.core.problem import Jump
from qubatt.core.space import Space
from qubatt.environment.dissipator import Dissipator, acts_on


@declare("environment", "local-emission")
class LocalEmission(Dissipator):
    """Emission of each atom into its own bath, γ(n̄ + 1) Σᵢ D[σ₋ⁱ] + γ n̄ Σᵢ D[σ₊ⁱ].

    D[c]ρ = cρc† − ½{c†c, ρ}. For n̄ = 0 this is ``emission`` of piqs (shammah2018) and describes
    the self-discharge of independent atoms. Rates are in units of ω_ref. The dynamics leaves the
    symmetric subspace and requires the full basis of 2^N states.

    Examples
    --------
    The energy of independent atoms decays as N ω_a exp(−γt):

    >>> import qubatt as qb
    >>> battery = qb.DrivenBattery(n_atoms=2, drive=1.0)
    >>> run = qb.discharge(battery, times=[0.0, 5.0], environment=qb.LocalEmission(rate=0.2))
    >>> run.remaining_energy.values.round(4).tolist()
    [2.0, 0.7358]
    """

    rate: NonNegative = Field(description="Emission rate γ per atom", examples=[0.2])
    n_thermal: NonNegative = Field(
        default=0.0, description="Mean occupation n̄ of the bath", examples=[0.2]
    )
    on: str = acts_on("atoms")

    def jumps(self, space: Space) -> tuple[Jump, ...]:
        """Return the jump operators σ₋ and σ₊ of all atoms as two jumps of local scope."""
        return self.thermal_jumps(
            space, self.on, "J-", "J+", self.rate, self.n_thermal, scope="local"
        )
