"""How much of a charger state may lie above the photon cut-off."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable

from qubatt.core.errors import ArgumentError

LARGEST_TAIL = 1e-5
"""Largest population that may lie above the cut-off.

It is that of the highest level kept from which on a run is called ``cutoff-too-small``. A larger
one would not always show there: thermal light of many photons has little in any single level, a
squeezed vacuum nothing in odd ones.
"""


def check_cutoff(mean_photons: float, max_photons: int, tail: Callable[[int], float]) -> None:
    """Refuse a state that has more than 1e-5 of its population above the cut-off.

    Parameters
    ----------
    mean_photons : float
        Mean photon number of the state, for the message.
    max_photons : int
        Highest Fock level kept.
    tail : callable
        Population above a level, Σ_{n > level} p_n, which falls with the level.

    Raises
    ------
    ArgumentError
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
    raise ArgumentError("mean_photons", requirement, mean_photons, cure)
