"""Values of a varied parameter: a list, a range, or a table with labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from qubatt.core.check import plain_number
from qubatt.core.errors import ArgumentError, Described, suggest

RANGE_DIGITS = 12
"""Significant digits to which a range is rounded, so that an extended range repeats its numbers."""

MAX_VALUES = 10**6
"""Maximum number of values of one parameter."""

RANGE_KEYS = ("start", "stop", "count", "step", "spacing")
KEYS = (*RANGE_KEYS, "values", "labels", "name", "label")


@dataclass(frozen=True)
class AxisValues:
    """Values of a parameter with their axis labels.

    Attributes
    ----------
    values : tuple
        The values of the parameter, in order.
    labels : tuple
        Numbers or strings that label the values on the axis.
    name : str
        Name of the axis; if empty, the name of the parameter.
    label : str
        Axis label in figures; if empty, the description of the parameter.
    """

    values: tuple[Any, ...]
    labels: tuple[Any, ...]
    name: str = ""
    label: str = ""


def axis_values(argument: str, written: Any) -> AxisValues:
    """Return the values of a parameter as written in a study.

    Parameters
    ----------
    argument : str
        The parameter, named in error messages.
    written : list, array or table
        ``[1, 2, 4]``; ``{start = 0, stop = 1, count = 11}`` with ``spacing = "logarithmic"`` if
        needed, or with ``step`` instead of ``count``; ``{values = […], name = "kappa"}``.

    Raises
    ------
    ArgumentError
        If the values are invalid; the message names the parameter.
    """
    if not isinstance(written, Mapping):
        return _labelled(argument, written)
    for key in written:
        if key not in KEYS:
            raise ArgumentError(
                f"{argument}.{key}", f"be one of {', '.join(KEYS)}", key, suggest(key, KEYS)
            )
    name, label = (str(written.get(key, "")) for key in ("name", "label"))
    if "name" in written and not name.isidentifier():
        raise ArgumentError(f"{argument}.name", "be an identifier, such as kappa", name)
    if "values" in written:
        if clash := [key for key in RANGE_KEYS if key in written]:
            raise ArgumentError(
                f"{argument}.{clash[0]}",
                "be omitted if values are given",
                written[clash[0]],
            )
        axis = _labelled(argument, written["values"], written.get("labels"))
    else:
        axis = _labelled(argument, _range(argument, written))
    return replace(axis, name=name, label=label)


def written_count(written: Any) -> int:
    """Return the number of values of a parameter without building them, or 1 if it is unknown."""
    if isinstance(written, Mapping):
        count = written.get("count")
        if "values" in written:
            return written_count(written["values"])
        return count if isinstance(count, int) and 1 <= count <= MAX_VALUES else 1
    if isinstance(written, str) or not isinstance(written, Sequence | np.ndarray):
        return 1
    return max(len(written), 1) if getattr(written, "ndim", 1) else 1


def _labelled(argument: str, written: Any, labels: Any = None) -> AxisValues:
    """Return values with their labels."""
    if isinstance(written, str) or not isinstance(written, Sequence | np.ndarray):
        cure = "Write, for example, [1, 2, 4] or {start = 0, stop = 1, count = 11}."
        raise ArgumentError(argument, "be a list of values or a range", written, cure)
    if isinstance(written, np.ndarray) and written.ndim != 1:
        shape = Described(f"of shape {written.shape}")
        raise ArgumentError(argument, "be one-dimensional", shape)
    values = tuple(part.item() if isinstance(part, np.generic) else part for part in written)
    if not values:
        raise ArgumentError(argument, "contain at least one value", [])
    all_labels = tuple(labels) if labels is not None else tuple(_label(part) for part in values)
    if len(all_labels) != len(values):
        requirement = f"have {len(values)} entries, one per value"
        raise ArgumentError(f"{argument}.labels", requirement, list(all_labels))
    seen: set[Any] = set()
    for label in all_labels:
        if isinstance(label, float) and not np.isfinite(label):
            raise ArgumentError(argument, "be finite", label)
        if not isinstance(label, str | int | float):
            raise ArgumentError(f"{argument}.labels", "contain only numbers and strings", label)
        if label in seen:
            noun = "values" if labels is None else "labels"
            raise ArgumentError(argument, f"have no repeated {noun}", label)
        seen.add(label)
    return AxisValues(values, all_labels)


def _label(value: Any) -> Any:
    """Return the label of a value: itself if it is a number or string, else its text form."""
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return value
    if isinstance(value, Mapping) and "type" in value:
        rest = {key: part for key, part in value.items() if key != "type"}
        fields = ",".join(f"{key}={part}" for key, part in rest.items())
        return f"{value['type']}:{fields}" if fields else str(value["type"])
    return str(value)


def _range(argument: str, written: Mapping[str, Any]) -> list[int | float]:
    """Return the numbers of a range, as integers if start and step are integers."""
    numbers = {}
    for key in ("start", "stop"):
        if key not in written:
            raise ArgumentError(argument, "contain start and stop, or values", dict(written))
        numbers[key] = _number(f"{argument}.{key}", written[key])
    start, stop = numbers["start"], numbers["stop"]
    if ("count" in written) == ("step" in written):
        raise ArgumentError(argument, "contain either count or step", dict(written))
    spacing = written.get("spacing", "linear")
    if spacing not in ("linear", "logarithmic"):
        raise ArgumentError(f"{argument}.spacing", "be linear or logarithmic", spacing)
    if "step" in written:
        return _stepped(
            argument, start, stop, _number(f"{argument}.step", written["step"]), spacing
        )
    count = _number(f"{argument}.count", written["count"])
    if count != int(count) or not 1 <= count <= MAX_VALUES:
        raise ArgumentError(f"{argument}.count", f"be a whole number from 1 to {MAX_VALUES}", count)
    if spacing == "linear":
        return [_rounded(x) for x in np.linspace(start, stop, int(count))]
    if start * stop <= 0:
        raise ArgumentError(argument, "not include 0 in a logarithmic range", dict(written))
    return [_rounded(x) for x in np.geomspace(start, stop, int(count))]


def _stepped(
    argument: str, start: float, stop: float, step: float, spacing: str
) -> list[int | float]:
    """Return start, start + step, … up to stop, which is included if it is reached."""
    if spacing != "linear":
        cure = "Specify count."
        raise ArgumentError(f"{argument}.step", "be omitted in a logarithmic range", step, cure)
    if step == 0 or (stop - start) / step < 0:
        raise ArgumentError(f"{argument}.step", "lead from start to stop", step)
    count = int(np.floor((stop - start) / step * (1 + 1e-12) + 1e-9)) + 1
    if count > MAX_VALUES:
        raise ArgumentError(argument, f"have at most {MAX_VALUES} values", count)
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
    return float(f"{number:.{RANGE_DIGITS}g}") + 0.0
