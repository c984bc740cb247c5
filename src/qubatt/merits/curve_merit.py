"""Merits that are one number of the energy curve."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np

from qubatt.core.check import FloatArray
from qubatt.core.observable import CURVATURE, ENERGY, POWER, Observable
from qubatt.core.problem import Problem
from qubatt.merits.merit import Merit
from qubatt.merits.solved_run import SolvedRun


class CurveMerit(Merit):
    """One number of the energy curve; subclasses say which."""

    needs = "curve"
    has_steady_value = False

    @abstractmethod
    def number(self, run: SolvedRun) -> float:
        """Return the number."""

    def values(self, run: SolvedRun) -> FloatArray:
        """Return the number, shape ``()``."""
        return np.asarray(self.number(run), dtype=np.float64)

    def observables(self, problem: Problem) -> tuple[Observable, ...]:
        """Return H_B and its derivatives."""
        return (ENERGY, POWER) if problem.has_pulses else (ENERGY, POWER, CURVATURE)
