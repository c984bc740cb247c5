"""Fig. 5: recharging efficiency as a function of the interaction."""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from qubatt.papers.claim import Claim, judge
from qubatt.papers.paper import Datasets, Parameter
from qubatt.papers.zhang2024.reading import FACTORS
from qubatt.papers.zhang2024.recharging import (
    RechargingFigure,
    energy_laws,
    large_g_coefficients,
    reference_claims,
    shared_parameters,
)
from qubatt.plots import CurveStyle, draw_curves, new_figure

N_ATOMS = (2, 4, 6, 8, 10, 12)
G = np.linspace(0.5, 100.0, 399)
BETA = 1.0
FLAT = 0.05
"""Largest change of η from g/ω = 60 to 100 that counts as small."""


class Figure5(RechargingFigure):
    """Efficiency η as a function of g/ω at β = 1, Eq. (31)."""

    key = "5"
    title = "Recharging efficiency as a function of the interaction"
    n_atoms = N_ATOMS
    g = G
    beta = BETA

    def draw(self, data: Datasets) -> dict[str, Figure]:
        """Return η as a function of g/ω for all N."""
        figure, (axes,) = new_figure(panel=(5.0, 3.4))
        draw_curves(
            axes,
            data["figure"]["efficiency"],
            "g",
            "n_atoms",
            curve_style=CurveStyle(
                label="$N = {:d}$",
                xlabel=r"interaction $g/\omega_q$",
                ylabel=r"recharging efficiency $\eta$",
            ),
        )
        axes.set_ylim(0.0, 1.02)
        axes.axhline(1.0, color="0.6", linewidth=0.8)
        return {"figure5": figure}

    def judge(self, data: Datasets) -> list[Claim]:
        """Check F5a–F5e, A1 and A2."""
        ladder = data["scan"].sel(space="ladder", drop=True)
        full = data["scan"].sel(space="full 2^N space", drop=True)
        return [
            self._rise(ladder),
            self._fall(ladder, full),
            self._flatness(ladder),
            self._limit(ladder),
            self._failures(ladder),
            energy_laws(5, data["scan"]),
            *reference_claims(),
        ]

    def _rise(self, ladder: xr.Dataset) -> Claim:
        holds = ~_falls_with_g(ladder["efficiency"]).any("g")
        last = _last_g(_falls_with_g(ladder["efficiency"]))
        return judge(
            "F5a",
            "The efficiency increases with g.",
            holds,
            "largest g/ω at which it decreases: " + _per_n(last),
            {"last_fall": last.to_dict()["data"]},
        )

    def _fall(self, ladder: xr.Dataset, full: xr.Dataset) -> Claim:
        rises = _rises_with_n(ladder["efficiency"])
        last = _last_g(rises)
        fails_full = int(_rises_with_n(full["efficiency"]).sum())
        texts = [
            f"{reading}: g/ω > {float(last.sel(reading=reading)):.4g}"
            for reading in last["reading"].to_numpy()
        ]
        claim = judge(
            "F5b",
            "The efficiency decreases with N at fixed g.",
            ~rises,
            f"in the full 2^N space the claim fails at {fails_full} of {rises.size} points",
            {"last_violation": last.to_dict()["data"]},
        )
        return Claim(
            claim.key,
            claim.statement,
            claim.verdict,
            "; ".join(texts),
            claim.evidence,
            claim.numbers,
        )

    def _flatness(self, ladder: xr.Dataset) -> Claim:
        eta = ladder["efficiency"].sel(g=[60.0, 100.0], method="nearest")
        change = eta.diff("g").squeeze("g", drop=True)
        return judge(
            "F5c",
            "The efficiency changes little for g/ω ≥ 60.",
            change < FLAT,
            f"from 60 to 100 it increases by {float(change.min()):.3f} to"
            f" {float(change.max()):.3f} (little: below {FLAT:g})",
            {"change": change.to_dict()["data"]},
        )

    def _limit(self, ladder: xr.Dataset) -> Claim:
        eta = ladder["efficiency"]
        deviation = 0.0
        for reading in eta["reading"].to_numpy():
            for count in N_ATOMS:
                A, B = large_g_coefficients(count, BETA)
                c = 2.0 * FACTORS[str(reading)][0] * G / count
                beyond = c > 1.0 + 1e-9
                losses = 1.0 - eta.sel(reading=reading, n_atoms=count).to_numpy()[beyond]
                deviation = max(deviation, float(np.max(np.abs(losses - B / (c[beyond] * A)))))
        highest = float(eta.max())
        ratios = [B / A for A, B in (large_g_coefficients(count, BETA) for count in N_ATOMS)]
        return judge(
            "F5d",
            "The efficiency approaches 1 for large g without reaching it.",
            xr.DataArray(deviation < 1e-10 and highest < 1.0),
            f"exactly 1 − η = B/(cA) for c > ω, with B/A = {ratios[0]:.4f} ω (N = {N_ATOMS[0]}) to"
            f" {ratios[-1]:.4f} ω (N = {N_ATOMS[-1]}) at β = 1; largest deviation {deviation:.1e},"
            f" largest η {highest:.4f}",
            {"largest_deviation": deviation, "B_over_A": ratios, "largest_efficiency": highest},
        )

    def _failures(self, ladder: xr.Dataset) -> Claim:
        fall, rise = _falls_with_g(ladder["efficiency"]), _rises_with_n(ladder["efficiency"])
        parts = []
        beyond = 0  # number of failures at steps that start above c = ω
        for reading in ladder["reading"].to_numpy():
            c = 2.0 * FACTORS[str(reading)][0] * (ladder["g"] - (G[1] - G[0])) / ladder["n_atoms"]
            beyond += int((fall.sel(reading=reading) & (c > 1.0)).sum())
            beyond += int((rise.sel(reading=reading) & (c > 1.0).all("n_atoms")).sum())
            a = _last_g(fall.sel(reading=reading))
            worst = [
                f"N = {n}: up to {float(a.sel(n_atoms=n)):.3g}"
                for n in N_ATOMS
                if a.sel(n_atoms=n) > 0
            ]
            b = rise.sel(reading=reading)
            g_b = b["g"].to_numpy()[b.to_numpy()]
            text = f"F5a for g/ω in {', '.join(worst)}" if worst else "no failure of F5a"
            text += f"; F5b between g/ω = {g_b.min():.3g} and {g_b.max():.3g}" if g_b.size else ""
            parts.append(f"{reading}: {text}")
        return Claim(
            "F5e",
            "F5a and F5b fail for weak interaction.",
            "holds" if bool(fall.any() | rise.any()) else "fails",
            "\n".join(parts),
            "number of failures for c > ω, beyond the last crossing of levels of H_B, with"
            f" c = 2g/N (R2, R4) or g/N (R1, R3): {beyond}",
            {
                "failures_beyond_crossings": beyond,
                "points_where_a_fails": int(fall.sum()),
                "points_where_b_fails": int(rise.sum()),
            },
        )

    def parameters(self, data: Datasets) -> list[Parameter]:
        """Return the parameters of the drawing."""
        n_atoms = Parameter(
            "N",
            ", ".join(map(str, N_ATOMS)),
            "not stated",
            "the caption states none, and these are small even N and those of Fig. 6",
        )
        return [Parameter("β", "1", "stated"), *shared_parameters(data["figure"], n_atoms)]


def _falls_with_g(eta: xr.DataArray) -> xr.DataArray:
    """Return a mask of the values of g at which η is lower than at the preceding value of g."""
    return eta.diff("g") < 0


def _rises_with_n(eta: xr.DataArray) -> xr.DataArray:
    """Return a mask of the values of g at which η does not decrease from some N to the next.

    If the larger battery stores nothing, η is undefined and not compared.
    """
    return (eta.diff("n_atoms") >= 0).any("n_atoms")


def _last_g(where: xr.DataArray) -> xr.DataArray:
    """Return the largest g at which `where` is true, or 0."""
    return where["g"].where(where, 0.0).max("g")


def _per_n(last: xr.DataArray) -> str:
    largest = last.max("reading")
    return ", ".join(
        f"N = {count}: {float(largest.sel(n_atoms=count)):.3g}"
        for count in largest["n_atoms"].to_numpy()
    )
