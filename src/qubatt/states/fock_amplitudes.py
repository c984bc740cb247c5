"""Amplitudes of Fock levels from their ratios, without overflow."""

from __future__ import annotations

import numpy as np

from qubatt.core.check import FloatArray


def from_peak(ratios: FloatArray) -> FloatArray:
    """Return amplitudes with the given ratios cₙ/cₙ₋₁, the largest of them 1.

    They are multiplied up from the largest amplitude in either direction, where they only fall,
    which neither overflows nor cancels for any number of photons.

    Parameters
    ----------
    ratios : array, shape (d − 1,)
        cₙ/cₙ₋₁ ≥ 0 for n = 1 … d − 1, falling.

    Returns
    -------
    array, shape (d,)
        cₙ, n = 0 … d − 1.
    """
    peak = int(np.count_nonzero(ratios >= 1.0))
    amplitudes = np.ones(len(ratios) + 1)
    amplitudes[peak + 1 :] = np.cumprod(ratios[peak:])
    amplitudes[:peak] = np.cumprod(1.0 / ratios[:peak][::-1])[::-1]
    return amplitudes
