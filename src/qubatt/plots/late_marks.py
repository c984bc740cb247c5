"""Markers of maxima that lie at the last time, where the curve may still rise."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes

from qubatt.plots.selection import places_of
from qubatt.results.late_maxima import late_maxima

NOTE = "triangles: maximum at the last time, the curve may still rise"
"""Explanation of the markers."""

STYLE: dict[str, Any] = {
    "linestyle": "none",
    "marker": "^",
    "markersize": 4.0,
    "markerfacecolor": "white",
    "markeredgecolor": "black",
    "markeredgewidth": 0.6,
    "clip_on": False,
    "zorder": 4,
}


def mark_on_map(axes: Axes, dataset: xr.Dataset, array: xr.DataArray, x: str, y: str) -> str:
    """Mark the late maxima on a map over two parameters; return `NOTE`, or "" if there are none."""
    mask = _matched(dataset, array)
    if mask is None:
        return ""
    rows, columns = np.nonzero(mask.transpose(y, x).to_numpy())
    axes.plot(places_of(array[x])[columns], places_of(array[y])[rows], **STYLE)
    return NOTE


def mark_on_curves(axes: Axes, dataset: xr.Dataset, array: xr.DataArray, x: str) -> str:
    """Mark the late maxima on curves over `x`; return `NOTE`, or "" if there are none."""
    mask = _matched(dataset, array)
    if mask is None or array[x].dims != (x,):
        return ""
    places = xr.DataArray(places_of(array[x]), dims=x).broadcast_like(mask).transpose(*mask.dims)
    late = mask.to_numpy()
    axes.plot(places.to_numpy()[late], array.to_numpy()[late], **STYLE)
    return NOTE


def _matched(dataset: xr.Dataset, array: xr.DataArray) -> xr.DataArray | None:
    """Return the mask of late maxima with the dimensions of an array in their order, or None."""
    mask = late_maxima(dataset, str(array.name))
    if mask is None or not {*mask.dims} <= {*array.dims}:
        return None
    mask = mask.sel({dim: array[dim].to_numpy() for dim in mask.dims})
    return mask.broadcast_like(array.reset_coords(drop=True)).transpose(*array.dims)
