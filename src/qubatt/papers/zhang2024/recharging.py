"""Recharging cycles for all readings, their laws, and the limit of large g, for Figs. 5–7."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from qubatt.core.check import FloatArray
from qubatt.core.realization import realize
from qubatt.models import DrivenBattery
from qubatt.papers.claim import Claim, judge
from qubatt.papers.paper import Datasets, PaperFigure, Parameter, Table
from qubatt.papers.scans import Scans
from qubatt.papers.zhang2024.reading import FACTORS, preferred
from qubatt.recharging import recharge, recharge_pair
from qubatt.recharging.joint_levels import RechargeBasis

SPACES: dict[str, RechargeBasis] = {"ladder": "symmetric", "full 2^N space": "full"}
"""Names of the spaces in verdicts, and the basis of each space."""
ENERGY_ROUNDING = 1e-12
"""Largest violation of a law that counts as a rounding error, relative to the largest work."""


def recharge_by_reading(
    readings: Sequence[str],
    n_atoms: Sequence[int],
    g: ArrayLike,
    beta: ArrayLike,
) -> xr.Dataset:
    """Return the results of the recharging cycle with dims reading, space, n_atoms, g and beta."""
    g_values = np.atleast_1d(np.asarray(g, dtype=np.float64))
    by_factor: dict[float, xr.Dataset] = {}  # readings with the same interaction share it
    for factor in {FACTORS[reading][0] for reading in readings}:
        parts = [
            recharge(list(n_atoms), factor * g_values, np.atleast_1d(beta), basis=space)
            for space in SPACES.values()
        ]
        both = xr.concat(parts, dim=xr.Variable("space", list(SPACES)))
        by_factor[factor] = both.assign_coords(interaction=g_values).rename(interaction="g")
    ordered = [by_factor[FACTORS[reading][0]] for reading in readings]
    return xr.concat(ordered, dim=xr.Variable("reading", list(readings)))


class RechargingFigure(PaperFigure):
    """Common part of Figs. 5–7: recharging for all N, g, β, readings and spaces."""

    n_atoms: tuple[int, ...]
    g: ArrayLike
    beta: ArrayLike

    def compute(self, scans: Scans, readings: Sequence[str]) -> Datasets:
        """Return the scan, and its part for one reading on the ladder as data of the figure."""
        label = f"{self.name}: recharging"
        scans.report(label, 0.0, 1.0)
        scan = recharge_by_reading(readings, self.n_atoms, self.g, self.beta)
        scan = scan.squeeze([name for name in ("g", "beta") if scan.sizes[name] == 1])
        reading = preferred(readings)
        figure = scan.sel(reading=reading, space="ladder", drop=True)
        scans.report(label, 1.0, 1.0)
        return {"figure": figure.assign_attrs(reading=reading), "scan": scan}

    def tables(self, data: Datasets) -> list[Table]:  # noqa: ARG002
        """Return no tables, because drawings and verdicts are sufficient."""
        return []


def large_g_coefficients(n_atoms: int, beta: float, omega: float = 1.0) -> tuple[float, float]:
    """Return A and B of W_R = cA and |Q_R| = B on the ladder, for a level coefficient c > ω.

    For all c > ω the levels of H_B with k excitations, E_k − E_0 = k(ω + c(N − k)), have the order
    k = 0, N, 1, N − 1, 2, …. With the populations p_k of the Gibbs state and q_k of the passive
    state, A = Σ k(N − k)(p_k − q_k) and B = −ω Σ k (p_k − q_k).
    """
    k = np.arange(n_atoms + 1)
    p = np.exp(-beta * omega * k)
    p /= p.sum()
    upwards = np.empty(n_atoms + 1, dtype=int)
    upwards[0::2] = k[: len(upwards[0::2])]
    upwards[1::2] = n_atoms - k[: len(upwards[1::2])]
    q = np.empty_like(p)
    q[upwards] = p
    return float(np.sum(k * (n_atoms - k) * (p - q))), float(-omega * np.sum(k * (p - q)))


def energy_laws(figure: int, data: xr.Dataset) -> Claim:
    """Check claim A1 for all data of a figure."""
    W, W_R, Q_R = data["ergotropy"], data["work"], data["heat"]
    scale = ENERGY_ROUNDING * max(float(abs(W_R).max()), 1.0)
    balance = abs(W - W_R - Q_R)
    holds = (balance <= scale) & (scale >= Q_R) & (-scale <= W) & (W - scale <= W_R)
    numbers = {
        "largest_imbalance": float(balance.max()),
        "largest_heat": float(Q_R.max()),
        "smallest_ergotropy": float(W.min()),
        "smallest_excess_of_work": float((W_R - W).min()),
    }
    evidence = (
        f"max |W − W_R − Q_R| = {numbers['largest_imbalance']:.1e},"
        f" max Q_R = {numbers['largest_heat']:.1e}, min W = {numbers['smallest_ergotropy']:.1e},"
        f" min (W_R − W) = {numbers['smallest_excess_of_work']:.1e} ω over {holds.size} points"
    )
    statement = "W = W_R + Q_R with Q_R ≤ 0 and W_R ≥ W ≥ 0."
    return judge(f"A1 (Fig. {figure})", statement, holds, evidence, numbers)


def reference_claims() -> list[Claim]:
    """Check claim A2 on reference Hamiltonians H₀ that give no work or η = 1/2."""
    battery = DrivenBattery(n_atoms=6, drive=0.0, interaction=4.0)
    H_B = realize(battery.problem()).H_B
    betas: FloatArray = np.linspace(0.1, 3.0, 30)
    works = [float(abs(recharge_pair(H_B, n * H_B, betas)["work"]).max()) for n in (1, 2, 3)]
    opposite = recharge_pair(H_B, -H_B, betas)["efficiency"]
    deviation = float(abs(opposite - 0.5).max())
    idle = xr.DataArray(np.array(works) == 0.0, dims=["multiple"])
    return [
        judge(
            "A2 (H₀ = nH_B)",
            "For H₀ = nH_B (n = 1, 2, 3) the equilibrium state yields no work.",
            idle,
            f"largest W_R for N = 6, g = 4, β from 0.1 to 3: {max(works):.1e} ω",
            {"largest_work": max(works)},
        ),
        judge(
            "A2 (η = 1/2)",
            "For H₀ = H_B the efficiency is 1/2.",
            xr.DataArray(not idle[0]),
            "for H₀ = H_B the Gibbs state is passive, W = W_R = 0, and η is undefined; η = 1/2"
            f" holds for H₀ = −H_B, where |η − 1/2| ≤ {deviation:.1e}",
            {"deviation_for_opposite_sign": deviation},
        ),
    ]


def shared_parameters(data: xr.Dataset, n_atoms: Parameter) -> list[Parameter]:
    """Return the common parameters of the recharging figures."""
    reading = str(data.attrs["reading"])
    c = "2g/N" if FACTORS[reading][0] == 1.0 else "g/N"
    return [
        Parameter("H₀", "ω_q J_z", "stated"),
        Parameter("ω_q", "1", "stated"),
        n_atoms,
        Parameter(
            "level coefficient c",
            c,
            "not stated",
            f"it corresponds to reading {reading}; the other readings are also checked",
        ),
        Parameter(
            "space",
            "ladder j = N/2",
            "stated",
            "Sec. V.B uses the eigenstates of the large spin; the full space is also checked",
        ),
    ]
