"""Merits that reduce the energy curve E(t) to a single number."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np

from qubatt.core.check import FloatArray
from qubatt.core.observable import CURVATURE, ENERGY, POWER, Observable
from qubatt.core.problem import Problem
from qubatt.merits.merit import Merit
from qubatt.merits.solved_run import SolvedRun


class CurveMerit(Merit):
    """A single number derived from the energy curve E(t); subclasses implement `number`."""

    needs = "curve"
    has_steady_value = False

    @abstractmethod
    def number(self, run: SolvedRun) -> float:
        """Return the value of the merit."""

    def values(self, run: SolvedRun) -> FloatArray:
        """Return the value of the merit, shape ``()``."""
        return np.asarray(self.number(run), dtype=np.float64)

    def observables(self, problem: Problem) -> tuple[Observable, ...]:
        """Return H_B and its first (without pulses also second) time derivative."""
        return (ENERGY, POWER) if problem.has_pulses else (ENERGY, POWER, CURVATURE)
