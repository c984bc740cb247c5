"""Merits that are one number of the energy curve."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from qubatt.core.problem import Problem
from qubatt.core.realization import Realization
from qubatt.core.space import Operator
from qubatt.merits.merit import Merit, Moments
from qubatt.merits.reading import ENERGY, POWER, has_pulses


def _bend(realization: Realization) -> Operator:
    return realization.adjoint(realization.adjoint(realization.H_B))


class OfCurve(Merit):
    """One number of the energy curve; subclasses say which."""

    reads = "curve"
    at_rest = False

    def moments(self, problem: Problem) -> Moments:
        """Return H_B and its derivatives."""
        bend: Moments = {} if has_pulses(problem) else {"d2H_B/dt2": _bend}
        return {**ENERGY, **POWER, **bend}


def one(value: float) -> NDArray[np.float64]:
    """Return a number as the array without dims that merits give."""
    return np.asarray(value, dtype=np.float64)
