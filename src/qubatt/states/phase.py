"""Phases of amplitudes, which stay real where they can."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from qubatt.core.check import FloatArray


def with_phase(amplitudes: FloatArray, steps: NDArray[np.int64], phase: float) -> NDArray[Any]:
    """Return amplitudes · exp(i · steps · phase), real where exp(i · phase) is ±1 to rounding.

    Real states let engines compute with real numbers.
    """
    if abs(np.sin(phase)) >= 1e-14:
        turned: NDArray[Any] = amplitudes * np.exp(1j * phase * steps)
        return turned
    sign = 1.0 if np.cos(phase) > 0 else -1.0
    return amplitudes * np.where(steps % 2, sign, 1.0)
