"""Merits given by the expectation value of one product of mode operators."""

from __future__ import annotations

from typing import ClassVar

from qubatt.core.check import FloatArray
from qubatt.core.observable import Observable
from qubatt.core.problem import Problem
from qubatt.core.realization import Realization
from qubatt.core.space import Names
from qubatt.merits.merit import Merit
from qubatt.merits.requirements import mode_product, without_mode
from qubatt.merits.solved_run import SolvedRun


class ModeExpectation(Merit):
    """Expectation value ⟨O⟩ of a product O of named operators of the mode."""

    linear = True
    operators: ClassVar[Names]

    def unavailable(self, realization: Realization) -> str:
        """Return the reason why this merit is unavailable, or an empty string."""
        return without_mode(realization.problem)

    def observables(self, problem: Problem) -> tuple[Observable, ...]:
        """Return the observable O."""
        return (mode_product(problem, *self.operators),)

    def values(self, run: SolvedRun) -> FloatArray:
        """Return ⟨O⟩, shape ``(T,)``."""
        return run.of(mode_product(run.problem, *self.operators))
