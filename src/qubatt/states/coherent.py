"""Coherent state of the charger."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy.special import gammainc

from qubatt.core.check import Real
from qubatt.core.declaration import declare
from qubatt.states.charger import ChargerState, MeanPhotons
from qubatt.states.fock_amplitudes import from_peak
from qubatt.states.phase import with_phase
from qubatt.states.truncation import check_cutoff


@declare("charger", "coherent")
class CoherentState(ChargerState):
    """Coherent state |α⟩ = exp(−|α|²/2) Σₙ αⁿ/√n! |n⟩ with α = √n̄ exp(iφ).

    The method `state` returns a ket of shape ``(max_photons + 1,)``.

    Examples
    --------
    >>> import qubatt as qb
    >>> qb.CoherentState(mean_photons=0.5).state(max_photons=8)[:3].round(4).tolist()
    [0.7788, 0.5507, 0.2753]
    """

    mean_photons: MeanPhotons = Field(description="Mean photon number n̄ = |α|²", examples=[0.5])
    phase: Real = Field(default=0.0, description="Phase φ of α, in radians", examples=[0.4])

    def state(self, max_photons: int) -> NDArray[Any]:
        """Return the truncated and normalised |α⟩, shape ``(max_photons + 1,)``; real for φ = 0, π.

        The amplitudes follow from cₙ = cₙ₋₁ √(n̄/n); see `from_peak`.

        Raises
        ------
        ArgumentError
            If more than 1e-5 of the population lies above the cut-off.
        """
        mean = self.mean_photons
        check_cutoff(mean, max_photons, lambda level: float(gammainc(level + 1, mean)))
        levels = np.arange(max_photons + 1)
        ket = from_peak(np.sqrt(mean / levels[1:]))
        return with_phase(ket / np.linalg.norm(ket), levels, self.phase)
