"""Power laws: data and fitted lines on logarithmic axes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes

from qubatt.core.errors import MISSING, ArgumentError
from qubatt.plots.axis_range import set_logarithmic
from qubatt.plots.curves import MAX_IN_LEGEND, axis_label, draw_points, shades, wrapped
from qubatt.plots.figure import Picture, styled
from qubatt.plots.page_layout import SMALL_TEXT, Sheet, legend_above, matched, write
from qubatt.plots.panel import Panel
from qubatt.plots.strip import doubtful_points
from qubatt.results.scaling import scaling

SHAPES = "osD^vPX<"

MAX_TICKS = 8
"""Largest number of values of x for which every value gets a tick."""


def draw_laws(
    dataset: xr.Dataset,
    panels: list[Panel],
    omitted: list[str],
    x: str,
    family: str | None = None,
) -> Picture:
    """Return one panel per quantity with points, the dashed fit y = A x^α, and α in the legend.

    Parameters
    ----------
    dataset : Dataset
        Result; points with a status other than ok are hollow and excluded from the fit.
    panels : list of Panel
        Panels with one quantity each over `x` and `family`. Quantities with fewer than two
        positive values are omitted.

    Raises
    ------
    ArgumentError
        If `x` is a text coordinate, if the family is too large, or if no quantity has two
        positive values.
    """
    doubtful, _ = doubtful_points(dataset)
    laws = {}
    for panel in panels:
        ((name, array),) = panel.curves.items()
        array = array.transpose(*([family] if family else []), x)
        bad = matched(doubtful, array)
        if bad is None:
            bad = xr.zeros_like(array, bool)
        law = scaling(array.where(~bad), x)
        if np.isfinite(law["exponent"]).any():
            laws[name] = panel, array, bad, law
    if not laws:
        cure = "A power law cannot be fitted to fewer points."
        raise ArgumentError("variables", f"have two positive values over {x}", MISSING, cure)
    size = dataset.sizes[family] if family else 1
    if size > MAX_IN_LEGEND:
        cure = f"Select one by `at` (--at {family}=…), or several by dataset.isel({family}=[…])."
        requirement = f"have at most {MAX_IN_LEGEND} values of {family}"
        raise ArgumentError("dataset", requirement, size, cure)
    lines = size + (1 if family else 0)
    sheet = Sheet(len(laws), dataset, [lines] * len(laws), most=2)
    with styled(**SMALL_TEXT):
        for axes, (panel, array, bad, law) in zip(sheet.panels, laws.values(), strict=True):
            _draw(axes, array, bad, law, x, family)
            axes.set_ylabel(panel.label)
            legend = legend_above(axes, 1, 60)
            if family:
                legend.set_title(wrapped(axis_label(array[family]), 40))
                legend.set_alignment("left")
        write(sheet, dataset, "hollow, not fitted")
    return sheet.finish(dataset, [panel for panel, *_ in laws.values()], omitted)


def _draw(
    axes: Axes, array: xr.DataArray, bad: xr.DataArray, law: xr.Dataset, x: str, family: str | None
) -> None:
    """Draw the points and the fitted line of each member of the family."""
    members = [{family: k} for k in range(array.sizes[family])] if family else [{}]
    colours = shades(len(members)) if family else shades(2)
    for colour, shape, member in zip(colours, SHAPES, members, strict=False):
        y, one = array.isel(member), law.isel(member)
        values = y.where(y > 0).to_numpy()
        name = f"{_word(y[family])}: {_fit_text(one)}" if family else _fit_text(one)
        style: dict[str, Any] = {"color": colour, "linestyle": "none", "label": name}
        draw_points(
            axes, y[x], values, style | {"marker": shape}, bad.isel(member).to_numpy(), True
        )
        fitted = y[x].where(np.isfinite(values) & ~bad.isel(member).to_numpy()).to_numpy()
        ends = (
            np.array([np.nanmin(fitted), np.nanmax(fitted)]) if one["points"] > 1 else np.empty(0)
        )
        line = float(one["prefactor"]) * ends ** float(one["exponent"])
        axes.plot(ends, line, color=colour, linestyle="--", linewidth=0.9, zorder=1)
    axes.set_xlabel(axis_label(array[x]))
    set_logarithmic(axes, "x")
    if array.sizes[x] <= MAX_TICKS:
        axes.set_xticks(array[x], [f"{value:g}" for value in array[x].to_numpy()])
    set_logarithmic(axes, "y")


def _word(entry: xr.DataArray) -> str:
    value = entry.item()
    return value if isinstance(value, str) else f"{value:.4g}"


def _fit_text(law: xr.Dataset) -> str:
    """Return the exponent with its standard error, and with its drift if the drift is larger."""
    exponent, error, drift = (float(law[k]) for k in ("exponent", "exponent_error", "drift"))
    if math.isnan(exponent):
        return "no fit"
    if math.isnan(error):
        return f"α = {exponent:.3g} (two points)"
    digits = min(max(1 - math.floor(math.log10(max(error, 1e-6))), 0), 4)
    text = f"α = {exponent:.{digits}f} ± {error:.{digits}f}"
    if abs(drift) > max(error, 0.5 * 10**-digits):
        text += f", drift {drift:+.{digits}f}"
    return text.replace("-", "−")
