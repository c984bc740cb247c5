"""Spontaneous decay of each atom from one level to a lower one."""

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
    """Decay between two levels of each atom, γ Σᵢ D[|lower⟩⟨upper|ᵢ].

    D[c]ρ = cρc† − ½{c†c, ρ}. Eq. (23) of zhang2024 uses twice this form; enter its γ_e as
    ``rate=2 * gamma_e``. Rates are in units of ω_ref. The dynamics leaves the symmetric subspace
    and requires the full basis of 3^N states.

    Examples
    --------
    >>> import qubatt as qb
    >>> battery = qb.CascadeBattery(n_atoms=1, max_photons=10)
    >>> decay = qb.LevelDecay(upper="middle", lower="ground", rate=0.2)
    >>> run = qb.charge(battery, times=[0.0, 1.0], environment=decay)
    >>> run.energy.values.round(4).tolist()
    [0.0, 0.5561]
    """

    upper: str = Field(description="Level that decays", examples=["middle"])
    lower: str = Field(description="Final level of the decay", examples=["ground"])
    rate: NonNegative = Field(description="Decay rate γ per atom", examples=[0.2])
    on: str = acts_on("atoms")

    def jumps(self, space: Space) -> tuple[Jump, ...]:
        """Return the jump operators of all atoms as one jump of local scope."""
        self.require(space, self.on, "S_gg")
        atoms = space.factors[self.on]
        if len(atoms.levels) == 2:
            raise UnsupportedError(
                "LevelDecay acts on three-level atoms; use LocalEmission for two-level atoms."
            )
        for argument, level in (("upper", self.upper), ("lower", self.lower)):
            if level not in atoms.levels:
                requirement = "name a level of the atoms"
                raise ArgumentError(argument, requirement, level, suggest(level, atoms.levels))
        if atoms.levels.index(self.upper) <= atoms.levels.index(self.lower):
            cure = "Swap upper and lower."
            raise ArgumentError("upper", f"be higher than {self.lower!r}", self.upper, cure)
        name = f"S_{self.lower[0]}{self.upper[0]}"
        return self.one_jump(space, self.on, name, self.rate, scope="local")
