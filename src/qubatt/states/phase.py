"""Phase factors of amplitudes, which stay real if possible."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def unit(phase: float) -> complex:
    """Return exp(i · phase), as a real ±1 if it equals that up to rounding."""
    if abs(np.sin(phase)) < 1e-14:
        return 1.0 if np.cos(phase) > 0 else -1.0
    return complex(np.exp(1j * phase))


def with_phase(amplitudes: NDArray[Any], steps: NDArray[np.int64], phase: float) -> NDArray[Any]:
    """Return amplitudes · exp(i · steps · phase), real if exp(i · phase) is ±1 up to rounding.

    With real states engines can use real arithmetic.
    """
    turn = unit(phase)
    if isinstance(turn, complex):
        turned: NDArray[Any] = amplitudes * np.exp(1j * phase * steps)
        return turned
    return amplitudes * np.where(steps % 2, turn, 1.0)
