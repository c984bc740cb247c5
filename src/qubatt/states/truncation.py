"""Limit on the population of a charger state above the photon cut-off."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable

import numpy as np

from qubatt.core.check import FloatArray
from qubatt.core.errors import ArgumentError

LARGEST_TAIL = 1e-5
"""Largest population that may lie above the cut-off.

It is that of the highest level kept from which on a run is called ``cutoff-too-small``. A larger
one would not always show there: thermal light of many photons has little in any single level, a
squeezed vacuum nothing in odd ones.
"""


class CutoffError(ArgumentError):
    """A state does not fit below the photon cut-off; a higher one would hold it."""


def check_cutoff(
    value: object,
    max_photons: int,
    tail: Callable[[int], float],
    argument: str = "mean_photons",
) -> None:
    """Refuse a state that has more than 1e-5 of its population above the cut-off.

    Parameters
    ----------
    value : object
        Value of the argument that the message speaks of.
    max_photons : int
        Highest Fock level kept.
    tail : callable
        Population above a level, Σ_{n > level} p_n, which falls with the level.
    argument : str
        What the message speaks of.

    Raises
    ------
    CutoffError
        Naming the smallest max_photons that suffices.
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
    cure = f"Use max_photons of {smallest} or more."
    raise CutoffError(argument, requirement, value, cure)


def tail_of(populations: Callable[[int], FloatArray]) -> Callable[[int], float]:
    """Return the tail Σ_{n > level} p_n = 1 − Σ_{n ≤ level} p_n as a function of the level.

    Parameters
    ----------
    populations : callable
        Given a number of levels, p_n of as many, shape ``(levels,)``; they belong to the whole
        state, so that all of them add up to 1.
    """
    cumulative = np.zeros(0)

    def tail(level: int) -> float:
        nonlocal cumulative
        if level >= len(cumulative):
            cumulative = np.cumsum(populations(2 * level + 2))
        return 1.0 - float(cumulative[level])

    return tail
