"""Emission of each two-level atom into a bath of its own."""

from __future__ import annotations

from pydantic import Field

from qubatt.core.check import NonNegative
from qubatt.core.declaration import declare
from qubatt.core.problem import Jump
from qubatt.core.space import Space
from qubatt.environment.dissipator import Dissipator, acts_on


@declare("environment", "local-emission")
class LocalEmission(Dissipator):
    """γ(n̄ + 1) Σᵢ D[σ₋ⁱ] + γ n̄ Σᵢ D[σ₊ⁱ], one dissipator per two-level atom.

    For n̄ = 0 this is ``emission`` of piqs (shammah2018), the self-discharge of single atoms.
    It leaves the symmetric states: the full basis of 2^N states is taken.
    """

    rate: NonNegative = Field(description="Emission rate γ per atom", examples=[0.2])
    n_thermal: NonNegative = Field(
        default=0.0, description="Mean occupation n̄ of the bath", examples=[0.2]
    )
    on: str = acts_on("atoms")

    def jumps(self, space: Space) -> tuple[Jump, ...]:
        """Return the jumps σ₋ and σ₊ of every atom, as two jumps of local scope."""
        return self.thermal_jumps(
            space, self.on, "J-", "J+", self.rate, self.n_thermal, scope="local"
        )
