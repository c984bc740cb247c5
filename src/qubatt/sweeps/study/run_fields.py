"""Fields shared by several kinds of runs: output times and the engine."""

from __future__ import annotations

from typing import Any

import numpy as np
from pydantic import BeforeValidator, Field

from qubatt.charging.cutoff_error import CUTOFF_TOLERANCE
from qubatt.core.check import FloatArray, check_times
from qubatt.core.errors import ArgumentError
from qubatt.core.spec_string import from_text
from qubatt.models.photon_cutoff import AUTO

MAX_TIMES = 10**5
"""Maximum number of output times."""

as_list = BeforeValidator(
    lambda numbers: numbers.tolist() if isinstance(numbers, np.ndarray) else numbers
)
"""Validator that accepts a NumPy array in a field for a list of numbers."""


def certificate_field() -> Any:
    """Return the field `certificate` of a run."""
    return Field(default="auto", description="How the error of the photon cut-off is determined")


def cutoff_tolerance_field() -> Any:
    """Return the field `cutoff_tolerance` of a run."""
    return Field(
        default=CUTOFF_TOLERANCE,
        description="Largest error of a merit due to the cut-off, relative to its scale",
        examples=[CUTOFF_TOLERANCE],
    )


def output_times(t_end: float | None, points: int | None, times: Any) -> FloatArray | None:
    """Return the output times, shape (T,), in units of 1/ω_ref; None if they are ``"auto"``.

    Raises
    ------
    ArgumentError
        If the times are invalid.
    """
    for argument, value in (("t_end", t_end), ("points", points)):
        if times is not None and value is not None:
            raise ArgumentError(argument, "be omitted if times are given", value)
    t_end, points = 10.0 if t_end is None else t_end, 101 if points is None else points
    if isinstance(times, str) and times != AUTO:
        raise ArgumentError("times", 'contain real numbers or be "auto"', times)
    if isinstance(times, str):
        return None
    if times is not None:
        return check_times(np.asarray(times, dtype=float))
    if not 2 <= points <= MAX_TIMES:
        raise ArgumentError("points", f"lie between 2 and {MAX_TIMES}", points)
    return np.linspace(0.0, t_end, points)


def engine_named(text: str) -> Any:
    """Return the engine described by a string; ``"auto"`` is returned unchanged."""
    return text if text == AUTO else from_text("engine", text)
