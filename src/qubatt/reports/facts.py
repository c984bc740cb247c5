"""Tables of a study: parameters, axes, status, quantities, certificates, failures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Any

import numpy as np
import xarray as xr

from qubatt.plots import CHECKS
from qubatt.results.result import CUTOFF_THRESHOLD, MEANINGS, OWN_DIMS, is_own
from qubatt.results.summary import attribute

Row = Sequence[str]

LISTED = 10
"""Values of an axis up to which each is listed."""

KNOWN = ("title", "description", "study", "merits", "versions", "citations", "failures")
"""Attributes that have a place of their own on the page."""

NOT_FIXED = ("title", "description", "sweep")
"""Entries of a study that are no fixed parameters."""

LONGEST = 200
"""Letters of the longest attribute that is shown."""


def axes_of(dataset: xr.Dataset) -> list[str]:
    """Return the axes of a study."""
    dims = dataset["status"].dims if "status" in dataset.variables else dataset.dims
    return [str(dim) for dim in dims if dim in dataset.coords and not is_own(dataset, dim)]


def is_check(name: str) -> bool:
    """Tell whether a variable is of the certificate."""
    return any(fnmatchcase(name, pattern) for pattern in CHECKS)


def numbers(dataset: xr.Dataset) -> dict[str, xr.DataArray]:
    """Return the figures of merit, curves too."""
    found = {str(name): array for name, array in dataset.data_vars.items()}
    return {k: v for k, v in found.items() if v.dtype.kind in "iuf" and not is_check(k)}


def axis_rows(dataset: xr.Dataset) -> list[Row]:
    """Return name, meaning and values of each axis, and of what goes together with one."""
    axes = axes_of(dataset)
    rows: list[Row] = []
    for name, array in dataset.coords.items():
        if array.ndim == 1 and array.dims[0] in axes:
            along = "" if name in axes else f", together with {array.dims[0]}"
            text = str(array.attrs.get("long_name", "")) + along
            values = [_word(value) for value in array.to_numpy().tolist()]
            listed = ", ".join(values)
            if len(values) > LISTED:
                listed = f"{values[0]} to {values[-1]}, {len(values)} values"
            rows.append((str(name), text.removeprefix(", "), f"{listed} {units(array)}".strip()))
    return rows


def fixed_rows(dataset: xr.Dataset) -> list[Row]:
    """Return the parameters that are the same at all points, by their place in the study."""
    tables = attribute(dataset, "study")
    if not isinstance(tables, dict):
        return []
    varied = {str(c.attrs["parameter"]) for c in dataset.coords.values() if "parameter" in c.attrs}
    kept = {name: part for name, part in tables.items() if name not in NOT_FIXED}
    return [row for name, part in kept.items() for row in _flat(name, {name}, part, varied)]


def _flat(place: str, names: set[str], part: Any, varied: set[str]) -> Iterator[Row]:
    """Return what a table of a study holds, one row for each entry that is not varied.

    `names` are those that an entry may have in ``[sweep]``.
    """
    if names & varied or part in (None, "", []):
        return
    if isinstance(part, dict):
        for name, value in part.items():
            yield from _flat(f"{place}.{name}", {f"{n}.{name}" for n in names}, value, varied)
    elif isinstance(part, list) and any(isinstance(entry, dict) for entry in part):
        types = [entry.get("type") for entry in part]
        for k, (kind, entry) in enumerate(zip(types, part, strict=True)):
            own = {f"{place}.{k}"} | ({str(kind)} if types.count(kind) == 1 else set())
            yield from _flat(f"{place} {k + 1}" if len(part) > 1 else place, own, entry, varied)
    else:
        yield place, ", ".join(map(_word, part)) if isinstance(part, list) else _word(part)


def status_rows(dataset: xr.Dataset) -> list[Row]:
    """Return how many points have which status, and what it means."""
    if "status" not in dataset.variables:
        return []
    found, counts = np.unique(dataset["status"].to_numpy().astype(str), return_counts=True)
    return [
        (str(status), str(count), MEANINGS.get(str(status), ""))
        for status, count in zip(found, counts, strict=True)
    ]


def quantity_rows(dataset: xr.Dataset) -> list[Row]:
    """Return name, definition, and the smallest and largest value of each figure of merit."""
    rows: list[Row] = []
    for name, array in numbers(dataset).items():
        text = str(array.attrs.get("long_name", name.replace("_", " ")))
        if words := array.attrs.get("definition"):
            text += f": {words}"
        ends = [extreme(array, largest=largest) for largest in (False, True)]
        rows.append((name, text, units(array), *(f"{end[0]} {end[1]}".strip() for end in ends)))
    return rows


def certificate_rows(dataset: xr.Dataset) -> list[Row]:
    """Return the worst of each number of the certificates, and where it is."""
    rows: list[Row] = []
    for name, array in dataset.data_vars.items():
        if is_check(str(name)) and array.dtype.kind in "iuf":
            smallest = "eigenvalue" in str(name)
            worst = array if smallest else abs(array)
            word = str(name).removeprefix("certificate_").replace("_", " ")
            value, where = extreme(worst, largest=not smallest, digits=2)
            if word == "cutoff population" and _harmless(dataset, array):
                where += "; harmless: nothing leads above the highest level kept"
            rows.append((f"{'smallest' if smallest else 'largest'} {word}", value, where))
    return [(str(word).replace("smallest smallest", "smallest"), *rest) for word, *rest in rows]


def _harmless(dataset: xr.Dataset, population: xr.DataArray) -> bool:
    """Tell whether the highest level is full where the status is ok nevertheless."""
    full = population > CUTOFF_THRESHOLD
    return bool(full.any()) and bool((dataset["status"].where(full, "ok") == "ok").all())


def failure_rows(dataset: xr.Dataset) -> list[Row]:
    """Return where points failed, and why."""
    rows: list[Row] = []
    for failure in attribute(dataset, "failures") or []:
        point = failure.get("parameters") or {}
        where = ", ".join(f"{name} = {_word(value)}" for name, value in point.items())
        rows.append((where or str(failure.get("key", "")), str(failure.get("message", ""))))
    return rows


def provenance_rows(dataset: xr.Dataset) -> list[Row]:
    """Return with what it was computed, and short attributes that have no other place."""
    versions = attribute(dataset, "versions")
    rows: list[Row] = []
    if isinstance(versions, dict):
        rows.append(("computed with", ", ".join(f"{k} {v}" for k, v in versions.items())))
    for name, value in dataset.attrs.items():
        if name not in KNOWN and len(str(value)) <= LONGEST:
            rows.append((str(name).replace("_", " "), str(value)))
    return rows


def extreme(array: xr.DataArray, *, largest: bool, digits: int = 5) -> tuple[str, str]:
    """Return the largest or smallest value of an array, and where it is."""
    values = array.to_numpy()
    if not np.isfinite(values).any():
        return "undefined", ""
    flat = int(np.nanargmax(values) if largest else np.nanargmin(values))
    point = array.isel(dict(zip(array.dims, np.unravel_index(flat, values.shape), strict=True)))
    names = [*map(str, array.dims), *(name for name in OWN_DIMS if name not in array.dims)]
    where = [f"{n} = {_word(point[n].item())}" for n in names if n in point.coords]
    return f"{point.item():.{digits}g}", f"at {', '.join(where)}" if where else ""


def units(array: xr.DataArray) -> str:
    """Return the units of an array, empty for plain numbers."""
    text = str(array.attrs.get("units", "1"))
    return "" if text == "1" else text


def _word(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
