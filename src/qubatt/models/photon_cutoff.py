"""Photon cut-off of a battery, and the smallest cut-off below which a charger state fits."""

from __future__ import annotations

import dataclasses
from typing import Any, TypeVar

from qubatt.models.battery import Battery
from qubatt.states import ChargerState, CutoffError

AUTO = "auto"
"""Value of `max_photons` that requests an automatic cut-off."""

MAX_CUTOFF = 10**5
"""Largest cut-off considered in the search for one that suffices for a charger state."""

B = TypeVar("B", bound=Battery)


def max_photons(battery: Battery) -> Any:
    """Return the photon cut-off of a battery, or None if it has no such parameter."""
    return getattr(battery, "max_photons", None)


def with_max_photons(battery: B, cutoff: int) -> B:
    """Return the battery with another photon cut-off."""
    # each registered battery is a dataclass, which the abstract base class does not declare
    return dataclasses.replace(battery, max_photons=cutoff)  # type: ignore[type-var]


def with_smallest_cutoff(battery: B, charger: ChargerState | None) -> B:
    """Return the battery with a cut-off just large enough for the charger state."""
    cutoff = 1
    while True:
        smallest = with_max_photons(battery, cutoff)
        try:
            smallest.problem(charger)
        except CutoffError:
            if cutoff > MAX_CUTOFF:
                raise
            cutoff += max(1, cutoff // 4)
        else:
            return smallest
