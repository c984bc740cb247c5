"""Photon loss of the cavity."""

from __future__ import annotations

from pydantic import Field

from qubatt.core.check import NonNegative
from qubatt.core.declaration import declare
from qubatt.core.problem import Jump
from qubatt.core.space import Space
from qubatt.environment.dissipator import Dissipator, acts_on


@declare("environment", "cavity-loss")
class CavityLoss(Dissipator):
    """κ(n̄ + 1) D[a] + κ n̄ D[a†], Eq. (7) of zhang2024 for n̄ = 0."""

    rate: NonNegative = Field(description="Loss rate κ", examples=[0.5])
    n_thermal: NonNegative = Field(
        default=0.0, description="Mean photon number n̄ of the bath", examples=[0.3]
    )
    on: str = acts_on("cavity")

    def jumps(self, space: Space) -> tuple[Jump, ...]:
        """Return the jumps a and a† with their rates."""
        return self.thermal_jumps(space, self.on, "a", "a+", self.rate, self.n_thermal)
