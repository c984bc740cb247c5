"""Tables of results: values for a terminal, and rows for the HTML page of a study."""

from __future__ import annotations

import json
from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
import xarray as xr

from qubatt.results.checks import extreme_text
from qubatt.results.contents import entries, extreme, is_check, json_attribute, units_of
from qubatt.results.dims import axes_of
from qubatt.results.text import aligned, number_text

Row = Sequence[str]

MAX_ROWS = 12
"""Maximum number of rows in a table of values."""

MAX_LISTED = 10
"""Maximum number of axis values that are listed individually."""

SHOWN_ELSEWHERE = (
    "title", "description", "study", "merits", "versions", "citations", "failures",
)  # fmt: skip
"""Attributes that have their own section on the page of a study."""

MAX_ATTRIBUTE = 200
"""Maximum length of a displayed attribute, in characters."""


def value_tables(dataset: xr.Dataset, width: int) -> list[list[str]]:
    """Return one table, as lines, for each set of arrays with equal dims, thinned if too long."""
    groups: dict[tuple[Hashable, ...], dict[str, xr.DataArray]] = {}
    for name, array in entries(dataset).items():
        if array.size and array.dims and not is_check(name):
            groups.setdefault(array.dims, {})[name] = array
    return [_value_table(dims, arrays, width) for dims, arrays in groups.items()]


def _value_table(
    dims: tuple[Hashable, ...], arrays: dict[str, xr.DataArray], width: int
) -> list[str]:
    """Return a table with one row per point and the columns that fit in the terminal width."""
    first = next(iter(arrays.values()))
    rows = _shown_rows(first.size)
    indices = np.transpose(np.unravel_index(rows, first.shape))
    columns = [
        [str(dim), *(f"{first[dim].to_numpy()[k]:.6g}" for k in along)]
        for dim, along in zip(dims, indices.T, strict=True)
    ]
    for name, array in arrays.items():
        columns.append([name, *(f"{value + 0.0:.6g}" for value in array.to_numpy().ravel()[rows])])
    fits = np.cumsum([max(map(len, column)) + 2 for column in columns]) - 2 <= width
    shown = max(int(fits.sum()), len(dims) + 1)
    lines = aligned(list(zip(*columns[:shown], strict=True)), left=())
    notes = [f"{len(rows)} of {first.size} rows"] if first.size > len(rows) else []
    if shown < len(columns):
        notes += [f"{shown - len(dims)} of {len(arrays)} columns"]
    return [*lines, *([f"({', '.join(notes)}; all with --output or --json)"] if notes else [])]


def _shown_rows(count: int) -> list[int]:
    """Return at most `MAX_ROWS` evenly spaced row indices; only the last step may be shorter."""
    last = count - 1
    least = max(-(-last // (MAX_ROWS - 1)), 1)
    step = next((step for step in range(least, 2 * least) if last % step == 0), least)
    return [*range(0, last, step), last]


def merit_arrays(dataset: xr.Dataset) -> dict[str, xr.DataArray]:
    """Return the figures of merit, including curves."""
    arrays = {str(name): array for name, array in dataset.data_vars.items()}
    return {k: v for k, v in arrays.items() if v.dtype.kind in "iuf" and not is_check(k)}


def axis_rows(dataset: xr.Dataset) -> list[Row]:
    """Return the name, meaning and values of each axis, and of each coordinate along an axis."""
    axes = axes_of(dataset)
    rows: list[Row] = []
    for name, array in dataset.coords.items():
        if array.ndim == 1 and array.dims[0] in axes:
            along = "" if name in axes else f", together with {array.dims[0]}"
            text = str(array.attrs.get("long_name", "")) + along
            values = [number_text(value) for value in array.to_numpy().tolist()]
            units = f" {units_of(array)}".rstrip()
            listed = ", ".join(values) + units
            if len(values) > MAX_LISTED:
                listed = f"{values[0]} to {values[-1]}{units}, {len(values)} values"
            rows.append((str(name), text.removeprefix(", "), listed))
    return rows


def merit_rows(dataset: xr.Dataset) -> list[Row]:
    """Return the name, definition, units, smallest and largest value of each merit."""
    rows: list[Row] = []
    for name, array in merit_arrays(dataset).items():
        text = str(array.attrs.get("long_name", name.replace("_", " ")))
        if formula := array.attrs.get("definition"):
            text += f": {formula}"
        ends = [extreme_text(extreme(array, largest=largest)) for largest in (False, True)]
        rows.append((name, text, units_of(array), *(" ".join(end).strip() for end in ends)))
    return rows


def failure_rows(dataset: xr.Dataset) -> list[Row]:
    """Return the parameters and the error of each failed point."""
    rows: list[Row] = []
    for failure in json_attribute(dataset, "failures") or []:
        point = failure.get("parameters") or {}
        text = ", ".join(f"{name} = {number_text(value)}" for name, value in point.items())
        rows.append((text or str(failure.get("key", "")), str(failure.get("message", ""))))
    return rows


def provenance_rows(dataset: xr.Dataset) -> list[Row]:
    """Return the versions that computed a result, and other short attributes."""
    versions = json_attribute(dataset, "versions")
    rows: list[Row] = []
    if isinstance(versions, dict):
        rows.append(("computed with", ", ".join(f"{k} {v}" for k, v in versions.items())))
    for name, value in dataset.attrs.items():
        if name not in SHOWN_ELSEWHERE and len(str(value)) <= MAX_ATTRIBUTE:
            rows.append((str(name).replace("_", " "), _plain_text(_decoded(value))))
    return rows


def _decoded(value: Any) -> Any:
    """Decode an attribute if it holds an object or list as JSON; otherwise return it unchanged."""
    if not (isinstance(value, str) and value[:1] in ("{", "[")):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _plain_text(value: Any) -> str:
    """Return nested values as text without quotation marks, and floats with six digits."""
    if isinstance(value, dict):
        return ", ".join(f"{str(k).replace('_', ' ')} {_plain_text(v)}" for k, v in value.items())
    if isinstance(value, list):
        return "; ".join(map(_plain_text, value))
    return "not computed" if value is None else number_text(value)
