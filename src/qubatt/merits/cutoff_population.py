"""Population of the highest retained Fock levels; if it is large, the cut-off is too low."""

from __future__ import annotations

import numpy as np

from qubatt.core.check import FloatArray
from qubatt.core.declaration import declare
from qubatt.core.observable import Expectation, Observable
from qubatt.core.problem import Problem
from qubatt.core.realization import Realization
from qubatt.merits.merit import Merit
from qubatt.merits.requirements import without_mode
from qubatt.merits.solved_run import SolvedRun


def highest_levels(problem: Problem) -> dict[str, Expectation]:
    """Return, for each mode, the projector onto its highest retained Fock levels."""
    return {mode: Expectation.of(mode, ("P_top",)) for mode in problem.space.modes}


@declare("merit", "cutoff_population")
class CutoffPopulation(Merit):
    """Population of the highest retained Fock level."""

    long_name = "population of the highest retained Fock level"
    definition = (
        "Tr[ρ |max_photons⟩⟨max_photons|]; of the two highest levels if photons are exchanged in"
        " pairs; the largest value if there are several modes"
    )
    bounds = (0.0, 1.0)
    default = True

    def unavailable(self, realization: Realization) -> str:
        """Return the reason why this merit is unavailable, or an empty string."""
        return without_mode(realization.problem)

    def observables(self, problem: Problem) -> tuple[Observable, ...]:
        """Return the projector for each mode."""
        return tuple(highest_levels(problem).values())

    def values(self, run: SolvedRun) -> FloatArray:
        """Return the population, shape ``(T,)``."""
        populations = [run.of(top) for top in highest_levels(run.problem).values()]
        return np.asarray(np.max(populations, axis=0))
