"""Thermal state of the charger."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from qubatt.core.declaration import declare
from qubatt.states.charger import ChargerState, MeanPhotons
from qubatt.states.truncation import check_cutoff


@declare("charger", "thermal")
class ThermalState(ChargerState):
    """Σₙ pₙ |n⟩⟨n| with pₙ = n̄ⁿ/(n̄ + 1)ⁿ⁺¹, so that n̄ = 1/(exp(ω_c/T) − 1)."""

    mean_photons: MeanPhotons = Field(description="Mean photon number n̄", examples=[0.3])

    def state(self, max_photons: int) -> NDArray[Any]:
        """Return ρ cut off and normalised, shape ``(max_photons + 1,) * 2``, real.

        Raises
        ------
        ArgumentError
            If more than 1e-5 of the population lies above the cut-off.
        """
        ratio = self.mean_photons / (self.mean_photons + 1.0)
        check_cutoff(self.mean_photons, max_photons, lambda level: ratio ** (level + 1))
        populations = ratio ** np.arange(max_photons + 1)
        return np.diag(populations / populations.sum())
