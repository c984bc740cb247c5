"""Merits of a solved request, with the bound on its cut-off error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qubatt.charging.cutoff_bound import CutoffBound
from qubatt.charging.request import Request
from qubatt.core.check import FloatArray
from qubatt.core.solution import Solution
from qubatt.engines.steady.solve_steady import SteadySolution
from qubatt.merits import Merit, SolvedRun


@dataclass(frozen=True)
class Assessment:
    """Values of the merits of a solved request, and the bound on its cut-off error.

    Attributes
    ----------
    request : Request
        The request.
    record : SolvedRun
        Moments at the sampling times, and states.
    values : mapping of str to array
        Values of each merit at its times, see `times_of`, or one number for merits of the curve.
    chosen : array of int, shape (T,)
        Indices of the output times among the sampling times.
    state_times : array, shape (S,)
        Times of merits of the full state.
    bound : CutoffBound or None
        Bound on the trace distance; None if it is not known.
    solution : Solution or SteadySolution
        The solution that the record was made from.
    steady : bool
        Whether the record is a steady state.
    """

    request: Request
    record: SolvedRun
    values: Mapping[str, NDArray[Any]]
    chosen: NDArray[np.intp]
    state_times: FloatArray
    bound: CutoffBound | None
    solution: Solution | SteadySolution
    steady: bool = False

    def times_of(self, merit: Merit) -> FloatArray:
        """Return the times at which the values of a merit are known."""
        times = self.record.times
        if merit.needs == "battery state":
            return times[self.chosen]
        return self.state_times if merit.needs == "full state" else times

    def shown(self, merit: Merit, values: FloatArray) -> float:
        """Return the maximum over the output times of the values of a merit."""
        if merit.needs == "expectations" and values.ndim:
            values = values[..., self.chosen]
        return float(np.max(values, initial=0.0))
