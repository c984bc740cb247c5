"""Fig. 6: ergotropy and work as functions of the inverse temperature."""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from qubatt.papers.claim import Claim, judge
from qubatt.papers.paper import Datasets, Parameter
from qubatt.papers.zhang2024.recharging import RechargingFigure, energy_laws, shared_parameters
from qubatt.plots import CurveStyle, draw_curves, new_figure, styled

N_ATOMS = (6, 10, 12)
G = 4.0
BETA = np.concatenate([np.linspace(0.005, 10.0, 2000), np.linspace(10.1, 40.0, 300)])
DRAWN_UNTIL = 5.0
QUANTITIES = ("ergotropy", "work")
ZERO_WORK = 1e-6
"""Fraction of the maximum below which a quantity counts as vanishing at the largest β."""


class Figure6(RechargingFigure):
    """W and W_R as functions of β for three values of N at g = 4."""

    key = "6"
    title = "Ergotropy and work as functions of the inverse temperature"
    n_atoms = N_ATOMS
    g = G
    beta = BETA

    def draw(self, data: Datasets) -> dict[str, Figure]:
        """Return one panel per N with W and W_R."""
        figure, panels = new_figure(columns=len(N_ATOMS), panel=(3.3, 3.0))
        names = {"ergotropy": r"ergotropy $\mathcal{W}$", "work": r"work $W_R$"}
        for letter, count, axes in zip("abc", N_ATOMS, panels, strict=True):
            part = data["figure"].sel(n_atoms=count, beta=slice(0, DRAWN_UNTIL))
            both = xr.concat(
                [part[name] for name in names], dim=xr.Variable("quantity", list(names.values()))
            )
            draw_curves(
                axes,
                both,
                "beta",
                "quantity",
                curve_style=CurveStyle(
                    xlabel=r"inverse temperature $\beta\omega_q$",
                    ylabel=r"energy ($\hbar\omega_q$)",
                ),
            )
            with styled():
                axes.set_title(f"({letter}) $N = {count}$", loc="left")
        return {"figure6": figure}

    def judge(self, data: Datasets) -> list[Claim]:
        """Check F6a–F6c on the ladder and in the full space, and A1."""
        scan = data["scan"]
        values = xr.concat(
            [scan[name] for name in QUANTITIES], dim=xr.Variable("quantity", list(QUANTITIES))
        )
        maxima = _count_maxima(values)
        highest = values.max("beta")
        last = values.isel(beta=-1)
        stored = highest > 0
        growing = (highest.diff("n_atoms") > 0).all("n_atoms")
        drawn = highest.sel(space="ladder", reading=data["figure"].attrs["reading"])
        peaks = ", ".join(
            f"N = {n}: W {float(drawn.sel(n_atoms=n, quantity='ergotropy')):.3f},"
            f" W_R {float(drawn.sel(n_atoms=n, quantity='work')):.3f}"
            for n in N_ATOMS
        )
        ambiguous = scan["ambiguous"].sel(space="ladder")
        flagged = sorted(
            {
                f"{reading}, N = {count}"
                for reading in ambiguous["reading"].to_numpy()
                for count in N_ATOMS
                if bool(ambiguous.sel(reading=reading, n_atoms=count))
            }
        )
        note = (
            "; W_R depends on the order of exactly degenerate levels for " + "; ".join(flagged)
            if flagged
            else ""
        )
        return [
            judge(
                "F6a",
                "W and W_R have one maximum in β for N = 6, 10, 12 at g = 4.",
                maxima == 1,
                f"number of maxima: {int(maxima.min())} to {int(maxima.max())}{note}",
                {"maxima": maxima.to_dict()["data"]},
            ),
            judge(
                "F6b",
                "W and W_R vanish at large β.",
                stored & (last <= ZERO_WORK * highest),
                f"largest value at β = {BETA[-1]:g} relative to the maximum:"
                f" {float((last / highest).sel(space='ladder').max()):.1e} on the ladder,"
                f" {float((last / highest).max()):.1e} in the full space",
                {"remainder": last.to_dict()["data"]},
            ),
            judge(
                "F6c",
                "The maximum over β grows with N.",
                growing,
                f"maxima of the drawn curves (ω): {peaks}",
                {"maximum": highest.to_dict()["data"]},
            ),
            energy_laws(6, scan),
        ]

    def parameters(self, data: Datasets) -> list[Parameter]:
        """Return the parameters of the drawing."""
        n_atoms = Parameter("N", "6 (a), 10 (b), 12 (c)", "stated")
        return [Parameter("g", "4", "stated"), *shared_parameters(data["figure"], n_atoms)]


def _count_maxima(values: xr.DataArray) -> xr.DataArray:
    """Count the local maxima in β, excluding the ends and maxima due to rounding errors."""
    step = values.diff("beta")
    moving = step.where(abs(step) > 1e-13 * values.max("beta"), 0.0)
    sign = np.sign(moving.to_numpy())
    axis = step.dims.index("beta")
    signs = np.moveaxis(sign, axis, -1)
    counts = np.zeros(signs.shape[:-1], dtype=int)
    for index in np.ndindex(counts.shape):
        turns = signs[index][signs[index] != 0]
        counts[index] = int(np.sum((turns[:-1] > 0) & (turns[1:] < 0)))
    return values.isel(beta=0, drop=True).copy(data=counts)
