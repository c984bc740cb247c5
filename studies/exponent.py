"""Exponents of power laws P ~ N^a, and their limits."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import xarray as xr

import qubatt as qb


class Exponent(NamedTuple):
    """An exponent with estimates of its error.

    Attributes
    ----------
    fitted, residual : float
        Slope of log P over log N for the upper half of the sizes, and its standard error, which is
        not the uncertainty of the exponent.
    last : float
        Local exponent between the two largest sizes.
    limit, spread : float
        Limit of the local exponents, the mean of the extrapolations with corrections ∝ 1/N and
        ∝ 1/√N, and an estimate of its error: the largest distance from either of them and from
        `last`.
    """

    fitted: float
    residual: float
    last: float
    limit: float
    spread: float


def exponent(power: xr.DataArray, status: xr.DataArray | None = None) -> Exponent:
    """Return the exponent of P ~ N^a over ``n_atoms``, at least six of them, by `qb.scaling`."""
    sizes = np.sort(power["n_atoms"].to_numpy())
    law = qb.scaling(power, "n_atoms", least=float(sizes[len(sizes) // 2]), status=status)
    local = law["local_exponent"].to_numpy()[-2:]
    middles = law["n_atoms_midpoint"].to_numpy()[-2:]
    limits = np.array([_limit(middles, local, power) for power in (1.0, 0.5)])
    limit = limits.mean()
    return Exponent(
        float(law["exponent"]),
        float(law["exponent_error"]),
        float(local[-1]),
        float(limit),
        float(np.abs(np.append(limits, local[-1]) - limit).max()),
    )


def _limit(sizes: np.ndarray, found: np.ndarray, power: float) -> float:
    """Return the limit a of the function a + b/N^power through two points."""
    small = sizes**-power
    return float(found[1] - small[1] * (found[1] - found[0]) / (small[1] - small[0]))
