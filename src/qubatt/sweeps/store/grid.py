"""The grid of a study with the results of its points."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from qubatt.core.version import versions
from qubatt.results.contents import CERTIFICATE_PREFIX
from qubatt.results.coordinates import flat_certificate
from qubatt.results.late_maxima import LONG_NAME, STILL_RISING, names_text
from qubatt.results.result import Result
from qubatt.results.status import FAILED, MISSING
from qubatt.sweeps.store.point_result import PointResult
from qubatt.sweeps.store.requested_merits import is_requested, with_merits
from qubatt.sweeps.store.store import MemoryStore
from qubatt.sweeps.study.axis import Varied
from qubatt.sweeps.study.axis_values import AxisValues
from qubatt.sweeps.study.formula import Formula
from qubatt.sweeps.study.merit_names import merit_names
from qubatt.sweeps.study.study import Study

STEP_DIM = "step"
"""Dimension of curves whose times differ between points."""


def _attributes(one: Varied) -> dict[str, str]:
    """Return the attributes of the coordinate of a parameter."""
    units = {"units": one.units} if one.units else {}
    return {"long_name": one.description or one.name, "parameter": one.argument} | units


def empty_grid(study: Study) -> xr.Dataset:
    """Return the grid of a study without results: axes, formulas, keys, and the study itself."""
    dims = [axis.name for axis in study.axes]
    coords: dict[str, Any] = {}
    for axis in study.axes:
        for one in axis.varied:
            assert isinstance(one.values, AxisValues)
            attributes = _attributes(one)
            coords[one.name] = (axis.name, _column(one.values.labels), attributes)
    for one in study.formulas:
        values = np.array([point.coordinates[one.name] for point in study.points])
        values, varying_dims = _drop_constant_dims(values.reshape(study.shape), dims)
        assert isinstance(one.values, Formula)
        attributes = _attributes(one) | {"formula": one.values.text}
        coords[one.name] = (varying_dims, values, attributes)
    keys = np.array([point.key for point in study.points], dtype="U32").reshape(study.shape)
    attributes = {"long_name": "address of the result"}
    grid = xr.Dataset({"key": (dims, keys, attributes)}, coords)
    names = [merit_names(point.run) for point in study.points]
    grid.attrs = {
        "title": study.title,
        "description": study.description,
        "study": json.dumps(study.to_dict_with_defaults()),
        "merits": json.dumps(names[:1] if len(set(names)) == 1 else names),
        "versions": json.dumps(versions()),
    }
    return grid


def filled_grid(grid: xr.Dataset, store: MemoryStore) -> xr.Dataset:
    """Return a grid filled with all results in a store.

    The dimensions of the grid precede those of each result variable; missing results are NaN.
    ``status`` is the status of each point, and ``certificate_…`` are the values of its certificate.
    ``still_rising``, present if it is not empty at all points, names the maxima of each point that
    lie at its last time. The attribute ``failures`` lists the error and the parameters of each
    failed point.
    """
    keys = grid["key"].to_numpy()
    merits = json.loads(grid.attrs["merits"])
    merits = merits * keys.size if len(merits) == 1 else merits
    stored = [store.get(str(key), names) for key, names in zip(keys.flat, merits, strict=True)]
    results = [
        None if result is None else with_merits(result, names)
        for result, names in zip(stored, merits, strict=True)
    ]
    data: xr.Dataset = Result(grid.data_vars, grid.coords, dict(grid.attrs))
    data = _with_variables(data, results, {name for names in merits for name in names})
    dims, shape = grid["key"].dims, keys.shape
    statuses = [
        result.status if result is not None and result.covers(names) else MISSING
        for result, names in zip(results, merits, strict=True)
    ]
    data["status"] = (dims, np.array(statuses).reshape(shape), {"long_name": "status"})
    late = [names_text(result.attributes, data) if result else "" for result in results]
    if any(late):
        data[STILL_RISING] = (dims, np.array(late).reshape(shape), {"long_name": LONG_NAME})
    for name, values in _certificates(results).items():
        attributes = {"units": "1", "long_name": name.replace("_", " ")}
        data[name] = (dims, values.reshape(shape), attributes)
    data.attrs["citations"] = _citations(results)
    failures = [
        {"key": result.key, "parameters": _parameters(grid, k), "message": result.message}
        for k, result in enumerate(results)
        if result is not None and statuses[k] == FAILED
    ]
    data.attrs["failures"] = json.dumps(failures)
    return data


def _with_variables(
    data: xr.Dataset, results: Sequence[PointResult | None], merits: Collection[str]
) -> xr.Dataset:
    """Return the grid with the result variables and the coordinates of their dimensions."""
    dims, shape = data["key"].dims, data["key"].shape
    solved = [(k, one) for k, one in enumerate(results) if one is not None and one.status != FAILED]
    times_differ = not _same_times([result for _, result in solved])
    taken = {*map(str, dims), *map(str, data.coords)}
    entries = _entries([result for _, result in solved], {"time"} if times_differ else set())
    for name, (labels, attributes) in entries.items():
        dim = _result_dim(name, taken)
        data = data.assign_coords({dim: (dim, labels, attributes)})
    for name in dict.fromkeys(name for _, result in solved for name in result.layout):
        having = [(k, result) for k, result in solved if name in result.layout]
        own_dims, attributes, is_coordinate = having[0][1].layout[name]
        if name in entries or not (is_coordinate or is_requested(name, merits)):
            continue
        inner = [
            STEP_DIM if times_differ and dim == "time" else _result_dim(dim, taken)
            for dim in own_dims
        ]
        values = _stacked([(k, _at_entries(one, name, entries)) for k, one in having], len(results))
        entry = ([*dims, *inner], values.reshape((*shape, *values.shape[1:])), attributes)
        data = data.assign_coords({name: entry}) if is_coordinate else data.assign({name: entry})
    return data


def _result_dim(name: str, taken: Collection[str]) -> str:
    """Return the name of a result dimension, changed if a coordinate of the study has that name."""
    return f"of_{name}" if name in taken else name


def _entries(
    results: Sequence[PointResult], without: Collection[str]
) -> dict[str, tuple[Any, Any]]:
    """Return the coordinate of each result dimension: its entries and attributes.

    If the entries differ between points, for example because the environments have different types,
    they are merged.
    """
    arrays: dict[str, list[NDArray[Any]]] = {}
    attributes: dict[str, Any] = {}
    for result in results:
        for name, (dims, labels, is_coordinate) in result.layout.items():
            if is_coordinate and dims == [name] and name not in without:
                different = arrays.setdefault(name, [])
                if not different or not np.array_equal(different[-1], result.arrays[name]):
                    different.append(result.arrays[name])
                attributes.setdefault(name, labels)
    return {name: (_union(parts), attributes[name]) for name, parts in arrays.items()}


def _union(parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """Return the distinct entries: numbers in ascending order, names in order of appearance."""
    if all(np.array_equal(parts[0], part) for part in parts):
        return parts[0]
    together = np.concatenate(parts)
    return (
        np.unique(together)
        if together.dtype.kind in "iuf"
        else np.array([*dict.fromkeys(together.tolist())])
    )


def _at_entries(
    result: PointResult, name: str, entries: Mapping[str, tuple[Any, Any]]
) -> NDArray[Any]:
    """Return a variable of a point at the merged entries of its dimensions, NaN if missing."""
    values = result.arrays[name]
    for axis, dim in enumerate(result.layout[name][0]):
        if dim not in entries or np.array_equal(entries[dim][0], result.arrays[dim]):
            continue
        numbers = {entry: k for k, entry in enumerate(entries[dim][0].tolist())}
        wider = np.full((*values.shape[:axis], len(numbers), *values.shape[axis + 1 :]), np.nan)
        positions = [numbers[entry] for entry in result.arrays[dim].tolist()]
        wider[(slice(None),) * axis + (positions,)] = values
        values = wider
    return values


def _same_times(results: Sequence[PointResult]) -> bool:
    """Whether all curves have the same times."""
    times = [result.arrays["time"] for result in results if "time" in result.arrays]
    return all(np.array_equal(times[0], other) for other in times[1:])


def _stacked(parts: Sequence[tuple[int, NDArray[Any]]], count: int) -> NDArray[Any]:
    """Stack the values of points into one array, NaN where a point has no value."""
    first = parts[0][1]
    longest = np.max([part.shape for _, part in parts], axis=0) if first.ndim else []
    stacked = np.full((count, *map(int, longest)), np.nan)
    for k, part in parts:
        region: Any = (k, *(slice(size) for size in part.shape))
        stacked[region] = part
    return stacked


def _certificates(results: Sequence[PointResult | None]) -> dict[str, NDArray[Any]]:
    """Return the certificate values of all points by name; NaN or empty where a point has none."""
    columns: dict[str, NDArray[Any]] = {}
    for k, result in enumerate(results):
        if result is None or "certificate" not in result.attributes:
            continue
        numbers = flat_certificate(json.loads(result.attributes["certificate"]))
        if "cutoff" in result.attributes:
            numbers["max_photons"] = json.loads(result.attributes["cutoff"])["chosen"]
        for name, number in numbers.items():
            text = isinstance(number, str)
            empty = np.full(len(results), "" if text else np.nan, dtype=object if text else float)
            columns.setdefault(f"{CERTIFICATE_PREFIX}{name}", empty)[k] = number
    return {
        name: column.astype(str) if column.dtype == object else column
        for name, column in columns.items()
    }


def _citations(results: Sequence[PointResult | None]) -> str:
    """Return the citations of all points as JSON."""
    citations: dict[str, None] = {}
    texts = (result.attributes.get("citations", "[]") for result in results if result)
    for text in dict.fromkeys(texts):
        citations |= dict.fromkeys(json.loads(text))
    return json.dumps([*citations])


def _parameters(grid: xr.Dataset, k: int) -> dict[str, Any]:
    """Return the coordinates of a point."""
    index = np.unravel_index(k, grid["key"].shape)
    point = grid["key"].isel(dict(zip(grid["key"].dims, index, strict=True)))
    names = {str(name) for name in grid["key"].coords}
    return {name: point.coords[name].item() for name in sorted(names)}


def _column(labels: Sequence[Any]) -> NDArray[Any]:
    """Return the labels of an axis: as numbers if all are numbers, otherwise as strings."""
    numbers = all(isinstance(label, int | float) for label in labels)
    return np.array(labels if numbers else [str(label) for label in labels])


def _drop_constant_dims(
    values: NDArray[Any], dims: Sequence[str]
) -> tuple[NDArray[Any], list[str]]:
    """Drop the dimensions along which values are constant; return values and kept dimensions."""
    varying: list[str] = []
    for axis in reversed(range(values.ndim)):
        first = values.take([0], axis)
        if values.shape[axis] > 1 and not np.array_equal(
            np.broadcast_to(first, values.shape), values
        ):
            varying.insert(0, dims[axis])
        else:
            values = first.squeeze(axis)
    return values, varying
