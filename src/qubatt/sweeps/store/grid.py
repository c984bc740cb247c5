"""Results of points put together on the grid of a study."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from qubatt.core.registry import registry
from qubatt.core.version import versions
from qubatt.merits.selection import ALL, all_merits, to_merit
from qubatt.results.contents import CERTIFICATE_PREFIX
from qubatt.results.result import Result
from qubatt.results.status import FAILED, MISSING
from qubatt.sweeps.execution.worker import merit_names
from qubatt.sweeps.store.point_result import DEFAULT, PointResult
from qubatt.sweeps.store.store import Memory
from qubatt.sweeps.study.axis_values import AxisValues
from qubatt.sweeps.study.study import Study

STEP = "step"
"""Dim of curves over times that differ from point to point."""


def skeleton(study: Study) -> xr.Dataset:
    """Return the grid of a study without results: axes, formulas, keys, and the study itself."""
    dims = [axis.name for axis in study.axes]
    coords: dict[str, Any] = {}
    for axis in study.axes:
        for one in axis.varied:
            assert isinstance(one.values, AxisValues)
            attributes = {"long_name": one.description or one.name, "parameter": one.argument}
            coords[one.name] = (axis.name, _column(one.values.labels), attributes)
    for one in study.formulas:
        values = np.array([point.coordinates[one.name] for point in study.points])
        values, over = _constant_left_out(values.reshape(study.shape), dims)
        attributes = {"long_name": one.description or one.name, "parameter": one.argument}
        coords[one.name] = (over, values, attributes | {"formula": one.values.text})  # type: ignore[union-attr]  # a formula
    keys = np.array([point.key for point in study.points], dtype="U32").reshape(study.shape)
    attributes = {"long_name": "address of the result"}
    grid = xr.Dataset({"key": (dims, keys, attributes)}, coords)
    grid.attrs = {
        "title": study.title,
        "description": study.description,
        "study": json.dumps(study.to_dict_in_full()),
        "merits": json.dumps(_asked_of(study)),
        "versions": json.dumps(versions()),
    }
    return grid


def _asked_of(study: Study) -> list[tuple[str, ...]]:
    """Return the merits that a study asks for at every point; once if they are always the same."""
    found = [merit_names(point.run_spec) for point in study.points]
    return found[:1] if len(set(found)) == 1 else found


def filled(grid: xr.Dataset, archive: Memory) -> xr.Dataset:
    """Return a grid with all results that there are.

    Variables of results have the dims of the grid before their own; NaN stands where there is none.
    ``status`` tells of every point, ``certificate_…`` how far it can be trusted; the attribute
    ``failures`` holds what went wrong, with the parameters.
    """
    keys = grid["key"].to_numpy()
    merits = json.loads(grid.attrs["merits"])
    merits = merits * keys.size if len(merits) == 1 else merits
    rows = [archive.get(str(key), some) for key, some in zip(keys.flat, merits, strict=True)]
    dims, shape = grid["key"].dims, keys.shape
    wanted = {name for some in merits for name in some}
    found = Result(grid.data_vars, grid.coords, dict(grid.attrs))
    there = [(k, row) for k, row in enumerate(rows) if row is not None and row.status != FAILED]
    uneven = not _same_times([row for _, row in there])
    taken = {*map(str, dims), *map(str, grid.coords)}
    entries = _entries([row for _, row in there], {"time"} if uneven else set())
    for name, (labels, attributes) in entries.items():
        own = _apart(name, taken)
        found = found.assign_coords({own: (own, labels, attributes)})
    for name in dict.fromkeys(name for _, row in there for name in row.layout):
        some = [(k, row) for k, row in there if name in row.layout]
        own, attributes, is_coordinate = some[0][1].layout[name]
        if name not in entries and (is_coordinate or _is_wanted(name, wanted)):
            inner = [STEP if uneven and dim == "time" else _apart(dim, taken) for dim in own]
            values = _stacked([(k, _at_entries(row, name, entries)) for k, row in some], len(rows))
            entry = ([*dims, *inner], values.reshape((*shape, *values.shape[1:])), attributes)
            found = (
                found.assign_coords({name: entry}) if is_coordinate else found.assign({name: entry})
            )
    statuses = [
        row.status if row is not None and row.covers(some) else MISSING
        for row, some in zip(rows, merits, strict=True)
    ]
    found["status"] = (dims, np.array(statuses).reshape(shape), {"long_name": "status"})
    for name, values in _certificates(rows).items():
        found[name] = (
            dims,
            values.reshape(shape),
            {"units": "1", "long_name": name.replace("_", " ")},
        )
    found.attrs |= _words(found, rows, statuses)
    return found


def _is_wanted(name: str, wanted: Collection[str]) -> bool:
    """Tell whether a variable was asked for; what is no merit comes along."""
    kinds, merits = registry.items("merit"), all_merits()
    if ALL in wanted or not any(name == kind or name.startswith(f"{kind}_") for kind in kinds):
        return True
    if DEFAULT in wanted and name in merits and merits[name].default:
        return True
    return any(name == to_merit(text).name for text in wanted if text not in (ALL, DEFAULT))


def _apart(name: str, taken: Collection[str]) -> str:
    """Return the name of a dim of results, another one where a coordinate of the study has it."""
    return f"of_{name}" if name in taken else name


def _entries(rows: Sequence[PointResult], without: Collection[str]) -> dict[str, tuple[Any, Any]]:
    """Return the coordinates of the dims of results, by dim: all entries, and attributes.

    Where points have others, such as environments of other types, they have the entries of all.
    """
    found: dict[str, list[NDArray[Any]]] = {}
    attributes: dict[str, Any] = {}
    for row in rows:
        for name, (own, said, is_coordinate) in row.layout.items():
            if is_coordinate and own == [name] and name not in without:
                known = found.setdefault(name, [])
                if not known or not np.array_equal(known[-1], row.arrays[name]):
                    known.append(row.arrays[name])
                attributes.setdefault(name, said)
    return {name: (_united(parts), attributes[name]) for name, parts in found.items()}


def _united(parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """Return all entries once: numbers in their order, names as they first come."""
    if all(np.array_equal(parts[0], part) for part in parts):
        return parts[0]
    together = np.concatenate(parts)
    return (
        np.unique(together)
        if together.dtype.kind in "iuf"
        else np.array([*dict.fromkeys(together.tolist())])
    )


def _at_entries(
    row: PointResult, name: str, entries: Mapping[str, tuple[Any, Any]]
) -> NDArray[Any]:
    """Return a variable of a point with a place for every entry of its dims, NaN for others'."""
    values = row.arrays[name]
    for axis, dim in enumerate(row.layout[name][0]):
        if dim not in entries or np.array_equal(entries[dim][0], row.arrays[dim]):
            continue
        places = {entry: k for k, entry in enumerate(entries[dim][0].tolist())}
        wider = np.full((*values.shape[:axis], len(places), *values.shape[axis + 1 :]), np.nan)
        at = [places[entry] for entry in row.arrays[dim].tolist()]
        wider[(slice(None),) * axis + (at,)] = values
        values = wider
    return values


