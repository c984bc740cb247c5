"""Limit on the population of a charger state above the photon cut-off."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable

import numpy as np

from qubatt.core.check import FloatArray
from qubatt.core.errors import ArgumentError

LARGEST_TAIL = 1e-5
"""Largest allowed population ε above the cut-off.

The certificate covers the part that is cut off: its bound on the trace distance begins at 2√ε. A
larger ε is refused, because the truncated state would differ too much from the requested one.
"""


class CutoffError(ArgumentError):
    """A state does not fit below the photon cut-off, but fits below a higher one."""


def check_cutoff(
    value: object,
    max_photons: int,
    tail: Callable[[int], float],
    argument: str = "mean_photons",
) -> None:
    """Refuse a state with more than 1e-5 of its population above the cut-off.

    Parameters
    ----------
    value : object
        Value of the argument, for the error message.
    max_photons : int
        Photon cut-off, the highest Fock level.
    tail : callable
        Population above a level, Σ_{n > level} p_n, which decreases with the level.
    argument : str
        Name of the argument, for the error message.

    Raises
    ------
    CutoffError
        If the cut-off is too small; the message states the smallest sufficient max_photons.
    """

    def fits(level: int) -> bool:
        return tail(level) <= LARGEST_TAIL

    if fits(max_photons):
        return
    enough = 2 * max(max_photons, 1)
    while not fits(enough):
        enough *= 2
    levels = range(max_photons, enough + 1)
    smallest = levels[bisect_left(levels, True, key=fits)]
    requirement = f"leave at most {LARGEST_TAIL:.0e} of the state above max_photons = {max_photons}"
    cure = f"Set max_photons to {smallest} or more."
    raise CutoffError(argument, requirement, value, cure)


def tail_of(populations: Callable[[int], FloatArray]) -> Callable[[int], float]:
    """Return the tail Σ_{n > level} p_n = 1 − Σ_{n ≤ level} p_n as a function of the level.

    Parameters
    ----------
    populations : callable
        Function that returns p_n of the lowest levels, shape ``(levels,)``, given their number.
        The p_n are those of the untruncated state, so the sum over all levels is 1.
    """
    cumulative = np.zeros(0)

    def tail(level: int) -> float:
        nonlocal cumulative
        if level >= len(cumulative):
            cumulative = np.cumsum(populations(2 * level + 2))
        return 1.0 - float(cumulative[level])

    return tail
