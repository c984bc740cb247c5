"""Maxima of a study that lie at the end of the run, where the curve may still rise."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes

from qubatt.plots.selection import places_of

PREFIX = "maximum_"
"""Beginning of the names of maxima and their times."""

TOLERANCE = 1e-9
"""Relative difference from the last value below which a maximum counts as reached at the end.
"""

NOTE = "dots: maximum at the last time, the curve may still rise"
"""Explanation of the marks."""

STYLE: dict[str, Any] = {
    "linestyle": "none",
    "marker": "o",
    "markersize": 3.5,
    "markerfacecolor": "white",
    "markeredgecolor": "black",
    "markeredgewidth": 0.6,
}


def still_rising(dataset: xr.Dataset, array: xr.DataArray) -> xr.DataArray | None:
    """Return a mask of the points whose maximum lies at the last time; None if it is unknown.

    Parameters
    ----------
    dataset : Dataset
        Results of a study, with the curves over ``time``.
    array : DataArray
        A maximum, such as ``maximum_energy``, or its time.
    """
    name = str(array.name)
    curve = dataset.get(name.removeprefix(PREFIX).removesuffix("_time"))
    if not name.startswith(PREFIX) or curve is None or "time" not in curve.dims:
        return None
    if not {*curve.dims} - {"time"} <= {*array.dims}:
        return None
    last = curve.isel(time=-1, drop=True)
    top = dataset.get(name.removesuffix("_time"), curve.max("time"))
    rising = (top - last <= TOLERANCE * abs(top)) & (top > curve.isel(time=0, drop=True))
    return rising.reset_coords(drop=True) if bool(rising.any()) else None


def mark_rising(axes: Axes, rising: xr.DataArray, array: xr.DataArray, x: str, y: str) -> None:
    """Mark points on a map of an array over two parameters."""
    mask = rising.broadcast_like(array.reset_coords(drop=True))
    mask = mask.sel({dim: array[dim].to_numpy() for dim in (y, x)}).transpose(y, x)
    rows, columns = np.nonzero(mask.to_numpy())
    axes.plot(places_of(array[x])[columns], places_of(array[y])[rows], **STYLE)
