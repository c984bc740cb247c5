"""Range and scale of horizontal axes, and hatching of ranges with doubtful results."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, Locator, LogLocator, MaxNLocator, NullLocator

from qubatt.plots.selection import TIMES, places_of
from qubatt.results.contents import is_text

LOGARITHMIC_SPREAD = 20.0
"""Ratio of the last to the first time step above which the axis enlarges early times."""

MIN_TICK_DISTANCE = 0.17
"""Smallest distance between ticks on an axis that enlarges early times, relative to its length."""


def set_span(axes: Axes, coordinates: Sequence[xr.DataArray]) -> None:
    """Set the scale of a horizontal axis, and its range to that of numeric coordinates.

    The axis is linear at early times and then logarithmic if the time steps grow, as in runs to
    the steady state. It is logarithmic for other geometrically spaced values.
    """
    if any(map(is_text, coordinates)):
        return
    values = np.unique(np.concatenate([part.to_numpy().ravel() for part in coordinates]))
    values = values[np.isfinite(values)]
    if len(values) < 2:
        return
    first = _longest(coordinates[0])
    steps = np.diff(first)
    timed = coordinates[0].name in TIMES
    late = timed and len(steps) > 10 and steps[-1] > LOGARITHMIC_SPREAD * steps[0] > 0
    if not timed and is_geometric(coordinates[0]):
        set_logarithmic(axes, "x")
    if late and values[0] >= 0:
        width = first[np.searchsorted(steps, 2.0 * steps[0])]
        axes.set_xscale("asinh", linear_width=float(width))
        axes.set_xticks(_ticks(float(values[-1]), float(width)))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlim(float(values[0]), float(values[-1]))


def _longest(times: xr.DataArray) -> np.ndarray:
    """Return the times of the longest run if each run has its own times."""
    rows = np.atleast_2d(times.transpose(..., times.dims[-1]).to_numpy())
    rows = rows.reshape(-1, rows.shape[-1])
    last = np.where(np.isfinite(rows), rows, -np.inf).max(axis=-1)
    row = rows[np.argmax(last)]
    return np.asarray(row[np.isfinite(row)])


def is_geometric(coordinate: xr.DataArray) -> bool:
    """Return whether values are geometrically spaced over at least a decade."""
    if is_text(coordinate):
        return False
    values = np.sort(coordinate.to_numpy().astype(float))
    if len(values) < 4 or values[0] <= 0 or values[-1] < 10 * values[0]:
        return False
    steps = np.diff(np.log(values))
    return bool(np.allclose(steps, steps.mean(), rtol=1e-3))


def set_logarithmic(axes: Axes, side: Literal["x", "y"]) -> None:
    """Make an axis logarithmic, with plain numbers at ticks where space permits."""
    (axes.set_xscale if side == "x" else axes.set_yscale)("log")
    axis = axes.xaxis if side == "x" else axes.yaxis
    low, high = axis.get_view_interval()
    decades = np.log10(high / low) if high > low > 0 else 0.0
    locator: Locator = MaxNLocator(5, steps=[1, 2, 5, 10])
    if decades > 0.7:
        locator = LogLocator(base=10, subs=(1.0, 2.0, 5.0) if decades <= 2 else (1.0,))
    axis.set_major_locator(locator)
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_locator(NullLocator())


def _ticks(end: float, width: float) -> list[float]:
    """Return well-separated ticks: 0 and round numbers up to the end, preferably powers of ten."""
    powers = 10.0 ** np.arange(np.ceil(np.log10(end)), np.floor(np.log10(width)) - 2, -1)
    chosen = [0.0]
    for tick in [factor * power for factor in (1.0, 2.0, 5.0) for power in powers]:
        gaps = np.abs(np.arcsinh(tick / width) - np.arcsinh(np.array(chosen) / width))
        if tick <= end and gaps.min() >= MIN_TICK_DISTANCE * np.arcsinh(end / width):
            chosen.append(float(tick))
    return sorted(chosen)


def stretches(positions: np.ndarray, bad: np.ndarray) -> Iterator[tuple[float, float, bool]]:
    """Yield the ranges of good and of bad positions, which meet halfway between positions."""
    switches = np.flatnonzero(np.diff(bad.astype(int)))
    if positions[0] == positions[-1]:
        positions = np.array([positions[0] - 0.5, positions[0] + 0.5])
    borders = [
        positions[0],
        *(0.5 * (positions[switches] + positions[switches + 1])),
        positions[-1],
    ]
    states = [bool(bad[0]), *(bool(bad[k + 1]) for k in switches)]
    return zip(borders[:-1], borders[1:], states, strict=True)


def hatch_spans(axes: Axes, doubtful: xr.DataArray) -> None:
    """Hatch the background of doubtful points."""
    style: dict[str, Any] = {"facecolor": "none", "edgecolor": "0.7", "hatch": "////"}
    (dim,) = doubtful.dims
    for first, last, bad in stretches(places_of(doubtful[dim]), doubtful.to_numpy()):
        if bad:
            axes.axvspan(first, last, linewidth=0, zorder=0, **style)
