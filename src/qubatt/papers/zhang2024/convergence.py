"""Steady states of Fig. 2 at a sufficient cut-off, compared with those at the paper's cut-off."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
import xarray as xr

from qubatt.charging.cutoff_error import CUTOFF_TOLERANCE
from qubatt.core.check import Cutoff
from qubatt.environment import CavityLoss
from qubatt.models import DickeBattery
from qubatt.papers.claim import Claim, judge
from qubatt.papers.paper import Table
from qubatt.papers.scans import Scans, steady_scan
from qubatt.papers.zhang2024.cutoff import VISIBLE
from qubatt.papers.zhang2024.growth import growth_claim, steady_values
from qubatt.papers.zhang2024.reading import FACTORS
from qubatt.sweeps import Study

G_COMPARED = (-1.0, 0.0, 1.0)
"""Values of g for the comparison of cut-offs."""

COMPARED = ("R2", "R4")
"""Readings for the comparison; R3 and R1 have the same cavity coupling as R2 and R4, respectively,
but half the interaction.
"""

SUFFICIENT_CUTOFFS = {(8, 0.5): 40, (10, 0.5): 50}
"""Sufficient cut-offs by N and coupling, where an automatic search would take too long."""

MERITS = ("energy", "mean_photons", "cutoff_population")


def compare_cutoffs(
    scans: Scans, scan: xr.Dataset, readings: Sequence[str], g_c: float, kappa: float
) -> xr.Dataset:
    """Compute steady states at a sufficient cut-off, for all N of a scan at one κ.

    Returns
    -------
    Dataset
        Variables with dims (reading, n_atoms, g): `energy` per atom and `photons`, the same at the
        paper's cut-off as `paper_energy` and `paper_photons`, the cut-off `max_photons`, the
        largest error `cutoff_error` of a merit due to this cut-off, relative to its scale, and
        `trusted`, whether the status is ok.
    """
    judged = [reading for reading in COMPARED if reading in readings] or list(readings)
    n_atoms = [int(count) for count in scan["n_atoms"].to_numpy()]
    grid = list(product(judged, n_atoms, G_COMPARED))
    studies = [_scan(reading, count, g, g_c, kappa) for reading, count, g in grid]
    results = scans.run("Fig. 2: steady states with enough photons", studies)
    shape = (len(judged), len(n_atoms), len(G_COMPARED))
    atoms = np.array([count for _, count, _ in grid])
    values = {
        "energy": steady_values(results)[:, 0] / atoms,
        "photons": steady_values(results, "mean_photons")[:, 0],
        "cutoff_population": steady_values(results, "cutoff_population")[:, 0],
    }
    for name in ("max_photons", "cutoff_error", "trusted"):
        values[name] = np.array([result[name][0] for result in results])
    dims = ("reading", "n_atoms", "g")
    paper = scan.sel(reading=judged, kappa=kappa, g=list(G_COMPARED), drop=True)
    data: dict[str, Any] = {name: (dims, part.reshape(shape)) for name, part in values.items()}
    data |= {
        "paper_energy": paper["steady"].transpose(*dims),
        "paper_photons": paper["photons"].transpose(*dims),
    }
    coords = {"reading": judged, "n_atoms": n_atoms, "g": list(G_COMPARED)}
    compared = xr.Dataset(
        data, coords=coords, attrs={"kappa": kappa, "tolerance": CUTOFF_TOLERANCE}
    )
    for name in ("energy", "paper_energy"):
        compared[name].attrs = {"units": "omega_q", "long_name": "steady stored energy per atom"}
    for name in ("photons", "paper_photons"):
        compared[name].attrs = {"units": "1", "long_name": "steady mean photon number"}
    return compared


def _scan(reading: str, n_atoms: int, g: float, g_c: float, kappa: float) -> Study:
    factor, coupling_factor = FACTORS[reading]
    coupling = g_c * coupling_factor
    cutoff: Cutoff = SUFFICIENT_CUTOFFS.get((n_atoms, coupling), "auto")
    battery = DickeBattery(n_atoms, coupling, cutoff, interaction=g * factor)
    return steady_scan([battery], [CavityLoss(kappa)], MERITS)


def convergence_claims(compared: xr.Dataset, max_photons: int) -> list[Claim]:
    """Check whether the paper's cut-off suffices for steady energies; check F2a at a higher one."""
    wrong = compared["paper_energy"] - compared["energy"]
    lost = (compared["photons"] - compared["paper_photons"]).max(["reading", "g"])
    worst = wrong.isel(abs(wrong).fillna(0.0).argmax(...))
    evidence = (
        f"largest error of E: {float(worst):+.4f} ω per atom ({worst['reading'].item()},"
        f" N = {int(worst['n_atoms'])}, g = {float(worst['g']):g}); missing photons, at most: "
        + ", ".join(f"N = {int(n)}: {float(lost.sel(n_atoms=n)):.2g}" for n in lost["n_atoms"])
    )
    readings = ", ".join(compared["reading"].to_numpy())
    region = f"κ = {compared.attrs['kappa']:g}, {readings}"
    return [
        judge(
            "T1 (Fig. 2, steady)",
            f"A cut-off of {max_photons} photons is converged for the steady energies ({region}).",
            (abs(wrong) < VISIBLE).all("g"),
            evidence + f" (converged: below {VISIBLE:g} ω per atom)",
            {"largest_energy_error_per_atom": float(worst), "missing_photons": lost.to_numpy()},
        ),
        growth_claim(
            "F2a (enough photons)",
            f"At a sufficient cut-off the steady energy grows from g = −1 to 0 to 1 ({region}).",
            compared,
            "energy",
        ),
    ]


def convergence_table(compared: xr.Dataset, max_photons: int) -> Table:
    """Return steady energies and photon numbers at both cut-offs."""
    kappa, tolerance = compared.attrs["kappa"], compared.attrs["tolerance"]
    rows = []
    for reading, n_atoms, g in product(*(compared[dim].to_numpy() for dim in compared.dims)):
        point = compared.sel(reading=reading, n_atoms=n_atoms, g=g)
        star = "" if point["cutoff_error"] <= tolerance else "*"
        energies = [float(point[name]) for name in ("paper_energy", "energy")]
        photons = [float(point[name]) for name in ("paper_photons", "photons")]
        rows.append(
            (
                str(reading),
                f"{n_atoms}",
                f"{g:g}",
                *(f"{energy:.4f}" for energy in energies),
                f"{round(energies[0] - energies[1], 4) + 0.0:+.4f}",  # no −0
                *(f"{count:.2f}" for count in photons),
                f"{float(point['max_photons']):.0f}{star}",
            )
        )
    at = f"{max_photons} photons"
    return Table(
        f"Steady states at {at} and at a sufficient cut-off (κ = {kappa:g})",
        ("reading", "N", "g", f"E/N, {at}", "E/N", "error", f"⟨n⟩, {at}", "⟨n⟩", "cut-off"),
        tuple(rows),
        "Cut-offs were raised until the estimated error of each merit, relative to its scale, was"
        f" below {tolerance:g}. Cut-offs with an asterisk are fixed; their error is at most"
        f" {_largest_error(compared):.0e}. R3 (R1) has the cavity of R2 (R4) and"
        " half the interaction.",
    )


def _largest_error(compared: xr.Dataset) -> float:
    """Return the largest relative error of a merit due to the cut-off."""
    return float(compared["cutoff_error"].max())
