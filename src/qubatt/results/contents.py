"""Contents of a Dataset: attributes, numbers by name, units, extremes."""

from __future__ import annotations

import json
from collections.abc import Container, Hashable
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

import numpy as np
import xarray as xr

from qubatt.results.dims import RUN_DIMS

CERTIFICATE_PREFIX = "certificate_"
"""Prefix of the names of variables that hold the certificates of the points of a study."""

CHECKS = ("cutoff_population", "first_law_residual", f"{CERTIFICATE_PREFIX}*")
"""Name patterns of variables that state the accuracy of a result; others describe the battery."""


class Extreme(NamedTuple):
    """The largest or smallest value and its coordinates; ``#k`` if a dim has no coordinate."""

    value: float
    coordinates: dict[str, Any]


def json_attribute(dataset: xr.Dataset, name: str) -> Any:
    """Return an attribute decoded from JSON; None if it is missing or invalid."""
    try:
        return json.loads(dataset.attrs[name])
    except (KeyError, TypeError, ValueError):
        return None


def is_check(name: str) -> bool:
    """Return whether a variable states the accuracy of the result; see `CHECKS`."""
    return any(fnmatchcase(name, pattern) for pattern in CHECKS)


def is_text(coordinate: xr.DataArray) -> bool:
    """Return whether a coordinate holds text."""
    return coordinate.dtype.kind in "OSUT"


def units_of(array: xr.DataArray) -> str:
    """Return the units of an array, or an empty string if it is dimensionless."""
    units = str(array.attrs.get("units", "1"))
    return "" if units.split(" ")[0] == "1" else units


def entries(dataset: xr.Dataset, keep: Container[Hashable] = ()) -> dict[str, xr.DataArray]:
    """Return the numbers of a Dataset by name, one entry for each environment and drive.

    Flags and strings are omitted. A dim with text labels is split into entries such as
    ``"heat_current[cavity-loss]"``, unless it is listed in `keep`.
    """
    arrays: dict[str, xr.DataArray] = {}
    for name, array in dataset.data_vars.items():
        if array.dtype.kind not in "iuf":
            continue
        dims = [dim for dim in array.dims if dim in array.coords and dim not in keep]
        text_dims = [dim for dim in dims if is_text(array[dim])]
        for index in np.ndindex(*(array.sizes[dim] for dim in text_dims)):
            entry = array.isel(dict(zip(text_dims, index, strict=True)))
            labels = ", ".join(str(entry[dim].item()) for dim in text_dims)
            arrays[f"{name}[{labels}]" if text_dims else str(name)] = entry
    return arrays


def extreme(array: xr.DataArray, *, largest: bool) -> Extreme | None:
    """Return the largest or smallest value and its coordinates; None if no value is finite."""
    values = array.to_numpy()
    if not np.isfinite(values).any():
        return None
    flat = int(np.nanargmax(values) if largest else np.nanargmin(values))
    index = dict(zip(array.dims, np.unravel_index(flat, values.shape), strict=True))
    point = array.isel(index)
    names = dict.fromkeys([*array.dims, *(name for name in RUN_DIMS if name in point.coords)])
    coordinates = {
        str(name): point[name].item() if name in point.coords else f"#{index[name]}"
        for name in names
    }
    return Extreme(point.item(), coordinates)
