"""Families of curves, distinguished by colour, lightness and line style."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Any, NamedTuple

import matplotlib
import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import ListedColormap, LogNorm, Normalize

from qubatt.plots.axis_range import is_geometric
from qubatt.plots.figure import styled
from qubatt.plots.selection import TIMES, places_of
from qubatt.results.contents import is_text

MAX_IN_LEGEND = 8
"""Largest number of curves with a legend; larger families have a colour bar."""

LIGHTEST_SHADE = 0.82
"""Position in the colour map of the lightest curve that is visible on white."""

MAX_MARKED = 40
"""Largest number of points on a curve over a parameter for which every point gets a marker."""

MAX_HOLLOW = 8
"""Approximate number of hollow points on a dense curve that is doubtful as a whole."""

MAX_LABEL_LETTERS = 24
"""Largest total length of text labels below a panel that are not rotated."""

DASHES = ("-", "--", "-.", ":", (0, (6, 1.5, 1, 1.5, 1, 1.5)), (0, (3, 1)))


class CurveStyle(NamedTuple):
    """Labels and markers of curves.

    Attributes
    ----------
    label : str
        Legend entry, formatted with the value of the family.
    xlabel, ylabel : str or None
        Axis labels; by default built from ``long_name`` and ``units``.
    order : sequence of int or None
        Order of the curves in the legend.
    legend : mapping or None
        Legend options of matplotlib; an empty mapping for no legend.
    marked : bool
        Whether all points are marked.
    """

    label: str = "{}"
    xlabel: str | None = None
    ylabel: str | None = None
    order: Sequence[int] | None = None
    legend: Mapping[str, Any] | None = None
    marked: bool = False


def draw_curves(
    axes: Axes,
    values: xr.DataArray,
    x: str,
    family: str | None = None,
    *,
    doubtful: xr.DataArray | None = None,
    curve_style: CurveStyle = CurveStyle(),  # noqa: B008  # immutable
) -> None:
    """Draw `values` against the coordinate `x`, one curve per entry of the coordinate `family`.

    Parameters
    ----------
    axes : Axes
        Axes to draw on.
    values : DataArray, dims (x,) or (family, x)
        Values to draw.
    doubtful : DataArray of bool, optional
        Points to draw hollow, with the dimensions of `values`.
    curve_style : CurveStyle
        Labels, legend and markers.
    """
    label, xlabel, ylabel, order, legend, marked = curve_style
    members = (
        [values]
        if family is None
        else [values.isel({family: k}) for k in range(values.sizes[family])]
    )
    few = len(members) <= MAX_IN_LEGEND
    colours = shades(len(members)) if few or family is None else _by_value(values[family])
    dashes = [dash if few else "-" for dash, _ in zip(cycle(DASHES), members, strict=False)]
    with styled():
        for k in order if order is not None else range(len(members)):
            name = None if family is None else label.format(members[k][family].item())
            style = {"color": colours[k], "linestyle": dashes[k], "label": name}
            hollow = None
            if doubtful is not None:
                hollow = (doubtful if family is None else doubtful.isel({family: k})).to_numpy()
            draw_points(axes, members[k][x], members[k].to_numpy(), style, hollow, marked)
        axes.set_xlabel(xlabel if xlabel is not None else axis_label(values[x]))
        axes.set_ylabel(ylabel if ylabel is not None else axis_label(values))
        if family is None or (legend is not None and not legend):
            return
        if len(members) <= MAX_IN_LEGEND:
            axes.legend(**(legend or {}))
        else:
            add_family_bar([axes], values[family])


def draw_points(
    axes: Axes,
    x: xr.DataArray,
    y: np.ndarray,
    style: Mapping[str, Any],
    hollow: np.ndarray | None = None,
    marked: bool = False,
) -> None:
    """Draw one curve, with hollow doubtful points (only a few of them on dense curves).

    Parameters
    ----------
    x : DataArray
        Coordinate; points along a text coordinate are not joined by a line.
    style : mapping
        Colour, line style and label as matplotlib options.
    hollow : array of bool, optional
        Mask of doubtful points.
    marked : bool
        Whether every point gets a marker.
    """
    options: dict[str, Any] = dict(style)
    if marked:
        options = {"marker": "o", "markersize": 2.8, "clip_on": False} | options
    if is_text(x):
        options["linestyle"] = "none"
    axes.plot(places_of(x), y, **options)
    hollow_points = (
        np.flatnonzero(np.isfinite(y) & hollow) if hollow is not None else np.array([], int)
    )
    if hollow_points.size:
        some = (
            hollow_points if marked else hollow_points[:: max(len(hollow_points) // MAX_HOLLOW, 1)]
        )
        ring: dict[str, Any] = {
            "markerfacecolor": "white",
            "markersize": 3.8,
            "color": style["color"],
        }
        shape = options.get("marker", "o")
        axes.plot(places_of(x)[some], y[some], shape, ls="none", clip_on=False, zorder=3, **ring)
    if is_text(x):
        labels = [str(word) for word in x.to_numpy()]
        slanted = sum(map(len, labels)) > MAX_LABEL_LETTERS
        turn: dict[str, Any] = (
            {"rotation": 25, "ha": "right", "rotation_mode": "anchor"} if slanted else {}
        )
        axes.set_xticks(places_of(x), labels, **turn)
        axes.set_xlim(-0.5, x.size - 0.5)


def is_marked(values: xr.DataArray, dim: str | None = None) -> bool:
    """Return whether a curve over a parameter is sparse enough for a marker at every point."""
    coordinate = values[values.dims[0] if dim is None else dim]
    return coordinate.name not in TIMES and coordinate.size <= MAX_MARKED


def add_family_bar(panels: Sequence[Axes], family: xr.DataArray) -> None:
    """Add a colour bar instead of a legend for a large family of curves."""
    kind = LogNorm if is_geometric(family) else Normalize
    scale = kind(float(family.min()), float(family.max()))
    colours = matplotlib.colormaps["cividis"](np.linspace(0.0, LIGHTEST_SHADE, 256))
    shade = ScalarMappable(scale, ListedColormap(colours))
    figure = panels[0].get_figure()
    bar = figure.colorbar(shade, ax=panels)  # type: ignore[union-attr]  # they are drawn in it
    bar.set_label(axis_label(family))


def _by_value(family: xr.DataArray) -> Any:
    """Return colours that match the colour bar of a large family, one per row."""
    values = family.to_numpy().astype(float)
    values = np.log(values) if is_geometric(family) else values
    positions = (values - values.min()) / max(float(np.ptp(values)), 1e-300)
    return matplotlib.colormaps["cividis"](LIGHTEST_SHADE * positions)


def shades(count: int) -> Any:
    """Return colours from dark to light, one per row."""
    return matplotlib.colormaps["cividis"](np.linspace(0.0, LIGHTEST_SHADE, max(count, 2)))


def add_inset(
    axes: Axes,
    values: xr.DataArray,
    x: str,
    family: str | None = None,
    *,
    bounds: tuple[float, float, float, float],
    limits: tuple[float, float],
) -> None:
    """Draw the curves again in an inset that enlarges a range of `x`.

    Parameters
    ----------
    axes, values, x, family
        As in `draw_curves`.
    bounds : tuple
        Left, bottom, width and height of the inset in fractions of the axes.
    limits : tuple
        Range of `x` in the inset.
    """
    with styled():
        inset = axes.inset_axes(bounds)
        shown = values.sel({x: slice(*limits)})
        bare = CurveStyle(legend={}, xlabel="", ylabel="")
        draw_curves(inset, shown, x, family, curve_style=bare)
        for line in inset.get_lines():
            line.set_linewidth(1.0)
        inset.set_xlim(*limits)
        inset.tick_params(labelsize=7)


def axis_label(array: xr.DataArray) -> str:
    """Return "long name (units)", in common notation with ħ = 1."""
    name = pretty_text(str(array.attrs.get("long_name", array.name)))
    units = pretty_units(array)
    return f"{name} ({units})" if units else name


def pretty_text(text: str) -> str:
    """Typeset subscripts of Greek letters, powers and single letters in text: ξ²_S, g_c."""
    lone = re.sub(r"(?<![\w$\\])([A-Za-z])_(\w)\b", r"$\1_\\mathrm{\2}$", _literal(text))
    return re.sub(r"(?<=[^\x00-\x7f])_(\w+)", r"$_\\mathrm{\1}$", lone)


def _literal(text: str) -> str:
    """Return text with an unpaired $ escaped; a pair of $ encloses a formula."""
    return text if text.count("$") % 2 == 0 else text.replace("$", r"\$")


def wrapped(text: str, letters: int) -> str:
    """Return text wrapped to a number of letters; in formulas, only visible letters count."""
    lines: list[list[str]] = [[]]
    for word in text.split(" "):
        if lines[-1] and sum(map(_letters, [*lines[-1], word])) + len(lines[-1]) > letters:
            lines.append([])
        lines[-1].append(word)
    return "\n".join(" ".join(line) for line in lines)


def _letters(word: str) -> int:
    return len(re.sub(r"\\[a-z]+|[${}^_]", "", word)) + word.count(r"\omega")


def pretty_units(array: xr.DataArray) -> str:
    """Return units in mathematical notation, empty for dimensionless quantities."""
    units = str(array.attrs.get("units", "1"))
    if units in ("1", ""):
        return ""
    pretty = {
        "omega_ref": r"$\omega_\mathrm{ref}$",
        "omega_c": r"$\omega_\mathrm{c}$",
        "1/omega_ref": r"$1/\omega_\mathrm{ref}$",
        "omega_ref^2": r"$\omega_\mathrm{ref}^2$",
    }
    return pretty.get(units, _literal(units))
