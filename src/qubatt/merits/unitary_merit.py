"""Merits of what unitaries on the battery can do."""

from __future__ import annotations

import math
from typing import Any, ClassVar, Literal

from pydantic import Field

from qubatt.core.observable import Observable
from qubatt.core.problem import Problem
from qubatt.core.realization import Realization
from qubatt.merits.merit import Merit, Needs
from qubatt.merits.unitaries import REACHES, Reach

ReachName = Literal["symmetric", "full"]
"""Names of the sets of unitaries that act on ρ_B."""


def reach_field() -> Any:
    """Return the field `reach` of a merit; its type says which names it takes."""
    return Field(description="States that the unitaries may change", examples=["full"])


class UnitaryMerit(Merit):
    """A merit of the unitaries that its field `reach` names, on a state ρ with energy H.

    Attributes
    ----------
    title : str
        Start of the label.
    formula : str
        Start of the definition, with ρ and H.
    """

    title: ClassVar[str]
    formula: ClassVar[str]
    units = "omega_ref"
    bounds = (0.0, math.inf)
    reach: str

    @property
    def unitaries(self) -> Reach:
        """The unitaries, and the state and energy that they act on."""
        return REACHES[self.reach]

    @property
    def long_name(self) -> str:
        """Label of the variable."""
        return f"{self.title} {self.unitaries.where}"

    @property
    def definition(self) -> str:
        """The formula."""
        formula = self.formula.replace("ρ", self.unitaries.state)
        return f"{formula.replace('H', self.unitaries.hamiltonian)}, {self.unitaries.unitaries}"

    @property
    def needs(self) -> Needs:
        """What the state is computed from."""
        return self.unitaries.needs

    def observables(self, problem: Problem) -> tuple[Observable, ...]:
        """Return the observables whose expectation values it needs."""
        return self.unitaries.observables(problem)

    def unavailable(self, realization: Realization) -> str:
        """Return why the problem cannot give it."""
        return self.unitaries.unavailable(realization, self.kind)
