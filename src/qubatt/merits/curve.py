"""Merits that are one number of the energy curve."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np

from qubatt.core.check import FloatArray
from qubatt.core.problem import Problem
from qubatt.core.realization import Realization
from qubatt.core.space import Operator
from qubatt.merits.merit import Merit, Moments
from qubatt.merits.reading import ENERGY, POWER, has_pulses
from qubatt.merits.record import Record


def _bend(realization: Realization) -> Operator:
    return realization.adjoint(realization.adjoint(realization.H_B))


class OfCurve(Merit):
    """One number of the energy curve; subclasses say which."""

    reads = "curve"
    at_rest = False

    @abstractmethod
    def number(self, record: Record) -> float:
        """Return what is read off the curve."""

    def values(self, record: Record) -> FloatArray:
        """Return the number, shape ``()``."""
        return np.asarray(self.number(record), dtype=np.float64)

    def moments(self, problem: Problem) -> Moments:
        """Return H_B and its derivatives."""
        bend: Moments = {} if has_pulses(problem) else {"d2H_B/dt2": _bend}
        return {**ENERGY, **POWER, **bend}
