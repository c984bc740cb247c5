"""Dims of results: dims of a single run, and dims of varied parameters."""

from __future__ import annotations

from collections.abc import Hashable

import xarray as xr

RUN_DIMS = ("time", "state_time", "step", "environment", "drive")
"""Dims of a single run. Coordinates of varied parameters have the attribute ``parameter``."""

ROLE = "describes"
"""Attribute of coordinates that describe a result; its value names the described property."""


def is_run_dim(dataset: xr.Dataset | xr.DataArray, dim: Hashable) -> bool:
    """Return whether a dim belongs to a single run; an axis of a study may have the same name."""
    is_axis = dim in dataset.coords and "parameter" in dataset.coords[dim].attrs
    return dim in RUN_DIMS and not is_axis


def axes_of(dataset: xr.Dataset) -> list[str]:
    """Return the axes of a study."""
    known = dataset["status"].dims if "status" in dataset.variables else ()
    dims = [dim for dim in known or dataset.dims if dim in dataset.coords]
    return [str(dim) for dim in dims if not is_run_dim(dataset, dim)]


def varied_parameters(dataset: xr.Dataset) -> list[str]:
    """Return the parameters that differ between joined runs of which only one status is stored.

    Joined runs keep only the attributes of the first run. The list is empty if each point has its
    own status, and for a single run.
    """
    if "certificate" not in dataset.attrs:
        return []
    if "status" in dataset.variables:
        # a status shared by all parts is stored once; parameters that differ are stacked
        known = {
            dim
            for name in ("status", "parameters")
            if name in dataset.variables
            for dim in dataset[name].dims
        }
        names = [dim for dim in dataset.dims if dim not in known]
    else:
        scalars = [
            name
            for name, coordinate in dataset.coords.items()
            if coordinate.ndim == 0 and ROLE not in coordinate.attrs
        ]
        names = [*dict.fromkeys([*dataset.dims, *scalars])]
    return [str(name) for name in names if not is_run_dim(dataset, name)]
