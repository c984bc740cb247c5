"""Selection of the points and coordinates of a result to draw."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import xarray as xr

from qubatt.core.errors import ArgumentError, suggest
from qubatt.results.contents import is_text

TIMES = ("time", "state_time")


def fixed(dataset: xr.Dataset, at: Mapping[str, Any]) -> xr.Dataset:
    """Return the points whose coordinates have given values, up to rounding errors.

    Raises
    ------
    ArgumentError
        If a coordinate is unknown or not one-dimensional, or if it does not contain the value.
    """
    for name, value in at.items():
        coordinates = {str(c): array for c, array in dataset.coords.items() if array.ndim == 1}
        if name not in coordinates:
            raise ArgumentError(
                "at", "name a one-dimensional coordinate", name, suggest(name, coordinates)
            )
        values = coordinates[name].to_numpy()
        worded = values.dtype.kind not in "iuf"
        try:
            same = values.astype(str) == str(value) if worded else np.isclose(values, float(value))
        except (TypeError, ValueError):
            same = np.zeros(len(values), bool)
        if not same.any():
            listed = ", ".join(str(entry) if worded else f"{entry:.6g}" for entry in values[:20])
            more = " …" if len(values) > 20 else ""
            cure = f"Its values are {listed}{more}."
            raise ArgumentError("at", f"be a value of {name}", value, cure)
        (dim,) = coordinates[name].dims
        dataset = dataset.isel({dim: int(np.flatnonzero(same)[0])})
    return dataset


def along(dataset: xr.Dataset, names: Iterable[str | None]) -> xr.Dataset:
    """Return a Dataset whose dimensions are those along which to draw, each with a coordinate.

    A coordinate in `names` replaces the dimension along which it varies. Times ``time(…, step)``
    that differ between points are kept; if only one point is selected, they become the dimension.
    Dimensions without a coordinate are numbered from 0.
    """
    for name in TIMES:
        if name in dataset.coords and name not in dataset.dims and dataset[name].ndim:
            dataset = _timed(dataset, name)
    for name in map(str, names):
        is_other = name in dataset.coords and name not in dataset.dims
        if is_other and dataset[name].ndim == 1:
            dataset = dataset.swap_dims({dataset[name].dims[0]: name})
            if dataset[name].dtype.kind in "iuf":
                dataset = dataset.sortby(name)
    bare = [dim for dim in dataset.dims if dim not in dataset.coords]
    steps = {dim for name in TIMES if name in dataset.coords for dim in dataset[name].dims}
    return dataset.assign_coords(
        {dim: range(dataset.sizes[dim]) for dim in bare if dim not in steps}
    )


def _timed(dataset: xr.Dataset, name: str) -> xr.Dataset:
    """Return a Dataset without numbered time steps; for one run, the times are the dimension."""
    time = dataset[name]
    points = dataset["status"].dims if "status" in dataset.variables else [*dataset.coords]
    step = next((dim for dim in time.dims if dim not in points), time.dims[-1])
    dataset = dataset.drop_vars([step], errors="ignore")
    time = dataset[name]
    if time.squeeze().ndim > 1:
        return dataset.assign_coords({name: time.transpose(..., step)})
    line = time.transpose(step, ...).to_numpy().reshape(time.sizes[step])
    dataset = dataset.assign_coords({name: (step, line, time.attrs)}).swap_dims({step: name})
    return dataset.isel({name: np.flatnonzero(np.isfinite(line))})


def dims_of(array: xr.DataArray) -> list[str]:
    """Return the dimensions of an array, with time steps named after their times."""
    names = []
    for dim in array.dims:
        times = [t for t in TIMES if t in array.coords and dim in array[t].dims]
        names.append(times[0] if times and dim not in array.coords else str(dim))
    return names


def places_of(coordinate: xr.DataArray) -> np.ndarray:
    """Return the positions on an axis: numbers themselves, or evenly spaced positions for text."""
    worded = is_text(coordinate)
    return np.arange(coordinate.size) * 1.0 if worded else coordinate.to_numpy().astype(float)
