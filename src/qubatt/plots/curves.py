"""Families of curves, told apart by colour, lightness and dash at once."""

from __future__ import annotations

import re
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

LIGHTEST = 0.82
"""Place in the colour map of the lightest curve that is still seen on white."""

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
    colours = shades(len(members))
    few = len(members) <= MOST_IN_LEGEND
    dashes = [dash if few else "-" for dash, _ in zip(cycle(DASHES), members, strict=False)]
    with styled():
        for k in order if order is not None else range(len(members)):
            name = None if family is None else label.format(members[k][family].item())
            axes.plot(values[x], members[k], color=colours[k], linestyle=dashes[k], label=name)
        axes.set_xlabel(xlabel if xlabel is not None else axis_label(values[x]))
        axes.set_ylabel(ylabel if ylabel is not None else axis_label(values))
        if family is None or (legend is not None and not legend):
            return
        if len(members) <= MOST_IN_LEGEND:
            axes.legend(**(legend or {}))
        else:
            add_family_bar([axes], values[family])


def add_family_bar(panels: Sequence[Axes], family: xr.DataArray) -> None:
    """Add a colour bar that stands for the legend of a large family of curves."""
    scale = Normalize(float(family.min()), float(family.max()))
    colours = matplotlib.colormaps["cividis"](np.linspace(0.0, LIGHTEST, 256))
    shade = ScalarMappable(scale, ListedColormap(colours))
    figure = panels[0].get_figure()
    bar = figure.colorbar(shade, ax=panels)  # type: ignore[union-attr]  # they are drawn in it
    bar.set_label(axis_label(family))


def shades(count: int) -> Any:
    """Return colours from dark to light, one a row."""
    return matplotlib.colormaps["cividis"](np.linspace(0.0, LIGHTEST, max(count, 2)))


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
    """Return "long name (units)", in the notation of papers with ħ = 1."""
    name = pretty_text(str(array.attrs.get("long_name", array.name)))
    units = pretty_units(array)
    return f"{name} ({units})" if units else name


def pretty_text(text: str) -> str:
    """Return text with subscripts after Greek letters and powers, for example ξ²_S."""
    return re.sub(r"(?<=[^\x00-\x7f])_(\w+)", r"$_\\mathrm{\1}$", _literal(text))


def _literal(text: str) -> str:
    """Return text in which a lone $ is a letter; a pair of them holds mathematics."""
    return text if text.count("$") % 2 == 0 else text.replace("$", r"\$")


def wrapped(text: str, letters: int) -> str:
    """Return text on lines of some letters, of which mathematics counts for as many as it shows."""
    lines: list[list[str]] = [[]]
    for word in text.split(" "):
        if lines[-1] and sum(map(_letters, [*lines[-1], word])) + len(lines[-1]) > letters:
            lines.append([])
        lines[-1].append(word)
    return "\n".join(" ".join(line) for line in lines)


def _letters(word: str) -> int:
    return len(re.sub(r"\\[a-z]+|[${}^_]", "", word)) + word.count(r"\omega")


def pretty_units(array: xr.DataArray) -> str:
    """Return units as papers write them, empty for plain numbers."""
    units = str(array.attrs.get("units", "1"))
    if units in ("1", ""):
        return ""
    pretty = {
        "omega_ref": r"$\omega_\mathrm{ref}$",
        "1/omega_ref": r"$1/\omega_\mathrm{ref}$",
        "omega_ref^2": r"$\omega_\mathrm{ref}^2$",
    }
    return pretty.get(units, _literal(units))
