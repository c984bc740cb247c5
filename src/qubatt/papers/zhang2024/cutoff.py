"""Claim T1: convergence of the drawn curves with the paper's photon cut-off."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr

from qubatt.core.check import FloatArray
from qubatt.papers.claim import Claim, judge
from qubatt.papers.scans import Values

VISIBLE = 0.01
"""Smallest change of the energy per atom that is visible in the figure."""


def cutoff_dataset(
    figure: xr.Dataset, larger: Sequence[Values], population: FloatArray, per: float
) -> xr.Dataset:
    """Compare the drawn curves with those at a cut-off that is 50 % higher.

    Parameters
    ----------
    per : float
        Divisor of energies: the number of atoms times the unit of energy.

    Returns
    -------
    Dataset
        Variables with dim g: `change`, the largest |ΔE| per atom over time, and `population`, the
        largest population of the highest Fock level.
    """
    curves = np.stack([result["energy"][0] for result in larger]) / per
    change = np.abs(curves - figure["energy"].to_numpy()).max(axis=-1)
    return xr.Dataset(
        {
            "change": ("g", change, {"units": "omega_ref", "long_name": "change of E per atom"}),
            "population": ("g", population, {"units": "1"}),
        },
        coords={"g": figure["g"]},
    )


def cutoff_claim(key: str, check: xr.Dataset, max_photons: int) -> Claim:
    """Check whether the curves for all drawn values of g are converged at the cut-off."""
    change, population = float(check["change"].max()), float(check["population"].max())
    return judge(
        key,
        f"The drawn curves are converged at a cut-off of {max_photons} photons.",
        check["change"] < VISIBLE,
        f"the population of the highest level is at most {population:.1e}; a 50 % higher cut-off"
        f" changes E by at most {change:.1e} per atom (converged: below {VISIBLE:g})",
        {
            "largest_population_of_highest_level": population,
            "largest_energy_change_per_atom": change,
        },
    )
