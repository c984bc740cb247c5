"""Figures of where repulsion helps: sign and size of dE/dg over parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import SymLogNorm
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator
from numpy.typing import NDArray

from qubatt.plots import new_figure, styled
from qubatt.plots.figure import Picture
from studies.slope import doubtful, gain, per_atom, slope, still_rising, turning_coupling

TOP, LINEAR = 0.5, 0.005
"""Largest slope of the colour bar, and the one up to which it is linear."""

THEORY = "#1b7837"

ROUNDING = 1e-7
"""What is less than this is 0."""

DICKE_CAPTION = (
    "Slope of the stored energy per atom of the Dicke battery in the interaction g at g = 0: blue"
    " where repulsion helps, red where it harms, a solid line between them. Dots: a repulsion g ="
    " 1/2, which is not small, stores less than none. (a–c) steady state, green line: g_c √N ="
    " 3^{1/4} λ_c, where mean-field theory has the change of sign; (d–f) largest energy while"
    " charging, grey: no peak, E still grows at the end of the window. Hatched: sign not sure."
)

DRIVEN_CAPTION = (
    "The same for the driven battery: (a–d) steady state, drive in the laboratory frame, green:"
    " Nγ = 2ω, where a weak drive has the change of sign; (e–h) steady state, resonant drive;"
    " (i–l) largest energy within two turns of the drive, grey: it is the last one. Blue: repulsion"
    " helps, red: it harms; dots: g = 1/2 stores less than g = 0; hatched: sign not sure."
)


@dataclass(frozen=True)
class Map:
    """What one panel shows, all with dims (y, x).

    Attributes
    ----------
    slope : DataArray
        Colours.
    gain : DataArray
        Dots where it is negative.
    doubtful : DataArray of bool
        Hatched.
    without : DataArray of bool
        Grey: nothing to show.
    """

    slope: xr.DataArray
    gain: xr.DataArray
    doubtful: xr.DataArray
    without: xr.DataArray


def map_of(grid: xr.Dataset, name: str, t_end: xr.DataArray | None = None) -> Map:
    """Return slopes of an energy of a study with what is doubtful about them."""
    found = slope(per_atom(grid, name))
    without = xr.zeros_like(found["slope"], dtype=bool)
    if t_end is not None:
        without = still_rising(grid, t_end).transpose(*without.dims)
    unsure = doubtful(grid, found) & ~without
    return Map(found["slope"], gain(per_atom(grid, name)), unsure, without)


def draw_dicke(steady: xr.Dataset, charging: xr.Dataset) -> Picture:
    """Draw steady and largest energy, one column for each number of atoms."""
    counts = steady["n_atoms"].to_numpy().tolist()
    figure, panels = new_figure(len(counts), 2, panel=(2.45, 2.45), sharex=True, sharey=True)
    rows = {
        "steady": map_of(steady, "energy"),
        "maximum": map_of(charging, "maximum_energy", charging["t_end"]),
    }
    shade = None
    for k, (what, N) in enumerate(product(rows, counts)):
        axes = panels[k]
        shade = _draw(axes, _at(rows[what], n_atoms=N), "coupling", "kappa")
        _title(axes, k, f"{what}, $N = {N}$")
        if what == "steady":
            kappa = np.geomspace(float(steady["kappa"].min()), float(steady["kappa"].max()), 99)
            _line(axes, turning_coupling(xr.DataArray(kappa), N).to_numpy(), kappa)
            _second_axis(axes)
    _finish(
        figure,
        panels,
        len(counts),
        shade,
        r"coupling $g_c$ (R2, R3)",
        r"cavity loss $\kappa/\omega$",
    )
    figure.caption = DICKE_CAPTION
    return figure


def counts(grid: xr.Dataset) -> list[str]:
    """Return in words where repulsion helps, for each number of atoms (and frame)."""
    name = "energy" if "energy" in grid else "maximum_energy"
    shown = map_of(grid, name, grid["t_end"] if "t_end" in grid.coords else None)
    rows = []
    for place in _places(shown.slope):
        one = _at(shown, **place)
        seen = ~one.without
        more = ((one.slope > ROUNDING) & seen).sum()
        less = ((one.slope < -ROUNDING) & seen).sum()
        worse = ((one.gain < -ROUNDING) & seen).sum()
        rows.append(
            f"{', '.join(f'{key} {value:g}' for key, value in place.items())}: slope > 0 at"
            f" {int(more)}, < 0 at {int(less)} of {int(seen.sum())} points,"
            f" {float(one.slope.where(seen).min()):+.4f} to"
            f" {float(one.slope.where(seen).max()):+.4f}, sign not sure at"
            f" {int(one.doubtful.sum())}; E(1/2) < E(0) at {int(worse)}, E(1/2) - E(0) from"
            f" {float(one.gain.where(seen).min()):+.4f} to {float(one.gain.where(seen).max()):+.4f}"
        )
    return rows


def _places(values: xr.DataArray) -> list[dict[str, float]]:
    dims = [dim for dim in ("detuning", "n_atoms") if dim in values.dims]
    return [
        dict(zip(dims, found, strict=True))
        for found in product(*(values[dim].to_numpy().tolist() for dim in dims))
    ]


FRAMES = {1.0: "lab", 0.0: "res."}
"""Detunings and what they are called."""


def draw_driven(steady: xr.Dataset, charging: xr.Dataset) -> Picture:
    """Draw steady energies in both frames, then the largest energy in both."""
    counts = [N for N in steady["n_atoms"].to_numpy().tolist() if N > 1]
    rest, peak = map_of(steady, "energy"), map_of(charging, "maximum_energy", charging["t_end"])
    shown = [(rest, d, N) for d, N in product(FRAMES, counts)]
    shown += [(peak, d, N) for d, N in product(FRAMES, charging["n_atoms"].to_numpy().tolist())]
    rows = -(-len(shown) // len(counts))
    figure, panels = new_figure(len(counts), rows, panel=(1.95, 2.15), sharex=True, sharey=True)
    shade = None
    for k, (one, detuning, N) in enumerate(shown):
        shade = _draw(panels[k], _at(one, n_atoms=N, detuning=detuning), "gamma", "drive")
        _title(panels[k], k, f"{FRAMES[detuning]}, $N = {N}$" + (", max." if one is peak else ""))
        if one is rest and detuning == 1.0:
            with styled():
                panels[k].axvline(2.0 / N, color=THEORY, linestyle="-.", linewidth=1.2)
    for axes in panels[len(shown) :]:
        axes.set_visible(False)
    _finish(figure, panels, len(counts), shade, r"decay $\gamma/\omega$", r"drive $\Omega/\omega$")
    figure.caption = DRIVEN_CAPTION
    return figure


def _at(shown: Map, **where: Any) -> Map:
    parts = (shown.slope, shown.gain, shown.doubtful, shown.without)
    return Map(*(part.sel(where, drop=True) for part in parts))


def _draw(axes: Axes, shown: Map, x: str, y: str) -> ScalarMappable:
    """Draw one map with its lines; x and y are logarithmic."""
    values = shown.slope.where(~shown.without).transpose(y, x)
    x_edges, y_edges = (_edges(values[dim].to_numpy()) for dim in (x, y))
    norm = SymLogNorm(LINEAR, linscale=0.5, vmin=-TOP, vmax=TOP)
    with styled(**{"axes.grid": False, "hatch.linewidth": 0.6}):
        axes.grid(visible=False)
        axes.set_facecolor("0.75")
        shade = axes.pcolormesh(x_edges, y_edges, values, cmap="RdBu", norm=norm)
        shade.set_edgecolor("face")
        for scale, axis in ((axes.set_xscale, axes.xaxis), (axes.set_yscale, axes.yaxis)):
            scale("log")
            axis.set_major_locator(LogLocator(base=10, subs=(1.0, 2.0, 5.0)))
            axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
            axis.set_minor_locator(NullLocator())
        _zero(axes, values)
        worse = (shown.gain < -ROUNDING) & ~shown.without
        rows, columns = np.nonzero(worse.transpose(y, x).to_numpy())
        axes.plot(values[x][columns], values[y][rows], ".", color="black", markersize=2.0)
        for k, i in zip(*np.nonzero(shown.doubtful.transpose(y, x).to_numpy()), strict=True):
            corner = x_edges[i], y_edges[k]
            size = x_edges[i + 1] - corner[0], y_edges[k + 1] - corner[1]
            axes.add_patch(Rectangle(corner, *size, hatch="//////", linewidth=0, fill=False))
    return shade


def _zero(axes: Axes, values: xr.DataArray) -> None:
    """Draw the line on which values vanish."""
    y, x = values.dims
    if float(values.min()) < -ROUNDING and float(values.max()) > ROUNDING:
        finite = np.ma.masked_invalid(values.to_numpy())
        axes.contour(values[x], values[y], finite, [0.0], colors="black", linewidths=1.1)


def _line(axes: Axes, x: NDArray[Any], y: NDArray[Any]) -> None:
    left, right = axes.get_xlim()
    inside = (x > left) & (x < right)
    axes.plot(x[inside], y[inside], color=THEORY, linestyle="-.", linewidth=1.2)
    axes.set_xlim(left, right)


def _second_axis(axes: Axes) -> None:
    """Add the coupling of the readings that halve it on top."""
    with styled():
        top = axes.secondary_xaxis("top", functions=(lambda x: 2.0 * x, lambda x: 0.5 * x))
        top.set_xlabel(r"$g_c$ (R1, R4)")
        top.xaxis.set_major_locator(LogLocator(base=10, subs=(1.0, 2.0, 5.0)))
        top.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        top.xaxis.set_minor_locator(NullLocator())


def _title(axes: Axes, place: int, text: str) -> None:
    with styled():
        axes.set_title(f"({chr(97 + place)}) {text}", loc="left")


def _finish(
    figure: Picture, panels: Sequence[Axes], columns: int, shade: Any, xlabel: str, ylabel: str
) -> None:
    """Label the outer axes, and add the colour bar."""
    with styled():
        for axes in panels[-columns:]:
            axes.set_xlabel(xlabel)
        for axes in panels[::columns]:
            axes.set_ylabel(ylabel)
        bar = figure.colorbar(shade, ax=panels, extend="both", aspect=35)
        bar.set_label(r"$N^{-1}\,dE/dg$ at $g = 0$ (R2, R4; half of it in R1, R3)")
        ticks = [0.01, 0.03, 0.1, 0.3]
        bar.set_ticks([*(-t for t in reversed(ticks)), 0.0, *ticks])
        bar.ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        bar.ax.yaxis.set_minor_locator(NullLocator())


def _edges(centres: NDArray[Any]) -> NDArray[Any]:
    """Return the edges of cells around values of a logarithmic axis."""
    places = np.log(centres)
    step = 0.5 * np.diff(places)
    return np.exp(
        np.concatenate([[places[0] - step[0]], places[:-1] + step, [places[-1] + step[-1]]])
    )
