"""Collective pumping of two-level atoms."""

from __future__ import annotations

from pydantic import Field

from qubatt.core.check import NonNegative
from qubatt.core.declaration import declare
from qubatt.core.problem import Jump
from qubatt.core.space import Space
from qubatt.environment.dissipator import Dissipator, acts_on


@declare("environment", "collective-pumping")
class CollectivePumping(Dissipator):
    """Collective pumping γ D[J₊], that is, incoherent pumping of all atoms by one reservoir.

    D[c]ρ = cρc† − ½{c†c, ρ} and J = ½ Σ σ. This is ``collective_pumping`` of piqs (shammah2018).
    For a thermal bath, which also absorbs energy, use `CollectiveDecay` with ``n_thermal``. Rates
    are in units of ω_ref.

    Examples
    --------
    >>> import qubatt as qb
    >>> battery = qb.DrivenBattery(n_atoms=2, drive=0.0)
    >>> run = qb.charge(battery, times=[0.0, 2.0], environment=qb.CollectivePumping(rate=0.3))
    >>> run.energy.values.round(4).tolist()
    [0.0, 1.0362]
    """

    rate: NonNegative = Field(description="Collective pumping rate γ", examples=[0.3])
    on: str = acts_on("atoms")

    def jumps(self, space: Space) -> tuple[Jump, ...]:
        """Return the jump operator J₊ with its rate."""
        return self.one_jump(space, self.on, "J+", self.rate)
