"""The range of a horizontal axis, and stretches of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, NullLocator

UNEVEN = 20.0
"""How many times the first step of time the last one is where early times get more room."""

APART = 0.17
"""Distance of ticks on such an axis, as a part of it."""


def set_span(axes: Axes, coordinates: Sequence[xr.DataArray]) -> None:
    """Let a horizontal axis begin and end where numeric coordinates do.

    Where times lie ever farther apart, as those until the steady state do, the axis is linear at
    first and then logarithmic.
    """
    values = np.unique(np.concatenate([np.atleast_1d(part.to_numpy()) for part in coordinates]))
    if values.dtype.kind not in "iuf" or len(values) < 2:
        return
    steps = np.diff(coordinates[0].to_numpy())
    late = coordinates[0].name == "time" and len(steps) > 10 and steps[-1] > UNEVEN * steps[0] > 0
    if late and values[0] >= 0:
        width = coordinates[0].to_numpy()[np.searchsorted(steps, 2.0 * steps[0])]
        axes.set_xscale("asinh", linear_width=float(width))
        axes.set_xticks(_ticks(float(values[-1]), float(width)))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlim(float(values[0]), float(values[-1]))


def _ticks(end: float, width: float) -> list[float]:
    """Return 0 and round numbers up to the end, powers of ten first, that do not come too close."""
    powers = 10.0 ** np.arange(np.ceil(np.log10(end)), np.floor(np.log10(width)) - 2, -1)
    chosen = [0.0]
    for tick in [factor * power for factor in (1.0, 2.0, 5.0) for power in powers]:
        gaps = np.abs(np.arcsinh(tick / width) - np.arcsinh(np.array(chosen) / width))
        if tick <= end and gaps.min() >= APART * np.arcsinh(end / width):
            chosen.append(float(tick))
    return sorted(chosen)


def stretches(places: np.ndarray, bad: np.ndarray) -> Iterator[tuple[float, float, bool]]:
    """Return from where to where ascending places are good or bad, meeting halfway between."""
    switches = np.flatnonzero(np.diff(bad.astype(int)))
    if places[0] == places[-1]:
        places = np.array([places[0] - 0.5, places[0] + 0.5])
    borders = [places[0], *(0.5 * (places[switches] + places[switches + 1])), places[-1]]
    states = [bool(bad[0]), *(bool(bad[k + 1]) for k in switches)]
    return zip(borders[:-1], borders[1:], states, strict=True)


def hatch_spans(axes: Axes, doubtful: xr.DataArray) -> None:
    """Hatch behind curves where points are doubtful."""
    style: dict[str, Any] = {"facecolor": "none", "edgecolor": "0.7", "hatch": "////"}
    (dim,) = doubtful.dims
    for first, last, bad in stretches(doubtful[dim].to_numpy(), doubtful.to_numpy()):
        if bad:
            axes.axvspan(first, last, linewidth=0, zorder=0, **style)
