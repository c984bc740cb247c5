"""Fields that several kinds of runs share: output times and the engine."""

from __future__ import annotations

from typing import Any

import numpy as np
from pydantic import BeforeValidator

from qubatt.core.check import FloatArray, check_times
from qubatt.core.errors import ArgumentError
from qubatt.core.spec_string import from_text
from qubatt.models.photon_cutoff import AUTO

MAX_TIMES = 10**5
"""Largest number of output times."""

as_list = BeforeValidator(
    lambda numbers: numbers.tolist() if isinstance(numbers, np.ndarray) else numbers
)
"""Lets a field of several numbers take an array, too."""


def output_times(t_end: float | None, points: int | None, times: Any) -> FloatArray | None:
    """Return output times, shape (T,); None where they are to be determined.

    Raises
    ------
    ArgumentError
        If they are not valid.
    """
    for argument, value in (("t_end", t_end), ("points", points)):
        if times is not None and value is not None:
            raise ArgumentError(argument, "be left out where times are given", value)
    t_end, points = 10.0 if t_end is None else t_end, 101 if points is None else points
    if isinstance(times, str) and times != AUTO:
        raise ArgumentError("times", 'hold real numbers, or be "auto"', times)
    if isinstance(times, str):
        return None
    if times is not None:
        return check_times(np.asarray(times, dtype=float))
    if not 2 <= points <= MAX_TIMES:
        raise ArgumentError("points", f"be from 2 to {MAX_TIMES}", points)
    return np.linspace(0.0, t_end, points)


def engine_named(text: str) -> Any:
    """Return the engine that a text names, ``"auto"`` itself."""
    return text if text == AUTO else from_text("engine", text)
