"""Amplitudes of Fock levels, computed from their ratios without overflow."""

from __future__ import annotations

import numpy as np

from qubatt.core.check import FloatArray


def from_peak(ratios: FloatArray) -> FloatArray:
    """Return amplitudes with given ratios cₙ/cₙ₋₁, scaled so that the largest one is 1.

    The ratios are multiplied from the largest amplitude in both directions. The amplitudes
    decrease in either direction, so nothing overflows or cancels for any number of photons.

    Parameters
    ----------
    ratios : array, shape (d − 1,)
        Ratios cₙ/cₙ₋₁ ≥ 0 for n = 1 … d − 1, in descending order.

    Returns
    -------
    array, shape (d,)
        Amplitudes cₙ for n = 0 … d − 1.
    """
    peak = int(np.count_nonzero(ratios >= 1.0))
    amplitudes = np.ones(len(ratios) + 1)
    amplitudes[peak + 1 :] = np.cumprod(ratios[peak:])
    amplitudes[:peak] = np.cumprod(1.0 / ratios[:peak][::-1])[::-1]
    return amplitudes
