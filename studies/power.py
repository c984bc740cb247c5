"""Figure of how the charging power grows with the number of atoms."""

from __future__ import annotations

import json
from itertools import product

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

import qubatt as qb
from qubatt.plots import new_figure, styled
from qubatt.plots.figure import Picture
from studies.exponent import Exponent, exponent
from studies.limit import power_per_atom, strong_coupling

COLOURS = {"dicke": "#00467f", "tavis-cummings": "#d07c00"}
NAMES = {"dicke": "Dicke", "tavis-cummings": "Tavis–Cummings"}
MARKERS = {0: "o", 1: "s", 2: "^"}
DASHES = {0: "-", 1: "--", 2: ":"}

MERIT = "maximum_average_power"

CAPTION = (
    "Largest average power P = max over t of E(t)/t, λ = g_c ω, start with N photons, over λ ω"
    " N^{3/2}. Symbols: exact; curves: classical spin in a classical mode. (a) Fixed λ = ω/2;"
    " horizontal lines: limits N → ∞. (b) λ = ω/(2√N), where λ ω N^{3/2} = ω² N/2. (c) Exponents"
    " between neighbouring N of (a), upper half, and (b), lower half. (d) Tavis–Cummings battery"
    " charged by n photons without loss. Hollow: status not ok."
)


def coupling_of(grid: xr.Dataset) -> xr.DataArray:
    """Return the coupling of a study, over n_atoms where it depends on it."""
    if "coupling" in grid.coords:
        return grid["coupling"]
    return xr.DataArray(float(json.loads(grid.attrs["study"])["battery"]["coupling"]))


def reduced(grid: xr.Dataset) -> xr.DataArray:
    """Return P / (λ ω N^{3/2})."""
    found: xr.DataArray = grid[MERIT] / (coupling_of(grid) * grid["n_atoms"] ** 1.5)
    return found


def exponents(grid: xr.Dataset) -> dict[tuple[str, float], Exponent]:
    """Return the exponent of P over N for every battery and loss."""
    places = product(grid["battery"].to_numpy().tolist(), grid["kappa"].to_numpy().tolist())
    return {
        (battery, kappa): exponent(
            grid[MERIT].sel(battery=battery, kappa=kappa),
            grid["status"].sel(battery=battery, kappa=kappa),
        )
        for battery, kappa in places
    }


def draw_power(fixed: xr.Dataset, normalised: xr.Dataset, photons: xr.Dataset) -> Picture:
    """Draw power at both couplings, its exponents, and the part that photons have in it."""
    figure, panels = new_figure(2, 2, panel=(3.5, 2.75))
    _draw_power(panels[0], fixed)
    with styled():
        for name, colour in COLOURS.items():
            panels[0].axhline(strong_coupling(name), color=colour, linewidth=2.5, alpha=0.35)
        panels[0].legend(ncols=2, fontsize=6.5, loc="lower right")
    _draw_power(panels[1], normalised)
    _draw_exponents(panels[2], fixed, normalised)
    _draw_photons(panels[3], photons)
    titles = (
        r"fixed coupling $\lambda$",
        r"coupling $\lambda\propto1/\sqrt{N}$",
        "local exponents",
        r"$n$ photons, Tavis–Cummings",
    )
    with styled():
        for k, (axes, title) in enumerate(zip(panels, titles, strict=True)):
            axes.set_title(f"({chr(97 + k)}) {title}", loc="left")
            axes.set_xlabel("atoms $N$")
        panels[0].set_ylabel(r"$P\,/\,(\lambda\omega N^{3/2})$")
        panels[1].set_ylabel(r"$P\,/\,(\lambda\omega N^{3/2})\propto P/N$")
        panels[2].set_ylabel(r"$d\ln P\,/\,d\ln N$")
        panels[3].set_ylabel(r"$P\,/\,(\lambda\omega)$")
    figure.caption = CAPTION
    return figure


def classical(name: str, kappa: float, grid: xr.Dataset) -> xr.DataArray:
    """Return what P / (λ ω N^{3/2}) is in the classical limit at the same λ√N."""
    together = coupling_of(grid) * grid["n_atoms"] ** 0.5
    values = [power_per_atom(name, one, kappa) / one for one in together.to_numpy()]
    return xr.DataArray(values, {"n_atoms": grid["n_atoms"]}, "n_atoms")


