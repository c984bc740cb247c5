"""The photon cut-off of a battery: its value, and the smallest one that holds a charger state."""

from __future__ import annotations

import dataclasses
from typing import Any, TypeVar

from qubatt.models.battery import Battery
from qubatt.states import ChargerState, CutoffError

AUTO = "auto"
"""Value of `max_photons` for a cut-off that is to be determined."""

MAX_CUTOFF = 10**5
"""Cut-off above which the search for one that holds a charger state ends."""

B = TypeVar("B", bound=Battery)


def max_photons(battery: Battery) -> Any:
    """Return the photon cut-off of a battery, None where it has no such parameter."""
    return getattr(battery, "max_photons", None)


def with_max_photons(battery: B, cutoff: int) -> B:
    """Return the battery with another photon cut-off."""
    # every registered battery is a dataclass, which its abstract base cannot say
    return dataclasses.replace(battery, max_photons=cutoff)  # type: ignore[type-var]


def with_smallest_cutoff(battery: B, charger: ChargerState | None) -> B:
    """Return the battery with the lowest cut-off that holds the charger state."""
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
