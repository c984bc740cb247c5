"""Panels of a single run: curves with maxima, bounds and doubtful points."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import xarray as xr
from matplotlib.axes import Axes

from qubatt.plots.curves import DASHES, axis_label, draw_points, is_marked, shades
from qubatt.plots.figure import styled
from qubatt.plots.panel import BOUNDS, Panel

MAX_DOTS = 60
"""Largest number of points on a curve over ``state_time`` for which every point gets a marker."""

HEADROOM = 2.5
"""Upper end of the vertical axis, relative to the maximum of the curves, if their bound exceeds the
panel.
"""

VISIBLE = 4.0
"""Largest ratio of a bound to the maximum of the curves at which the bound is shown in full."""

GREY = "0.45"


class Mark(NamedTuple):
    """A single number, such as a maximum, that is marked on a curve."""

    curve: str
    time: str
    value: str
    shape: str
    text: str


ZERO_TOLERANCE = 1e-12
"""Magnitude below which a whole curve counts as 0."""

MARKS = (
    Mark("energy", "maximum_energy_time", "maximum_energy", "o", "largest"),
    Mark("energy", "charging_time", "", "v", "first maximum"),
    Mark("energy", "time_to_fraction", "", "s", "{fraction:.0%} of the largest"),
    Mark("remaining_energy", "half_life", "", "s", "half-life"),
    Mark("power", "maximum_power_time", "maximum_power", "o", "largest"),
    Mark("average_power", "maximum_average_power_time", "maximum_average_power", "D", "largest"),
)


class Point(NamedTuple):
    """Position of a marker and its name in the legend."""

    x: float
    y: float
    shape: str
    text: str


def legend_names(panel: Panel, dataset: xr.Dataset) -> list[str]:
    """Return the legend entries of a panel, empty if no legend is needed."""
    marks = [point.text for point in marks_of(panel, dataset)]
    names = [_legend_name(panel, name) for name in panel.names]
    names += ["stored energy"] if _beneath(panel, dataset) is not None else []
    return [*names, *marks] if len(names) + len(marks) > 1 else []


def draw_panel(
    axes: Axes, panel: Panel, dataset: xr.Dataset, doubtful: xr.DataArray | None = None
) -> None:
    """Draw the curves of a panel with markers, but without a legend.

    Parameters
    ----------
    axes : Axes
        Axes to draw on.
    panel : Panel
        Curves with one dimension each.
    dataset : Dataset
        Result with the curves, the marked numbers, and the stored energy drawn behind ergotropies.
    doubtful : DataArray of bool, optional
        Points of curves over a parameter that are drawn hollow.
    """
    with styled():
        if (energy := _beneath(panel, dataset)) is not None:
            time = energy[energy.dims[0]]
            axes.fill_between(time, energy, color="0.9", linewidth=0, label="stored energy")
        free = [name for name in panel.curves if name not in BOUNDS]
        colours = dict(zip(free, shades(len(free)), strict=False))
        dashes = {name: DASHES[k % len(DASHES)] for k, name in enumerate(free)}
        thin = {name: (":", "--")[k % 2] for k, name in enumerate(BOUNDS)}
        for name, array in panel.curves.items():
            style: dict[str, Any] = {"color": colours.get(name), "linestyle": dashes.get(name)}
            if name in BOUNDS:
                style = {"color": GREY, "linestyle": thin[name], "linewidth": 0.8}
            _draw(axes, array, style | {"label": _legend_name(panel, name)}, doubtful)
        _limit(axes, panel)
        for point in marks_of(panel, dataset):
            face: dict[str, Any] = {
                "markerfacecolor": "white",
                "markeredgecolor": "black",
                "markersize": 4.5,
            }
            axes.plot(point.x, point.y, point.shape, label=point.text, zorder=4, **face)
        if all(name.startswith("spin_squeezing") for name in panel.curves):
            _limit_squeezing(axes, panel)
        _limit_rounding(axes, panel)
        low, high = axes.get_ylim()
        if low < 0.0 < high:
            axes.axhline(0.0, color=GREY, linewidth=0.6, zorder=1)
        first = next(iter(panel.curves.values()))
        axes.set_xlabel(axis_label(first[first.dims[0]]))
        axes.set_ylabel(panel.label)


def _draw(
    axes: Axes, array: xr.DataArray, style: dict[str, Any], doubtful: xr.DataArray | None
) -> None:
    """Draw one curve, with markers if it has few points over ``state_time`` or a parameter."""
    values = array.to_numpy().astype(float)
    finite = np.where(np.isfinite(values), values, np.nan)
    looked = array.dims[0] == "state_time" and len(values) <= MAX_DOTS
    if looked or np.isfinite(finite).sum() == 1:
        style = style | {"marker": "o", "markersize": 2.6, "linewidth": 0.7}
        style["clip_on"] = array.name in BOUNDS  # points at the borders are drawn completely
    hollow = None if doubtful is None else doubtful.to_numpy()
    draw_points(axes, array[array.dims[0]], finite, style, hollow, is_marked(array))


def _limit(axes: Axes, panel: Panel) -> None:
    """Limit the vertical axis so that distant bounds do not flatten the curves."""
    top = _top(panel)
    low, high = axes.get_ylim()
    if 0.0 < top < high:
        curves = [array.to_numpy() for name, array in panel.curves.items() if name not in BOUNDS]
        axes.set_ylim(min(low, 1.1 * float(np.nanmin(np.concatenate(curves)))), top)


def _top(panel: Panel) -> float:
    """Return the end of the vertical axis of curves with bounds; infinity if there is no limit."""
    curves = [array.to_numpy() for name, array in panel.curves.items() if name not in BOUNDS]
    bounds = [array.to_numpy() for name, array in panel.curves.items() if name in BOUNDS]
    if not bounds or not curves:
        return math.inf
    values, limits = np.concatenate(curves), np.concatenate(bounds)
    largest = float(np.abs(values[np.isfinite(values)]).max(initial=0.0))
    highest = float(limits[np.isfinite(limits)].max(initial=0.0))
    return HEADROOM * largest if highest > VISIBLE * largest else math.inf


def _legend_name(panel: Panel, name: str) -> str:
    """Return the name of a curve, with a note if the curve is a bound that leaves the panel."""
    text = panel.names[name]
    if name not in BOUNDS:
        return text
    values = panel.curves[name].to_numpy()
    highest = float(values[np.isfinite(values)].max(initial=0.0))
    return f"{text} (up to {highest:.2g}, beyond the panel)" if highest > _top(panel) else text


def _limit_rounding(axes: Axes, panel: Panel) -> None:
    """Limit the vertical axis so that rounding errors of a vanishing curve do not fill it."""
    values = np.concatenate([array.to_numpy() for array in panel.curves.values()])
    finite = np.abs(values[np.isfinite(values)])
    if finite.size and finite.max() < ZERO_TOLERANCE:
        axes.set_ylim(-0.05, 1.0)


def _limit_squeezing(axes: Axes, panel: Panel) -> None:
    """Mark the value 1, below which spins are squeezed, and clip divergences."""
    axes.axhline(1.0, color=GREY, linewidth=0.6, zorder=1)
    values = np.concatenate([array.to_numpy() for array in panel.curves.values()])
    finite = values[np.isfinite(values)]
    usual = 2.0 * float(np.quantile(finite, 0.75)) if finite.size else 0.0
    if finite.size and usual < float(finite.max()):
        axes.set_ylim(0.0, max(usual, 2.0))


def marks_of(panel: Panel, dataset: xr.Dataset) -> Iterator[Point]:
    """Yield the markers of single numbers, such as a maximum, that lie on a curve of the panel."""
    for mark in MARKS:
        curve = panel.curves.get(mark.curve)
        if curve is None or curve.dims != ("time",):
            continue
        for name, time in dataset.data_vars.items():
            if not str(name).startswith(mark.time) or time.dims or not math.isfinite(time):
                continue
            x = float(time)
            if not float(curve["time"].min()) <= x <= float(curve["time"].max()):
                continue
            value = dataset.get(mark.value) if mark.value else None
            y = float(value) if value is not None and not value.dims else None
            y = float(np.interp(x, curve["time"], curve)) if y is None else y
            text = mark.text.format(fraction=float(time.attrs.get("fraction", math.nan)))
            average = " average" if mark.curve == "average_power" else ""
            yield Point(x, y, mark.shape, text + average)


def _beneath(panel: Panel, dataset: xr.Dataset) -> xr.DataArray | None:
    """Return the stored energy to draw behind ergotropies, or None."""
    total = all("ergotropy" in name and name != "ergotropy_atom" for name in panel.curves)
    if not total or "energy" not in dataset:
        return None
    energy = dataset["energy"]
    first = next(iter(panel.curves.values()))
    return energy if energy.dims == first.dims and energy.ndim == 1 else None
