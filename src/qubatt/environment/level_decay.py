"""Spontaneous decay of each atom from one level to another."""

from __future__ import annotations

from pydantic import Field

from qubatt.core.check import NonNegative
from qubatt.core.declaration import declare
from qubatt.core.errors import ArgumentError, UnsupportedError, suggest
from qubatt.core.problem import Jump
from qubatt.core.space import Space
from qubatt.environment.dissipator import Dissipator, acts_on


@declare("environment", "level-decay")
class LevelDecay(Dissipator):
    """γ Σᵢ D[|lower⟩⟨upper|ᵢ], one dissipator per atom.

    Eq. (23) of zhang2024 writes twice this form: its γ_e is entered as ``rate=2 * gamma_e``.
    """

    upper: str = Field(description="Level that decays", examples=["middle"])
    lower: str = Field(description="Level that it decays to", examples=["ground"])
    rate: NonNegative = Field(description="Decay rate γ per atom", examples=[0.2])
    on: str = acts_on("atoms")

    def jumps(self, space: Space) -> tuple[Jump, ...]:
        """Return one jump per atom, as a jump of local scope."""
        self.require(space, self.on, "S_gg")
        atoms = space.factors[self.on]
        if len(atoms.levels) == 2:
            raise UnsupportedError(
                "LevelDecay acts on atoms of three levels; use LocalEmission for two-level atoms."
            )
        for argument, level in (("upper", self.upper), ("lower", self.lower)):
            if level not in atoms.levels:
                requirement = "name a level of the atoms"
                raise ArgumentError(argument, requirement, level, suggest(level, atoms.levels))
        if atoms.levels.index(self.upper) <= atoms.levels.index(self.lower):
            cure = "Swap upper and lower."
            raise ArgumentError("upper", f"lie above {self.lower!r}", self.upper, cure)
        name = f"S_{self.lower[0]}{self.upper[0]}"
        return self.one_jump(space, self.on, name, self.rate, scope="local")
