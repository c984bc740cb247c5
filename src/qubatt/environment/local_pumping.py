"""Independent pumping of each two-level atom."""

from __future__ import annotations

from pydantic import Field

from qubatt.core.check import NonNegative
from qubatt.core.declaration import declare
from qubatt.core.problem import Jump
from qubatt.core.space import Space
from qubatt.environment.dissipator import Dissipator, acts_on


@declare("environment", "local-pumping")
class LocalPumping(Dissipator):
    """Incoherent pumping of each atom, γ Σᵢ D[σ₊ⁱ].

    D[c]ρ = cρc† − ½{c†c, ρ}. This is ``pumping`` of piqs (shammah2018). Rates are in units of
    ω_ref. The dynamics leaves the symmetric subspace and requires the full basis of 2^N states.

    Examples
    --------
    Without a drive, E(t) = N ω_a (1 − exp(−γt)):

    >>> import qubatt as qb
    >>> battery = qb.DrivenBattery(n_atoms=2, drive=0.0)
    >>> run = qb.charge(battery, times=[0.0, 5.0], environment=qb.LocalPumping(rate=0.2))
    >>> run.energy.values.round(4).tolist()
    [0.0, 1.2642]
    """

    rate: NonNegative = Field(description="Pumping rate γ per atom", examples=[0.2])
    on: str = acts_on("atoms")

    def jumps(self, space: Space) -> tuple[Jump, ...]:
        """Return the jump operators σ₊ of all atoms as one jump of local scope."""
        return self.one_jump(space, self.on, "J+", self.rate, scope="local")
