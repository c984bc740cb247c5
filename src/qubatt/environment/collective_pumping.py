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
    """γ D[J₊] with J = ½ Σ σ, incoherent pumping of all atoms by one reservoir.

    This is ``collective_pumping`` of piqs (shammah2018); pumping by a warm bath that also takes
    energy is `CollectiveDecay` with ``n_thermal``.
    """

    rate: NonNegative = Field(description="Collective pumping rate γ", examples=[0.3])
    on: str = acts_on("atoms")

    def jumps(self, space: Space) -> tuple[Jump, ...]:
        """Return the jump J₊ with its rate."""
        return self.one_jump(space, self.on, "J+", self.rate)
