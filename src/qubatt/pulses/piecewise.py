"""Piecewise constant pulse."""

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
    """f(t) = values[k] for times[k] ≤ t < times[k + 1], and 0 before the first and from the last.

    There is one value fewer than times: every value has a beginning and an end. To leave the last
    one on, let the last time lie beyond the end of the run.
    """

    times: Sequence[float] = Field(
        description="Times at which the value changes, ascending", examples=[(0.5, 1.0, 3.0)]
    )
    values: Sequence[float] = Field(
        description="Values between them, one fewer than times", examples=[(1.0, -0.5)]
    )

    @field_validator("times", "values", mode="before")
    @classmethod
    def _numbers(cls, given: Any, info: ValidationInfo) -> tuple[float, ...]:
        return tuple(np.atleast_1d(check_array(str(info.field_name), given)).tolist())

    @field_validator("times")
    @classmethod
    def _ascending(cls, times: tuple[float, ...]) -> tuple[float, ...]:
        if len(times) < 2:
            cure = "A pulse has a beginning and an end."
            raise ArgumentError("times", "hold at least two times", list(times), cure)
        for pair in pairwise(times):
            if pair[0] >= pair[1]:
                raise ArgumentError("times", "ascend strictly", list(pair), "Sort the times.")
        return times

    @field_validator("values")
    @classmethod
    def _one_fewer(cls, values: tuple[float, ...], info: ValidationInfo) -> tuple[float, ...]:
        expected = len(info.data.get("times", ())) - 1
        if 0 < expected != len(values):
            requirement = f"be {expected} in number, one fewer than times"
            raise ArgumentError("values", requirement, list(values))
        return values

    def __call__(self, time: float) -> float:
        """Return f(t)."""
        piece = bisect_right(self.times, time) - 1
        return self.values[piece] if 0 <= piece < len(self.values) else 0.0

    def breaks(self) -> tuple[float, ...]:
        """Return the times."""
        return tuple(self.times)
