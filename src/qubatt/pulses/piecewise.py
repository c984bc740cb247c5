"""Piecewise-constant pulse."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from pydantic import Field, ValidationInfo, field_validator

from qubatt.core.check import check_array
from qubatt.core.declaration import declare
from qubatt.core.errors import ArgumentError
from qubatt.pulses.pulse import Pulse


@declare("pulse", "piecewise")
class PiecewisePulse(Pulse):
    """Piecewise-constant pulse: f(t) = values[k] for times[k] ≤ t < times[k + 1].

    Before the first time and after the last, f = 0. There is one value fewer than there are times.
    To keep the last value until the end of a run, choose a last time beyond it. Times are in
    units of 1/ω_ref; the values have the unit of the modulated parameter.

    Examples
    --------
    >>> import qubatt as qb
    >>> pulse = qb.PiecewisePulse(times=[0.5, 1.0, 3.0], values=[1.0, -0.5])
    >>> [pulse(t) for t in (0.0, 0.7, 2.0, 3.0)]
    [0.0, 1.0, -0.5, 0.0]
    """

    times: Sequence[float] = Field(
        description="Switching times, ascending", examples=[(0.5, 1.0, 3.0)]
    )
    values: Sequence[float] = Field(
        description="Values between the times, one fewer than times", examples=[(1.0, -0.5)]
    )

    @field_validator("times", "values", mode="before")
    @classmethod
    def _numbers(cls, values: Any, info: ValidationInfo) -> tuple[float, ...]:
        return tuple(np.atleast_1d(check_array(str(info.field_name), values)).tolist())

    @field_validator("times")
    @classmethod
    def _ascending(cls, times: tuple[float, ...]) -> tuple[float, ...]:
        if len(times) < 2:
            cure = "A pulse needs a start and an end."
            raise ArgumentError("times", "contain at least two times", list(times), cure)
        for pair in pairwise(times):
            if pair[0] >= pair[1]:
                raise ArgumentError("times", "ascend strictly", list(pair), "Sort the times.")
        return times

    @field_validator("values")
    @classmethod
    def _one_fewer(cls, values: tuple[float, ...], info: ValidationInfo) -> tuple[float, ...]:
        expected = len(info.data.get("times", ())) - 1
        if 0 < expected != len(values):
            requirement = f"contain {expected} values, one fewer than times"
            raise ArgumentError("values", requirement, list(values))
        return values

    def __call__(self, time: float) -> float:
        """Return f(t)."""
        piece = bisect_right(self.times, time) - 1
        return self.values[piece] if 0 <= piece < len(self.values) else 0.0

    def breaks(self) -> tuple[float, ...]:
        """Return the switching times."""
        return tuple(self.times)
