"""Spin squeezing of the battery."""

from __future__ import annotations

import math

import numpy as np

from qubatt.core.check import FloatArray
from qubatt.core.declaration import declare
from qubatt.merits.solved_run import SolvedRun
from qubatt.merits.spin_moments import SpinMerit, correlations, spin

MIN_POLARISATION = 1e-9
"""|⟨J⟩|/N below which the spin points nowhere."""


def least_variance(run: SolvedRun) -> tuple[FloatArray, FloatArray]:
    """Return the least variance of J across ⟨J⟩, NaN where it points nowhere, and |⟨J⟩|."""
    mean = spin(run)  # (T, 3)
    length = np.linalg.norm(mean, axis=1)
    polarised = length > MIN_POLARISATION * run.n_atoms
    n = mean / np.where(polarised, length, 1.0)[:, np.newaxis]
    covariance = correlations(run) - mean[:, :, np.newaxis] * mean[:, np.newaxis, :]
    # two directions across n, from the columns of 1 − nn†
    across = np.eye(3) - n[:, :, np.newaxis] * n[:, np.newaxis, :]
    directions = np.linalg.svd(across)[0][:, :, :2]  # (T, 3, 2)
    plane = directions.swapaxes(1, 2) @ covariance @ directions
    least = np.maximum(np.linalg.eigvalsh(plane)[:, 0], 0.0)
    return np.where(polarised, least, np.nan), length


@declare("merit", "spin_squeezing")
class SpinSqueezing(SpinMerit):
    """Kitagawa–Ueda squeezing parameter, below 1 for squeezed spins."""

    long_name = "spin squeezing ξ²_S"
    definition = "ξ²_S = 4 min(ΔJ_⊥)²/N over directions across ⟨J⟩, NaN where ⟨J⟩ = 0"
    bounds = (0.0, math.inf)
    citations = ("kitagawa1993",)

    def values(self, run: SolvedRun) -> FloatArray:
        """Return ξ²_S, shape ``(T,)``."""
        return 4.0 * least_variance(run)[0] / run.n_atoms


@declare("merit", "spin_squeezing_wineland")
class SpinSqueezingWineland(SpinMerit):
    """Wineland squeezing parameter: below 1 the atoms are entangled."""

    long_name = "spin squeezing ξ²_R"
    definition = "ξ²_R = N min(ΔJ_⊥)²/|⟨J⟩|² over directions across ⟨J⟩, NaN where ⟨J⟩ = 0"
    bounds = (0.0, math.inf)
    citations = ("wineland1994",)

    def values(self, run: SolvedRun) -> FloatArray:
        """Return ξ²_R, shape ``(T,)``."""
        least, length = least_variance(run)
        return np.asarray(run.n_atoms * least / np.where(np.isfinite(least), length, 1.0) ** 2)
