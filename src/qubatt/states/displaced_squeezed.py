"""Displaced squeezed state of the charger."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from qubatt.core.check import FloatArray, NonNegative, Real
from qubatt.core.declaration import declare
from qubatt.states.charger import ChargerState, MeanPhotons
from qubatt.states.phase import unit, with_phase
from qubatt.states.truncation import check_cutoff, tail_of

Share = Annotated[NonNegative, Field(le=1)]
"""A number from 0 to 1."""

LARGE = 1e100
"""Amplitudes above this value are scaled down, long before their squares overflow."""


@declare("charger", "displaced-squeezed")
class DisplacedSqueezedState(ChargerState):
    """Displaced squeezed vacuum D(α) S(ζ)|0⟩ (yuen1976).

    D = exp(αa† − α*a) and S = exp(½(ζ* a² − ζ a†²)), with α = √((1 − f) n̄) exp(iφ),
    ζ = r exp(i(θ + 2φ)) and sinh² r = f n̄. Squeezing contributes the fraction f of the photons,
    and n̄ = |α|² + sinh² r. The phase φ rotates the whole state; θ = 0 squeezes the amplitude
    quadrature and θ = π the phase quadrature. The limits are coherent light for f = 0 and squeezed
    vacuum for f = 1. The method `state` returns a ket of shape ``(max_photons + 1,)``.

    Examples
    --------
    >>> import qubatt as qb
    >>> light = qb.DisplacedSqueezedState(mean_photons=0.5, squeezing_fraction=0.2)
    >>> light.state(max_photons=12)[:3].round(4).tolist()
    [0.7527, 0.6196, 0.2001]
    """

    mean_photons: MeanPhotons = Field(
        description="Mean photon number n̄ = |α|² + sinh² r", examples=[0.5]
    )
    squeezing_fraction: Share = Field(
        default=0.5, description="Fraction f of the photons due to squeezing", examples=[0.3]
    )
    phase: Real = Field(default=0.0, description="Phase φ of α, in radians", examples=[0.4])
    squeezing_phase: Real = Field(
        default=0.0,
        description="Phase θ of the squeezing relative to α, in radians",
        examples=[0.7],
    )

    def state(self, max_photons: int) -> NDArray[Any]:
        """Return the truncated and normalised state, shape ``(max_photons + 1,)``.

        The ket is real if φ and θ are 0 or π.

        Raises
        ------
        ArgumentError
            If more than 1e-5 of the population lies above the cut-off.
        """
        tail = tail_of(lambda length: self._ladder(length)[1])
        check_cutoff(self.mean_photons, max_photons, tail)
        ket, _ = self._ladder(max_photons + 1)
        return with_phase(ket / np.linalg.norm(ket), np.arange(max_photons + 1), self.phase)

    def _ladder(self, length: int) -> tuple[NDArray[Any], FloatArray]:
        """Return cₙ at φ = 0 up to a factor, and pₙ = |cₙ|² of the untruncated state.

        D S a S† D† annihilates the state. With t = exp(iθ) tanh r this gives the recurrence

            √(n + 1) cₙ₊₁ = |α|(1 + t) cₙ − t √n cₙ₋₁,   |c₀|² = exp(−|α|²(1 + Re t)) / cosh r.

        Upward recurrence is stable, because the required solution is the growing one.
        """
        squeezed = self.squeezing_fraction * self.mean_photons
        alpha = np.sqrt(self.mean_photons - squeezed)
        t = unit(self.squeezing_phase) * np.sqrt(squeezed / (squeezed + 1.0))
        log_p0 = -(alpha**2) * (1.0 + t.real) - 0.5 * np.log1p(squeezed)
        roots = np.sqrt(np.arange(length, dtype=float))
        ket = np.zeros(length, dtype=type(t))
        ket[0], before, now, scale = 1.0, 0.0, 1.0, 0.0
        for n in range(length - 1):
            before, now = now, (alpha * (1.0 + t) * now - t * roots[n] * before) / roots[n + 1]
            ket[n + 1] = now
            if abs(now) > LARGE:
                ket[: n + 2] /= LARGE
                before, now, scale = before / LARGE, now / LARGE, scale + 2.0 * np.log(LARGE)
        return ket, np.abs(ket) ** 2 * np.exp(log_p0 + scale)