def _same_times(rows: Sequence[PointResult]) -> bool:
    """Tell whether all curves have the same times."""
    times = [row.arrays["time"] for row in rows if "time" in row.arrays]
    return all(np.array_equal(times[0], other) for other in times[1:])


def _stacked(parts: Sequence[tuple[int, NDArray[Any]]], count: int) -> NDArray[Any]:
    """Return values of points one above the other, NaN where there is none."""
    first = parts[0][1]
    longest = np.max([part.shape for _, part in parts], axis=0) if first.ndim else []
    stacked = np.full((count, *map(int, longest)), np.nan)
    for k, part in parts:
        place: Any = (k, *(slice(size) for size in part.shape))
        stacked[place] = part
    return stacked


def _certificates(rows: Sequence[PointResult | None]) -> dict[str, NDArray[Any]]:
    """Return the numbers of the certificates, NaN where there is none."""
    found: dict[str, NDArray[Any]] = {}
    for k, row in enumerate(rows):
        if row is None or "certificate" not in row.attributes:
            continue
        numbers = json.loads(row.attributes["certificate"])
        if "cutoff" in row.attributes:
            numbers["max_photons"] = json.loads(row.attributes["cutoff"])["chosen"]
        for name, number in numbers.items():
            if number is not None:
                column = found.setdefault(f"{CERTIFICATE_PREFIX}{name}", np.full(len(rows), np.nan))
                column[k] = number
    return found


def _words(
    grid: xr.Dataset, rows: Sequence[PointResult | None], statuses: Sequence[str]
) -> dict[str, str]:
    """Return attributes: citations of all points, and what failed."""
    citations: dict[str, None] = {}
    for text in dict.fromkeys(row.attributes.get("citations", "[]") for row in rows if row):
        citations |= dict.fromkeys(json.loads(text))
    failures = [
        {"key": row.key, "parameters": _place(grid, k), "message": row.message}
        for k, row in enumerate(rows)
        if row is not None and statuses[k] == FAILED
    ]
    return {"citations": json.dumps([*citations]), "failures": json.dumps(failures)}


def _place(grid: xr.Dataset, k: int) -> dict[str, Any]:
    """Return the coordinates of a point."""
    place = np.unravel_index(k, grid["key"].shape)
    point = grid["key"].isel(dict(zip(grid["key"].dims, place, strict=True)))
    own = {str(name) for name in grid["key"].coords}
    return {name: point.coords[name].item() for name in sorted(own)}


def _column(labels: Sequence[Any]) -> NDArray[Any]:
    """Return labels of an axis: numbers if all are, else texts."""
    numbers = all(isinstance(label, int | float) for label in labels)
    return np.array(labels if numbers else [str(label) for label in labels])


def _constant_left_out(values: NDArray[Any], dims: Sequence[str]) -> tuple[NDArray[Any], list[str]]:
    """Return values without dims along which they do not change."""
    left: list[str] = []
    for axis in reversed(range(values.ndim)):
        first = values.take([0], axis)
        if values.shape[axis] > 1 and not np.array_equal(
            np.broadcast_to(first, values.shape), values
        ):
            left.insert(0, dims[axis])
        else:
            values = first.squeeze(axis)
    return values, left
