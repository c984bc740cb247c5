"""Parse option values: numbers, ranges and assignments."""

from __future__ import annotations

import math
from collections.abc import Iterable

from qubatt.core.errors import ArgumentError

MAX_NUMBERS = 10**6
"""Maximum length of a range, and maximum number of output times."""


def numbers(option: str, text: str) -> list[float] | float:
    """Parse ``4``, ``6,10,12`` or ``start:stop:count`` (evenly spaced, including the ends).

    Raises
    ------
    ArgumentError
        If the string has none of these forms.
    """
    try:
        if ":" in text:
            start, stop, count = text.split(":")
            n = int(count)
            if not 2 <= n <= MAX_NUMBERS:
                raise ArgumentError(option, f"have a count from 2 to {MAX_NUMBERS}", text)
            low, high = float(start), float(stop)
            return [low + (high - low) * k / (n - 1) for k in range(n)]
        values = [float(part) for part in text.split(",")]
    except ValueError as error:
        if isinstance(error, ArgumentError):
            raise
        cure = "Write a number, a list such as 6,10,12, or a range such as 0.01:5:100."
        raise ArgumentError(option, "hold numbers", text, cure) from None
    return values if "," in text else values[0]


def finite(option: str, number: float) -> float:
    """Return a finite number, or raise an error; option parsers accept NaN and infinities."""
    if not math.isfinite(number):
        raise ArgumentError(option, "be finite", number)
    return number


def assignments(option: str, texts: Iterable[str]) -> dict[str, str]:
    """Parse assignments of the form ``name=value``.

    Raises
    ------
    ArgumentError
        If a string is not an assignment, or if a name is assigned twice.
    """
    assigned: dict[str, str] = {}
    for text in texts:
        name, equals, value = (part.strip() for part in text.partition("="))
        name = name.replace("-", "_")
        if not (name and equals and value):
            raise ArgumentError(option, "be name=value", text, "Write --at n_atoms=4.")
        if name in assigned:
            raise ArgumentError(option, f"fix {name} once", text)
        assigned[name] = value
    return assigned