def _draw_power(axes: Axes, grid: xr.Dataset) -> None:
    values, ok = reduced(grid), grid["status"] == "ok"
    with styled():
        for name, colour in COLOURS.items():
            for k, kappa in enumerate(grid["kappa"].to_numpy()):
                line = classical(name, float(kappa), grid)
                axes.plot(line["n_atoms"], line, color=colour, linestyle=DASHES[k % 3], lw=0.9)
                at, label = (
                    {"battery": name, "kappa": kappa},
                    f"{NAMES[name]}, $\\kappa = {kappa:g}$",
                )
                _points(axes, values.sel(at), ok.sel(at), colour, k, label, joined=False)
        axes.set_ylim(bottom=0.0)
        _sizes(axes, grid["n_atoms"])


def _draw_exponents(axes: Axes, fixed: xr.Dataset, normalised: xr.Dataset) -> None:
    with styled():
        for level in (1.0, 1.5):
            axes.axhline(level, color="0.4", linewidth=0.8)
        for grid in (fixed, normalised):
            found = qb.scaling(grid[MERIT], "n_atoms", status=grid["status"])["local_exponent"]
            found = found.rename(n_atoms_midpoint="n_atoms")
            for name, colour in COLOURS.items():
                for k, kappa in enumerate(grid["kappa"].to_numpy()):
                    line = found.sel(battery=name, kappa=kappa)
                    _points(axes, line, line.notnull(), colour, k, "")
        _sizes(axes, fixed["n_atoms"])
        axes.set_ylim(0.7, 2.0)


def _draw_photons(axes: Axes, grid: xr.Dataset) -> None:
    values, ok = grid[MERIT] / coupling_of(grid), grid["status"] == "ok"
    counts = grid["charger_photons"].to_numpy()
    shown = [n for n in (1, 8, 64) if n in counts] or counts[:3].tolist()
    N = grid["n_atoms"].to_numpy()
    same = np.intersect1d(N, counts)
    with styled():
        for k, n in enumerate(shown):
            at = {"charger_photons": n}
            _points(axes, values.sel(at), ok.sel(at), COLOURS["tavis-cummings"], k, f"$n = {n}$")
        where = xr.DataArray(same, dims="n_atoms")
        power, fine = (
            part.sel(charger_photons=where, n_atoms=where).assign_coords(n_atoms=("n_atoms", same))
            for part in (values, ok)
        )
        _points(axes, power, fine, "black", 0, r"$n = N$: $P\propto N^{3/2}$")
        axes.set_yscale("log")
        axes.set_ylim(top=4.0 * float(power.max()))
        _sizes(axes, grid["n_atoms"])
        axes.legend(loc="upper left")
        first, last = (values.sel(charger_photons=n) for n in (shown[0], shown[-1]))
        for line, place, text, way in (
            (first, -2, r"$\propto\sqrt{N}$", -13),
            (last, 1, r"$\propto N$", 7),
        ):
            spot = (float(N[place]), float(line[place]))
            axes.annotate(text, spot, (-4, way), textcoords="offset points", color="0.3")


def _points(
    axes: Axes,
    values: xr.DataArray,
    ok: xr.DataArray,
    colour: str,
    style: int,
    label: str,
    joined: bool = True,
) -> None:
    """Draw points, hollow where they are not fine, joined by a line."""
    x, dash = values["n_atoms"].to_numpy(), DASHES[style % 3]
    marks = {"marker": MARKERS[style % 3], "markersize": 3.5, "color": colour}
    if joined:
        axes.plot(x, values, color=colour, linestyle=dash, linewidth=1.0)
    axes.plot(x, values, linestyle="", markerfacecolor="white", **marks)
    axes.plot(x, values.where(ok), linestyle="", **marks)
    axes.plot([], [], linestyle=dash, linewidth=1.0, label=label, **marks)  # what the legend shows


def _sizes(axes: Axes, sizes: xr.DataArray) -> None:
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator(base=2))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlim(float(sizes.min()) * 0.88, float(sizes.max()) * 1.14)
