"""What is written for a parameter that varies: a list, a range, or a table with labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from qubatt.core.check import plain_number
from qubatt.core.errors import ArgumentError, suggest

DIGITS = 12
"""Digits of a number in a range: an extended range meets the numbers of the shorter one again."""

MOST = 10**6
"""Most values of one parameter."""

RANGE = ("start", "stop", "count", "step", "spacing")
KEYS = (*RANGE, "values", "labels", "name", "label")


@dataclass(frozen=True)
class AxisValues:
    """Values of a parameter, and how they are called.

    Attributes
    ----------
    values : tuple
        What the parameter becomes, one after the other.
    labels : tuple
        Numbers or texts that stand for them on an axis.
    name : str
        Name of the axis, empty for that of the parameter.
    label : str
        What pictures write beside it, empty for the description of the parameter.
    """

    values: tuple[Any, ...]
    labels: tuple[Any, ...]
    name: str = ""
    label: str = ""


def axis_values(argument: str, given: Any) -> AxisValues:
    """Read what was written for a parameter.

    Parameters
    ----------
    argument : str
        The parameter, named in errors.
    given : list, array or table
        ``[1, 2, 4]``; ``{start = 0, stop = 1, count = 11}`` with ``spacing = "logarithmic"`` if
        wanted, or with ``step`` instead of ``count``; ``{values = […], name = "kappa"}``.

    Raises
    ------
    ArgumentError
        Naming the parameter and what is wrong with it.
    """
    if not isinstance(given, Mapping):
        return _labelled(argument, given)
    for key in given:
        if key not in KEYS:
            raise ArgumentError(
                f"{argument}.{key}", f"be one of {', '.join(KEYS)}", key, suggest(key, KEYS)
            )
    name, label = (str(given.get(key, "")) for key in ("name", "label"))
    if "name" in given and not name.isidentifier():
        raise ArgumentError(f"{argument}.name", "be a word without spaces", name)
    if "values" in given:
        if clash := [key for key in RANGE if key in given]:
            raise ArgumentError(
                f"{argument}.{clash[0]}", "be left out with values", given[clash[0]]
            )
        found = _labelled(argument, given["values"], given.get("labels"))
    else:
        found = _labelled(argument, _range(argument, given))
    return AxisValues(found.values, found.labels, name, label)


def _labelled(argument: str, given: Any, labels: Any = None) -> AxisValues:
    """Return values with what stands for them on an axis."""
    if isinstance(given, str) or not isinstance(given, Sequence | np.ndarray):
        cure = "For example [1, 2, 4] or {start = 0, stop = 1, count = 11}."
        raise ArgumentError(argument, "be a list of values or a range", given, cure)
    if isinstance(given, np.ndarray) and given.ndim != 1:
        raise ArgumentError(argument, "have one dimension", f"{given.ndim} dimensions")
    values = tuple(part.item() if isinstance(part, np.generic) else part for part in given)
    if not values:
        raise ArgumentError(argument, "hold at least one value", [])
    words = tuple(labels) if labels is not None else tuple(_label(part) for part in values)
    if len(words) != len(values):
        raise ArgumentError(f"{argument}.labels", f"be {len(values)} in number", list(words))
    seen: set[Any] = set()
    for word in words:
        if isinstance(word, float) and not np.isfinite(word):
            raise ArgumentError(argument, "be finite", word)
        if not isinstance(word, str | int | float):
            raise ArgumentError(f"{argument}.labels", "hold numbers and texts", word)
        if word in seen:
            what = "values" if labels is None else "labels"
            raise ArgumentError(argument, f"hold each of its {what} once", word)
        seen.add(word)
    return AxisValues(values, words)


def _label(value: Any) -> Any:
    """Return what stands for a value: a number or a text itself, else a text of it."""
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return value
    if isinstance(value, Mapping) and "type" in value:
        rest = {key: part for key, part in value.items() if key != "type"}
        fields = ",".join(f"{key}={part}" for key, part in rest.items())
        return f"{value['type']}:{fields}" if fields else str(value["type"])
    return str(value)


def _range(argument: str, given: Mapping[str, Any]) -> list[int | float]:
    """Return the numbers of a range, whole ones where start and step are."""
    numbers = {}
    for key in ("start", "stop"):
        if key not in given:
            raise ArgumentError(argument, "have start and stop, or values", dict(given))
        numbers[key] = _number(f"{argument}.{key}", given[key])
    start, stop = numbers["start"], numbers["stop"]
    if ("count" in given) == ("step" in given):
        raise ArgumentError(argument, "have either count or step", dict(given))
    spacing = given.get("spacing", "linear")
    if spacing not in ("linear", "logarithmic"):
        raise ArgumentError(f"{argument}.spacing", "be linear or logarithmic", spacing)
    if "step" in given:
        return _stepped(argument, start, stop, _number(f"{argument}.step", given["step"]), spacing)
    count = _number(f"{argument}.count", given["count"])
    if count != int(count) or not 1 <= count <= MOST:
        raise ArgumentError(f"{argument}.count", f"be a whole number from 1 to {MOST}", count)
    if spacing == "linear":
        return [_rounded(x) for x in np.linspace(start, stop, int(count))]
    if start * stop <= 0:
        raise ArgumentError(argument, "not reach 0 in a logarithmic range", dict(given))
    return [_rounded(x) for x in np.geomspace(start, stop, int(count))]


def _stepped(
    argument: str, start: float, stop: float, step: float, spacing: str
) -> list[int | float]:
    """Return start, start + step, … up to stop, which is included if it is met."""
    if spacing != "linear":
        raise ArgumentError(f"{argument}.step", "be left out of a logarithmic range", step)
    if step == 0 or (stop - start) / step < 0:
        raise ArgumentError(f"{argument}.step", "lead from start to stop", step)
    count = int(np.floor((stop - start) / step * (1 + 1e-12) + 1e-9)) + 1
    if count > MOST:
        raise ArgumentError(argument, f"hold at most {MOST} values", count)
    if isinstance(start, int) and isinstance(step, int):
        return [start + k * step for k in range(count)]
    return [_rounded(start + k * step) for k in range(count)]


def _number(argument: str, value: Any) -> int | float:
    try:
        number: int | float = plain_number(value)
    except ValueError as error:
        raise ArgumentError(argument, str(error), value) from None
    return number


def _rounded(number: float) -> float:
    return float(f"{number:.{DIGITS}g}") + 0.0
