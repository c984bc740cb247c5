"""Base class of merits that optimise over unitaries on the battery."""

from __future__ import annotations

import math
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from qubatt.core.check import FloatArray
from qubatt.core.observable import Observable
from qubatt.core.problem import Problem
from qubatt.core.realization import Realization
from qubatt.merits.merit import Merit, Needs
from qubatt.merits.solved_run import SolvedRun
from qubatt.merits.unitaries import REACHES, Reach

ReachName = Literal["symmetric", "full"]
"""Names of the sets of unitaries that act on ρ_B."""


def reach_field() -> Any:
    """Return the field `reach` of a merit, whose type lists the allowed names."""
    return Field(description="States on which the unitaries act", examples=["full"])


class UnitaryMerit(Merit):
    """A merit optimised over the unitaries named by `reach`, for a state ρ and Hamiltonian H.

    Attributes
    ----------
    title : str
        First part of the label.
    formula : str
        First part of the definition, in terms of ρ and H.
    """

    title: ClassVar[str]
    formula: ClassVar[str]
    units = "omega_ref"
    bounds = (0.0, math.inf)
    reach: str

    @property
    def unitaries(self) -> Reach:
        """The set of unitaries, with the state that they act on and the Hamiltonian."""
        return REACHES[self.reach]

    @property
    def long_name(self) -> str:
        """Label of the variable."""
        return f"{self.title} {self.unitaries.where}"

    @property
    def definition(self) -> str:
        """Definition as a formula, with its symbols explained."""
        formula = self.formula.replace("ρ", self.unitaries.state)
        return f"{formula.replace('H', self.unitaries.hamiltonian)}, {self.unitaries.unitaries}"

    @property
    def needs(self) -> Needs:
        """Quantities from which the state is computed."""
        return self.unitaries.needs

    def observables(self, problem: Problem) -> tuple[Observable, ...]:
        """Return the observables whose expectation values are required."""
        return self.unitaries.observables(problem)

    def unavailable(self, realization: Realization) -> str:
        """Return the reason why this merit is unavailable, or an empty string."""
        return self.unitaries.unavailable(realization, self.kind)

    def scale(self, run: SolvedRun) -> float:
        """Return the spread of H_B, or that of H₁ for one atom; see `Merit.scale`."""
        if self.reach != "atom":
            return super().scale(run)
        lowest, highest = self.unitaries.levels(run)
        return float(highest[0] - lowest[0]) or 1.0  # as the scale of energies

    def error_bound(self, distance: FloatArray, run: SolvedRun) -> FloatArray | None:
        """Return the spread of H times the distance; see `Merit.error_bound`.

        Half of it bounds the change of the energy, and the other half that of the passive energy
        (Lidskii).
        """
        if run.is_mode:
            return None
        lowest, highest = self.unitaries.levels(run)
        return np.asarray((highest[0] - lowest[0]) * np.minimum(distance, 1.0))
