"""Spin squeezing of the battery."""

from __future__ import annotations

import math

import numpy as np

from qubatt.core.check import FloatArray
from qubatt.core.declaration import declare
from qubatt.merits.solved_run import SolvedRun
from qubatt.merits.spin_moments import SpinMerit, correlations, spin

MIN_POLARISATION = 1e-9
"""|⟨J⟩|/N below which the mean spin has no direction."""


def least_variance(run: SolvedRun) -> tuple[FloatArray, FloatArray]:
    """Return the smallest variance of J perpendicular to ⟨J⟩, NaN if ⟨J⟩ = 0, and |⟨J⟩|."""
    mean = spin(run)  # (T, 3)
    length = np.linalg.norm(mean, axis=1)
    polarised = length > MIN_POLARISATION * run.n_atoms
    n = mean / np.where(polarised, length, 1.0)[:, np.newaxis]
    covariance = correlations(run) - mean[:, :, np.newaxis] * mean[:, np.newaxis, :]
    # two directions perpendicular to n, from the columns of 1 − nn†
    across = np.eye(3) - n[:, :, np.newaxis] * n[:, np.newaxis, :]
    directions = np.linalg.svd(across)[0][:, :, :2]  # (T, 3, 2)
    plane = directions.swapaxes(1, 2) @ covariance @ directions
    least = np.maximum(np.linalg.eigvalsh(plane)[:, 0], 0.0)
    return np.where(polarised, least, np.nan), length


@declare("merit", "spin_squeezing")
class SpinSqueezing(SpinMerit):
    """Kitagawa–Ueda spin-squeezing parameter, below 1 for squeezed spins."""

    long_name = "spin squeezing ξ²_S"
    definition = "ξ²_S = 4 min(ΔJ_⊥)²/N over directions perpendicular to ⟨J⟩, NaN if ⟨J⟩ = 0"
    bounds = (0.0, math.inf)
    citations = ("kitagawa1993",)

    def values(self, run: SolvedRun) -> FloatArray:
        """Return ξ²_S, shape ``(T,)``."""
        return 4.0 * least_variance(run)[0] / run.n_atoms


@declare("merit", "spin_squeezing_wineland")
class SpinSqueezingWineland(SpinMerit):
    """Wineland spin-squeezing parameter; values below 1 imply entangled atoms."""

    long_name = "spin squeezing ξ²_R"
    definition = "ξ²_R = N min(ΔJ_⊥)²/|⟨J⟩|² over directions perpendicular to ⟨J⟩, NaN if ⟨J⟩ = 0"
    bounds = (0.0, math.inf)
    citations = ("wineland1994",)

    def values(self, run: SolvedRun) -> FloatArray:
        """Return ξ²_R, shape ``(T,)``."""
        least, length = least_variance(run)
        return np.asarray(run.n_atoms * least / np.where(np.isfinite(least), length, 1.0) ** 2)
