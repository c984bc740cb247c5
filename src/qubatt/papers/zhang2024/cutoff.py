"""Claim T1: is the paper's photon cut-off converged for the curves drawn?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr

from qubatt.core.check import FloatArray
from qubatt.papers.claim import Claim, judge
from qubatt.papers.scans import Values

VISIBLE = 0.01
"""Change of the energy per atom from which on a curve of the figure would move visibly."""


def cutoff_dataset(
    figure: xr.Dataset, larger: Sequence[Values], population: FloatArray, per: float
) -> xr.Dataset:
    """Compare the curves drawn with those of a cut-off raised by half.

    Parameters
    ----------
    per : float
        What energies are divided by: atoms, times the unit of energy.

    Returns
    -------
    Dataset
        Over g: `change`, largest |ΔE| per atom over time, and `population`, the largest one of
        the highest level kept.
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
    """Judge whether the cut-off is converged for every g drawn."""
    change, population = float(check["change"].max()), float(check["population"].max())
    return judge(
        key,
        f"A cut-off of {max_photons} photons is converged for the curves drawn.",
        check["change"] < VISIBLE,
        f"the highest level holds up to {population:.1e}; raising the cut-off by half changes E by"
        f" up to {change:.1e} per atom (converged: below {VISIBLE:g})",
        {
            "largest_population_of_highest_level": population,
            "largest_energy_change_per_atom": change,
        },
    )
