"""Population of the empty battery."""

from __future__ import annotations

import numpy as np

from qubatt.core.check import FloatArray
from qubatt.core.declaration import declare
from qubatt.core.observable import Expectation, Observable
from qubatt.core.problem import Problem
from qubatt.core.realization import Realization
from qubatt.merits.merit import Merit
from qubatt.merits.solved_run import SolvedRun


@declare("merit", "empty_population")
class EmptyPopulation(Merit):
    """Population of the empty battery |G⟩, whose atoms are all in their ground level."""

    long_name = "population of the empty battery"
    definition = "Tr[ρ |G⟩⟨G|], where |G⟩ is the battery in its ground level; 1 if it is empty"
    bounds = (0.0, 1.0)
    linear = True

    def unavailable(self, realization: Realization) -> str:
        """Return the reason why this merit is unavailable, or an empty string."""
        problem = realization.problem
        operators = problem.space.factors[problem.battery].operators
        names = {*operators, *problem.space.matrices.get(problem.battery, {})}
        return "" if "P_ground" in names else "the battery does not define a ground level"

    def observables(self, problem: Problem) -> tuple[Observable, ...]:
        """Return |G⟩⟨G|."""
        return (Expectation.of(problem.battery, ("P_ground",)),)

    def values(self, run: SolvedRun) -> FloatArray:
        """Return the population, shape ``(T,)``."""
        return run.of(*self.observables(run.problem))

    def error_bound(self, distance: FloatArray, run: SolvedRun) -> FloatArray:  # noqa: ARG002
        """Return half the distance; see `Merit.error_bound`."""
        return np.minimum(0.5 * distance, 1.0)
