"""Read option values: numbers, ranges, and named things with their arguments."""

from __future__ import annotations

import math
from typing import Any

from qubatt.core.declaration import fields_of
from qubatt.core.errors import ArgumentError
from qubatt.core.registry import registry

LONGEST = 10**6
"""Longest range and largest number of output times."""


def numbers(option: str, text: str) -> list[float] | float:
    """Read ``4``, ``6,10,12`` or ``start:stop:count`` (evenly spaced, ends included).

    Raises
    ------
    ArgumentError
        If the text is none of these.
    """
    try:
        if ":" in text:
            start, stop, count = text.split(":")
            n = int(count)
            if not 2 <= n <= LONGEST:
                raise ArgumentError(option, f"have a count from 2 to {LONGEST}", text)
            low, high = float(start), float(stop)
            return [low + (high - low) * k / (n - 1) for k in range(n)]
        values = [float(part) for part in text.split(",")]
    except ValueError as error:
        if isinstance(error, ArgumentError):
            raise
        cure = "Write a number, a list such as 6,10,12, or a range such as 0.01:5:100."
        raise ArgumentError(option, "hold numbers", text, cure) from None
    return values if "," in text else values[0]


def named(kind: str, text: str) -> Any:
    """Build a registered thing from ``name:value,value`` or ``name:field=value,…``.

    Raises
    ------
    ArgumentError
        If the name or a field does not exist, or a value is refused.
    """
    name, _, rest = text.partition(":")
    cls = registry.get(kind, name)
    args, kwargs = [], {}
    for part in rest.split(",") if rest else []:
        field, equals, given = part.rpartition("=")
        if equals and field.strip().replace("-", "_") in kwargs:
            raise ArgumentError(field.strip(), "be given once", text)
        if equals:
            kwargs[field.strip().replace("-", "_")] = value(given.strip())
        elif kwargs:
            cure = f"Fields are: {', '.join(fields_of(cls))}."
            raise ArgumentError(kind, "name no plain value after a named one", text, cure)
        else:
            args.append(value(part.strip()))
    return cls(*args, **kwargs)


def value(text: str) -> int | float | str:
    """Return a number where the text is one."""
    for convert in (int, float):
        try:
            return convert(text)
        except ValueError:
            continue
    return text


def finite(option: str, number: float) -> float:
    """Refuse NaN and infinities, which option parsers let through."""
    if not math.isfinite(number):
        raise ArgumentError(option, "be finite", number)
    return number
