"""Fock state of the charger."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from qubatt.core.check import Level
from qubatt.core.declaration import declare
from qubatt.states.charger import ChargerState
from qubatt.states.truncation import CutoffError


@declare("charger", "fock")
class FockState(ChargerState):
    """Fock state |n⟩ with exactly n photons, or the n-th level of any other ladder.

    The method `state` returns a ket of shape ``(max_photons + 1,)``.

    Examples
    --------
    >>> import qubatt as qb
    >>> qb.FockState(photons=2).state(max_photons=3).tolist()
    [0.0, 0.0, 1.0, 0.0]
    """

    bosonic: ClassVar[bool] = False

    photons: Level = Field(description="Number of photons n", examples=[2])

    @classmethod
    def with_mean_photons(cls, mean_photons: float) -> Mapping[str, ChargerState]:
        """Return |n̄⟩ if n̄ is an integer."""
        return {"": cls(int(mean_photons))} if mean_photons == int(mean_photons) else {}

    def state(self, max_photons: int) -> NDArray[Any]:
        """Return |n⟩, shape ``(max_photons + 1,)``."""
        if self.photons > max_photons:
            cure = f"Set max_photons to {2 * self.photons} or more."
            requirement = f"be at most max_photons = {max_photons}"
            raise CutoffError("photons", requirement, self.photons, cure)
        ket = np.zeros(max_photons + 1)
        ket[self.photons] = 1.0
        return ket
