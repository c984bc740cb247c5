"""Exponents of power laws P ~ N^a, with what is not certain about them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray


class Exponent(NamedTuple):
    """An exponent and how far to trust it.

    Attributes
    ----------
    fitted, residual : float
        Slope of log P over log N for the upper half of the sizes, and its standard error.
    last, drift : float
        Local exponent between the two largest sizes, and how much it still changed in the step
        before.
    limit, spread : float
        What local exponents tend to, half way between corrections that fall like 1/N and like
        1/√N, and how far it is from `last`: what was extrapolated may be wrong by as much.
    """

    fitted: float
    residual: float
    last: float
    drift: float
    limit: float
    spread: float


def exponent(N: NDArray[Any], P: NDArray[Any]) -> Exponent:
    """Return the exponent of P ~ N^a for ascending N, at least six of them."""
    half = len(N) // 2
    x, y = np.log(N[half:]), np.log(P[half:])
    slope, offset = np.polynomial.polynomial.polyfit(x, y, 1)[::-1]
    left = y - offset - slope * x
    residual = np.sqrt(left @ left / (len(x) - 2) / np.sum((x - x.mean()) ** 2))
    sizes, found = local(N, P)
    limits = [_limit(sizes[-2:], found[-2:], power) for power in (1.0, 0.5)]
    return Exponent(
        float(slope),
        float(residual),
        float(found[-1]),
        float(found[-1] - found[-2]),
        float(np.mean(limits)),
        float(np.abs(np.array([*limits, found[-1]]) - np.mean(limits)).max()),
    )


def local(N: NDArray[Any], P: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return exponents between neighbouring sizes, and the geometric means of these."""
    return np.sqrt(N[1:] * N[:-1]), np.diff(np.log(P)) / np.diff(np.log(N))


def _limit(sizes: NDArray[Any], found: NDArray[Any], power: float) -> float:
    """Return where a + b/N^power through two points ends."""
    small = sizes**-power
    return float(found[1] - small[1] * (found[1] - found[0]) / (small[1] - small[0]))
