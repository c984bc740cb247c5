"""Squeezed vacuum state of the charger."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy.special import betainc

from qubatt.core.check import Real
from qubatt.core.declaration import declare
from qubatt.states.charger import ChargerState, MeanPhotons
from qubatt.states.phase import with_phase
from qubatt.states.truncation import check_cutoff


@declare("charger", "squeezed")
class SqueezedState(ChargerState):
    """Squeezed vacuum S|0⟩ = Σₘ (−exp(iφ) tanh r)ᵐ √(2m)!/(2ᵐ m! √cosh r) |2m⟩.

    S = exp(½(ζ* a² − ζ a†²)) with ζ = r exp(iφ), and n̄ = sinh² r. The squeezed quadrature is
    a + a† for φ = 0 and i(a† − a) for φ = π. The method `state` returns a ket of shape
    ``(max_photons + 1,)``.

    Examples
    --------
    >>> import qubatt as qb
    >>> qb.SqueezedState(mean_photons=0.2).state(max_photons=12)[:4].round(4).tolist()
    [0.9554, 0.0, -0.2758, 0.0]
    """

    mean_photons: MeanPhotons = Field(
        description="Mean photon number n̄ = sinh² r, where r = |ζ|", examples=[0.2]
    )
    phase: Real = Field(default=0.0, description="Phase φ of ζ, in radians", examples=[0.4])

    def state(self, max_photons: int) -> NDArray[Any]:
        """Return the truncated and normalised S|0⟩, shape ``(max_photons + 1,)``.

        The amplitudes follow from c₂ₘ = −exp(iφ) tanh r √((2m − 1)/2m) c₂ₘ₋₂ and are real for φ = 0
        and π; the number m of photon pairs has a negative binomial distribution.

        Raises
        ------
        ArgumentError
            If more than 1e-5 of the population lies above the cut-off.
        """
        ratio = self.mean_photons / (self.mean_photons + 1.0)  # tanh² r
        check_cutoff(
            self.mean_photons,
            max_photons,
            lambda level: float(betainc(level // 2 + 1, 0.5, ratio)),
        )
        pairs = np.arange(max_photons // 2 + 1)
        factors = -np.sqrt(ratio * (2 * pairs[1:] - 1) / (2 * pairs[1:]))
        even = np.concatenate([[1.0], np.cumprod(factors)])
        even = with_phase(even / np.linalg.norm(even), pairs, self.phase)
        ket = np.zeros(max_photons + 1, dtype=even.dtype)
        ket[::2] = even
        return ket
