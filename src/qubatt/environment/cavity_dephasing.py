"""Dephasing of the cavity."""

from __future__ import annotations

from pydantic import Field

from qubatt.core.check import NonNegative
from qubatt.core.declaration import declare
from qubatt.core.problem import Jump
from qubatt.core.space import Space
from qubatt.environment.dissipator import Dissipator, acts_on


@declare("environment", "cavity-dephasing")
class CavityDephasing(Dissipator):
    """κ_φ D[a†a], a noisy frequency of the cavity.

    It leaves photon numbers alone; the coherence between |n⟩ and |n′⟩ decays with ½κ_φ(n − n′)².
    """

    rate: NonNegative = Field(description="Dephasing rate κ_φ", examples=[0.2])
    on: str = acts_on("cavity")

    def jumps(self, space: Space) -> tuple[Jump, ...]:
        """Return the jump a†a with its rate."""
        return self.one_jump(space, self.on, "n", self.rate)
