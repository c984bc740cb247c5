"""Families of curves, told apart by colour, lightness and dash at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Any

import matplotlib
import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import ListedColormap, Normalize

from qubatt.plots.figure import styled

MOST_IN_LEGEND = 8
"""Members of a family from which on a colour bar stands for the legend."""

DASHES = ("-", "--", "-.", ":", (0, (6, 1.5, 1, 1.5, 1, 1.5)), (0, (3, 1)))


def draw_curves(
    axes: Axes,
    values: xr.DataArray,
    x: str,
    family: str | None = None,
    *,
    label: str = "{}",
    xlabel: str | None = None,
    ylabel: str | None = None,
    order: Sequence[int] | None = None,
    legend: Mapping[str, Any] | None = None,
) -> None:
    """Draw `values` against the coordinate `x`, one curve per entry of the coordinate `family`.

    Parameters
    ----------
    axes : Axes
        Where to draw.
    values : DataArray, dims (x,) or (family, x)
        What to draw.
    label : str
        Legend entry, formatted with the value of `family`.
    xlabel, ylabel : str, optional
        Axis labels; made of ``long_name`` and ``units`` where left out.
    order : sequence of int, optional
        Order in which members of the family appear in the legend.
    legend : mapping, optional
        Where the legend stands, as matplotlib wants it; an empty one for no legend.
    """
    members = (
        [values]
        if family is None
        else [values.isel({family: k}) for k in range(values.sizes[family])]
    )
    shades = matplotlib.colormaps["cividis"](np.linspace(0.0, 0.82, max(len(members), 2)))
    few = len(members) <= MOST_IN_LEGEND
    dashes = [dash if few else "-" for dash, _ in zip(cycle(DASHES), members, strict=False)]
    with styled():
        for k in order if order is not None else range(len(members)):
            name = None if family is None else label.format(members[k][family].item())
            axes.plot(values[x], members[k], color=shades[k], linestyle=dashes[k], label=name)
        axes.set_xlabel(xlabel if xlabel is not None else axis_label(values[x]))
        axes.set_ylabel(ylabel if ylabel is not None else axis_label(values))
        if family is None or (legend is not None and not legend):
            return
        if len(members) <= MOST_IN_LEGEND:
            axes.legend(**(legend or {}))
        else:
            scale = Normalize(float(values[family].min()), float(values[family].max()))
            colours = matplotlib.colormaps["cividis"](np.linspace(0.0, 0.82, 256))
            shade = ScalarMappable(scale, ListedColormap(colours))
            bar = axes.get_figure().colorbar(shade, ax=axes)  # type: ignore[union-attr]  # drawn in
            bar.set_label(axis_label(values[family]))


def add_inset(
    axes: Axes,
    values: xr.DataArray,
    x: str,
    family: str | None = None,
    *,
    bounds: tuple[float, float, float, float],
    limits: tuple[float, float],
) -> None:
    """Draw the same curves again in an inset, enlarged to a range of `x`.

    Parameters
    ----------
    axes, values, x, family
        As for `draw_curves`.
    bounds : tuple
        Left, bottom, width and height of the inset in fractions of the axes.
    limits : tuple
        Range of `x` shown.
    """
    with styled():
        inset = axes.inset_axes(bounds)
        shown = values.sel({x: slice(*limits)})
        draw_curves(inset, shown, x, family, legend={}, xlabel="", ylabel="")
        for line in inset.get_lines():
            line.set_linewidth(1.0)
        inset.set_xlim(*limits)
        inset.tick_params(labelsize=7)


def axis_label(array: xr.DataArray) -> str:
    """Return "long name (units)", in the notation of papers."""
    units = str(array.attrs.get("units", "1"))
    pretty = {
        "omega_ref": r"$\hbar\omega_\mathrm{ref}$",
        "1/omega_ref": r"$1/\omega_\mathrm{ref}$",
        "omega_ref^2": r"$\hbar\omega_\mathrm{ref}^2$",
    }
    name = str(array.attrs.get("long_name", array.name))
    return name if units == "1" else f"{name} ({pretty.get(units, units)})"
