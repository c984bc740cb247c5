"""Population of the empty battery."""

from __future__ import annotations

from qubatt.core.check import FloatArray
from qubatt.core.declaration import declare
from qubatt.core.problem import Problem
from qubatt.core.space import Basis
from qubatt.merits.merit import Merit, Moments
from qubatt.merits.reading import product
from qubatt.merits.record import Record


@declare("merit", "empty_population")
class EmptyPopulation(Merit):
    """Population of the empty battery, all of it in its ground level."""

    long_name = "population of the empty battery"
    definition = "Tr[ρ |G⟩⟨G|] with the battery in its ground level; 1 for an empty battery"
    bounds = (0.0, 1.0)

    def obstacle(self, problem: Problem, basis: Basis) -> str:
        """Return why the problem cannot give it."""
        known = problem.space.factors[problem.battery].operators(basis)
        return "" if "P_ground" in known else "its battery names no ground level"

    def moments(self, problem: Problem) -> Moments:
        """Return |G⟩⟨G|."""
        return {"P_ground": product(problem.battery, "P_ground")}

    def values(self, record: Record) -> FloatArray:
        """Return the population, shape ``(T,)``."""
        return record.moments["P_ground"]
