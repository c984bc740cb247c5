"""Fig. 7: work and ergotropy as functions of the interaction."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from qubatt.papers.claim import Claim, judge
from qubatt.papers.paper import Datasets, Parameter
from qubatt.papers.zhang2024.reading import FACTORS
from qubatt.papers.zhang2024.recharging import RechargingFigure, energy_laws, shared_parameters
from qubatt.plots import CurveStyle, draw_curves, new_figure, styled
from qubatt.recharging import recharge

N_ATOMS = (4, 6, 8, 10, 12)
G = np.linspace(0.0, 20.0, 401)
BETA = 1.0
QUANTITIES = ("ergotropy", "work")
STRAIGHT = 1e-10
"""Largest deviation from a straight line, relative to the largest value, of a curve that counts as
straight.
"""


class Figure7(RechargingFigure):
    """W_R and W as functions of g/ω at β = 1, Eq. (32)."""

    key = "7"
    title = "Work and ergotropy as functions of the interaction"
    n_atoms = N_ATOMS
    g = G
    beta = BETA

    def draw(self, data: Datasets) -> dict[str, Figure]:
        """Return the panels with work and ergotropy."""
        figure, panels = new_figure(columns=2, panel=(4.2, 3.3))
        labels = {"work": r"(a) work $W_R$", "ergotropy": r"(b) ergotropy $\mathcal{W}$"}
        for axes, (name, title) in zip(panels, labels.items(), strict=True):
            draw_curves(
                axes,
                data["figure"][name],
                "g",
                "n_atoms",
                curve_style=CurveStyle(
                    label="$N = {:d}$",
                    xlabel=r"interaction $g/\omega_q$",
                    ylabel=f"{title[4:]} ($\\hbar\\omega_q$)",
                ),
            )
            with styled():
                axes.set_title(title, loc="left")
        return {"figure7": figure}

    def judge(self, data: Datasets) -> list[Claim]:
        """Check F7a, F7b and A1."""
        readings = [str(reading) for reading in data["scan"]["reading"].to_numpy()]
        return [self._linear(readings), self._slope(data["scan"]), energy_laws(7, data["scan"])]

    def _linear(self, readings: Sequence[str]) -> Claim:
        """Check linearity in g on the ladder, between kinks and over the whole plotted range."""
        whole = np.empty((len(readings), len(N_ATOMS)), dtype=bool)
        bend = leak = 0.0
        texts: dict[str, list[str]] = {}
        for row, reading in enumerate(readings):
            factor = FACTORS[reading][0]
            for column, count in enumerate(N_ATOMS):
                kinks = kinks_in_g(count, factor)
                for low, high in pairwise([*kinks, float(G[-1])]):
                    bend = max(bend, _departure(count, factor, low, high))
                leak = max(leak, _largest_work(count, factor, 0.0, kinks[0]))
                whole[row, column] = _departure(count, factor, 1.0, float(G[-1])) < STRAIGHT
            c, last, kink, first = (
                ("2g/N", "N/2", "N/(2s)", "N/(2N − 2)")
                if factor == 1.0
                else ("g/N", "N", "N/s", "N/(N − 1)")
            )
            text = f"c = {c}: linear between g/ω = {kink}, s = 1 … N − 1, where W has kinks and W_R"
            text += f" jumps, and above {last}, where W_R = cA and W = cA − B; no work is stored"
            text += f" below {first}"
            texts.setdefault(text, []).append(reading)
        where = "\n".join(f"{', '.join(names)}: {text}" for text, names in texts.items())
        straight = bend < STRAIGHT and leak == 0.0
        verdict = judge("F7a", "", xr.DataArray(whole, dims=["reading", "n_atoms"]), "").verdict
        return Claim(
            "F7a",
            "W and W_R grow linearly with g (for g/ω ≥ 1).",
            verdict if verdict != "fails" or not straight else "holds where",
            where,
            f"largest relative deviation from straight lines between kinks: {bend:.1e}; largest"
            f" |W_R| below the threshold: {leak:.1e} ω",
            {
                "largest_departure_between_kinks": bend,
                "largest_work_below_threshold": leak,
                "kinks": {r: {n: kinks_in_g(n, FACTORS[r][0]) for n in N_ATOMS} for r in readings},
            },
        )

    def _slope(self, scan: xr.Dataset) -> Claim:
        values = xr.concat(
            [scan[name] for name in QUANTITIES], dim=xr.Variable("quantity", list(QUANTITIES))
        )
        ends = values.sel(g=[15.0, 20.0], method="nearest")
        slope = ends.diff("g").squeeze("g", drop=True) / 5.0
        holds = (slope.diff("n_atoms") > 0).all("n_atoms")
        reading = str(slope["reading"].to_numpy()[0])
        part = slope.sel(reading=reading, space="ladder", quantity="work")
        listed = ", ".join(f"N = {n}: {float(part.sel(n_atoms=n)):.4f}" for n in N_ATOMS)
        return judge(
            "F7b",
            "The slope grows with N.",
            holds,
            f"slope of W_R between g/ω = 15 and 20 on the ladder ({reading}): {listed}",
            {"slope": slope.to_dict()["data"]},
        )

    def parameters(self, data: Datasets) -> list[Parameter]:
        """Return the parameters of the drawing."""
        n_atoms = Parameter(
            "N",
            ", ".join(map(str, N_ATOMS)),
            "not stated",
            "the caption states none, and these include the N of Fig. 6",
        )
        return [Parameter("β", "1", "stated"), *shared_parameters(data["figure"], n_atoms)]


def kinks_in_g(n_atoms: int, factor: float) -> list[float]:
    """Return the values of g/ω at which levels of the ladder cross, ascending.

    E_k − E_l = (k − l)(ω − c(k + l − N)) vanishes for c = ω/s, where s = k + l − N = 1 … N − 1 and
    c = 2·factor·g/N. Below the first crossing the Gibbs state is passive.
    """
    return [n_atoms / (2.0 * factor * s) for s in range(n_atoms - 1, 0, -1)]


def _departure(n_atoms: int, factor: float, low: float, high: float) -> float:
    """Return the relative deviation of W and W_R from straight lines on an open interval."""
    inside = low + (high - low) * np.array([0.01, 0.25, 0.5, 0.75, 0.99])
    cycle = recharge(n_atoms, factor * inside, BETA)
    worst = 0.0
    for name in QUANTITIES:
        values = cycle[name].to_numpy()
        line = np.interp(inside, inside[[0, -1]], values[[0, -1]])
        worst = max(
            worst, float(np.max(np.abs(values - line)) / max(np.max(np.abs(values)), 1e-300))
        )
    return worst


def _largest_work(n_atoms: int, factor: float, low: float, high: float) -> float:
    inside = low + (high - low) * np.linspace(0.0, 0.999, 20)
    return float(abs(recharge(n_atoms, factor * inside, BETA)["work"]).max())
