"""Collective decay of two-level atoms."""

from __future__ import annotations

from pydantic import Field

from qubatt.core.check import NonNegative
from qubatt.core.declaration import declare
from qubatt.core.problem import Jump
from qubatt.core.space import Space
from qubatt.environment.dissipator import Dissipator, acts_on


@declare("environment", "collective-decay")
class CollectiveDecay(Dissipator):
    """Collective decay γ(n̄ + 1) D[J₋] + γ n̄ D[J₊], which is Eq. (15) of zhang2024 for n̄ = 0.

    D[c]ρ = cρc† − ½{c†c, ρ} and J = ½ Σ σ. For n̄ = 0 this is ``collective_emission`` of piqs
    (shammah2018). Rates are in units of ω_ref.

    Examples
    --------
    >>> import qubatt as qb
    >>> battery = qb.DrivenBattery(n_atoms=2, drive=1.0)
    >>> run = qb.discharge(battery, times=[0.0, 1.0], environment=qb.CollectiveDecay(rate=0.4))
    >>> run.remaining_energy.values.round(4).tolist()
    [2.0, 1.2581]
    """

    rate: NonNegative = Field(description="Collective decay rate γ", examples=[0.4])
    n_thermal: NonNegative = Field(
        default=0.0, description="Mean occupation n̄ of the bath", examples=[0.2]
    )
    on: str = acts_on("atoms")

    def jumps(self, space: Space) -> tuple[Jump, ...]:
        """Return the jump operators J₋ and J₊ with their rates."""
        return self.thermal_jumps(space, self.on, "J-", "J+", self.rate, self.n_thermal)
