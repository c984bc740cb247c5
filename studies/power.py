"""Figure of how the charging power grows with the number of atoms."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from qubatt.plots import new_figure, styled
from qubatt.plots.figure import Picture
from studies.exponent import Exponent, exponent, local
from studies.limit import power_per_atom, strong_coupling

COLOURS = {"dicke": "#00467f", "tavis-cummings": "#d07c00"}
NAMES = {"dicke": "Dicke", "tavis-cummings": "Tavis–Cummings"}
MARKERS = {0: "o", 1: "s", 2: "^"}
DASHES = {0: "-", 1: "--", 2: ":"}

MERIT = "maximum_average_power"

CAPTION = (
    "Largest average power P = max over t of E(t)/t, λ = g_c ω, start with N photons. (a) Fixed"
    " λ = ω/2: P over λ ω N^{3/2}; horizontal lines: exact limits. (b) λ = ω/(2√N): P over λ ω"
    " N^{3/2} = ω² N/2; horizontal lines: classical limits. (c) Exponents between neighbouring N of"
    " (a), upper curves, and (b), lower curves. (d) Tavis–Cummings battery charged by n photons,"
    " whatever N. Hollow: status not ok."
)


def coupling_of(grid: xr.Dataset) -> xr.DataArray | float:
    """Return the coupling of a study, over n_atoms where it depends on it."""
    if "coupling" in grid.coords:
        return grid["coupling"]
    import json

    return float(json.loads(grid.attrs["study"])["battery"]["coupling"])


def reduced(grid: xr.Dataset) -> xr.DataArray:
    """Return P / (λ ω N^{3/2})."""
    found: xr.DataArray = grid[MERIT] / (coupling_of(grid) * grid["n_atoms"] ** 1.5)
    return found


def exponents(grid: xr.Dataset) -> dict[tuple[str, float], Exponent]:
    """Return the exponent of P over N for every battery and loss."""
    N = grid["n_atoms"].to_numpy().astype(float)
    return {
        (str(battery), float(kappa)): exponent(
            N, grid[MERIT].sel(battery=battery, kappa=kappa).to_numpy()
        )
        for battery in grid["battery"].to_numpy()
        for kappa in grid["kappa"].to_numpy()
    }


def draw_power(fixed: xr.Dataset, normalised: xr.Dataset, photons: xr.Dataset) -> Picture:
    """Draw power at both couplings, its exponents, and the part that photons have in it."""
    figure, panels = new_figure(2, 2, panel=(3.5, 2.75))
    _draw_power(panels[0], fixed, {name: [strong_coupling(name)] for name in COLOURS})
    kappas = normalised["kappa"].to_numpy().tolist()
    together = float((coupling_of(normalised) * normalised["n_atoms"] ** 0.5)[0])  # λ√N
    limits = {
        name: [power_per_atom(name, together, kappa) / together for kappa in kappas]
        for name in COLOURS
    }
    _draw_power(panels[1], normalised, limits)
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


def _draw_power(axes: Axes, grid: xr.Dataset, limits: dict[str, list[float]]) -> None:
    values, ok = reduced(grid), grid["status"] == "ok"
    with styled():
        for name, colour in COLOURS.items():
            for k, kappa in enumerate(grid["kappa"].to_numpy()):
                where = {"battery": name, "kappa": kappa}
                label = f"{NAMES[name]}, $\\kappa = {kappa:g}$"
                _points(axes, values.sel(where), ok.sel(where), colour, k, label)
            for limit in limits[name]:
                axes.axhline(limit, color=colour, linewidth=0.7)
        axes.set_ylim(bottom=0.0)
        _sizes(axes, grid["n_atoms"])
        if len(limits["dicke"]) == 1:
            axes.legend(ncols=2, fontsize=6.5, loc="lower right")


def _draw_exponents(axes: Axes, fixed: xr.Dataset, normalised: xr.Dataset) -> None:
    N = fixed["n_atoms"].to_numpy().astype(float)
    with styled():
        for level in (1.0, 1.5):
            axes.axhline(level, color="0.4", linewidth=0.8)
        for grid in (fixed, normalised):
            for name, colour in COLOURS.items():
                for k, kappa in enumerate(grid["kappa"].to_numpy()):
                    at = {"battery": name, "kappa": kappa}
                    sizes, found = local(N, grid[MERIT].sel(at).to_numpy())
                    ok = (grid["status"].sel(at) == "ok").to_numpy()
                    line = xr.DataArray(found, {"n_atoms": sizes}, "n_atoms")
                    _points(axes, line, line.copy(data=ok[1:] & ok[:-1]), colour, k, "")
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
        where = {"charger_photons": xr.DataArray(same, dims="n_atoms")}
        diagonal = [part.sel(where | {"n_atoms": where["charger_photons"]}) for part in (values, ok)]
        diagonal = [part.assign_coords(n_atoms=("n_atoms", same)) for part in diagonal]
        _points(axes, *diagonal, "black", 0, "$n = N$")
        axes.set_yscale("log")
        _sizes(axes, grid["n_atoms"])
        axes.legend(loc="upper left")
        if len(N) > 4:
            top = float(N[-1])
            for text, n, height in ((r"$\propto\sqrt{N}$", 1, 0.55), (r"$\propto N$", 64, 0.6)):
                if n in shown:
                    level = float(values.sel(charger_photons=n, n_atoms=N[-3] if n == 1 else N[2]))
                    place = N[-3] if n == 1 else N[2]
                    axes.annotate(text, (float(place), height * level), color="0.3", va="top")
            axes.annotate(r"$\propto N^{3/2}$", (top / 4, float(diagonal[0][-3]) * 0.45), color="0.3")


def _points(
    axes: Axes, values: xr.DataArray, ok: xr.DataArray, colour: Any, style: int, label: str
) -> None:
    """Draw points with a line through them, hollow where they are not fine."""
    x = values["n_atoms"].to_numpy()
    axes.plot(x, values, color=colour, linestyle=DASHES[style % 3], linewidth=1.0)
    plain = {"linestyle": "", "marker": MARKERS[style % 3], "markersize": 3.5, "color": colour}
    axes.plot(x, values, markerfacecolor="white", **plain)
    axes.plot(x, values.where(ok), **plain)
    axes.plot([], [], color=colour, linestyle=DASHES[style % 3], linewidth=1.0, label=label,
              marker=MARKERS[style % 3], markersize=3.5)


def _sizes(axes: Axes, sizes: xr.DataArray) -> None:
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator(base=2))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlim(float(sizes.min()) * 0.88, float(sizes.max()) * 1.14)
