"""Pumping of each two-level atom by itself."""

from __future__ import annotations

from pydantic import Field

from qubatt.core.check import NonNegative
from qubatt.core.declaration import declare
from qubatt.core.problem import Jump
from qubatt.core.space import Space
from qubatt.environment.dissipator import Dissipator, acts_on


@declare("environment", "local-pumping")
class LocalPumping(Dissipator):
    """γ Σᵢ D[σ₊ⁱ], one dissipator per two-level atom.

    This is ``pumping`` of piqs (shammah2018). It leaves the symmetric states: the full basis of
    2^N states is taken.
    """

    rate: NonNegative = Field(description="Pumping rate γ per atom", examples=[0.2])
    on: str = acts_on("atoms")

    def jumps(self, space: Space) -> tuple[Jump, ...]:
        """Return the jump σ₊ of every atom, as one jump of local scope."""
        return self.one_jump(space, self.on, "J+", self.rate, scope="local")
