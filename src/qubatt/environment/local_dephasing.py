"""Dephasing of each two-level atom by itself."""

from __future__ import annotations

from pydantic import Field

from qubatt.core.check import NonNegative
from qubatt.core.declaration import declare
from qubatt.core.problem import Jump
from qubatt.core.space import Space
from qubatt.environment.dissipator import Dissipator, acts_on


@declare("environment", "local-dephasing")
class LocalDephasing(Dissipator):
    """γ Σᵢ D[½σ_zⁱ], one dissipator per two-level atom.

    This is ``dephasing`` of piqs (shammah2018), with ½σ_z: the coherence of an atom decays with
    γ/2. A source that writes γ D[σ_z] is entered with 4γ. It leaves the symmetric states: the full
    basis of 2^N states is taken.
    """

    rate: NonNegative = Field(description="Dephasing rate γ per atom", examples=[0.2])
    on: str = acts_on("atoms")

    def jumps(self, space: Space) -> tuple[Jump, ...]:
        """Return the jump ½σ_z of every atom, as one jump of local scope."""
        return self.one_jump(space, self.on, "Jz", self.rate, scope="local")
