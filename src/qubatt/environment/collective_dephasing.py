"""Collective dephasing of two-level atoms."""

from __future__ import annotations

from pydantic import Field

from qubatt.core.check import NonNegative
from qubatt.core.declaration import declare
from qubatt.core.problem import Jump
from qubatt.core.space import Space
from qubatt.environment.dissipator import Dissipator, acts_on


@declare("environment", "collective-dephasing")
class CollectiveDephasing(Dissipator):
    """γ D[J_z] with J_z = ½ Σ σ_z, one noisy level splitting that all atoms share.

    This is ``collective_dephasing`` of piqs (shammah2018). It leaves the populations of the ladder
    alone; the coherence between |m⟩ and |m′⟩ decays with ½γ(m − m′)².
    """

    rate: NonNegative = Field(description="Collective dephasing rate γ", examples=[0.3])
    on: str = acts_on("atoms")

    def jumps(self, space: Space) -> tuple[Jump, ...]:
        """Return the jump J_z with its rate."""
        return self.one_jump(space, self.on, "Jz", self.rate)
