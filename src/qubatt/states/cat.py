"""Cat state of the charger: a superposition of two opposite coherent states."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from qubatt.core.check import FloatArray, Real
from qubatt.core.declaration import declare
from qubatt.core.errors import ArgumentError
from qubatt.states.charger import ChargerState, MeanPhotons
from qubatt.states.fock_amplitudes import from_peak
from qubatt.states.phase import with_phase
from qubatt.states.truncation import check_cutoff

Parity = Literal["even", "odd", "none"]


@declare("charger", "cat")
class CatState(ChargerState):
    """Cat state (|α⟩ ± |−α⟩)/norm or (|α⟩ + i|−α⟩)/√2, with α = √x exp(iφ).

    The even cat (sign +) contains only even photon numbers, the odd cat (sign −) only odd ones.
    The third state (yurke1986) contains all photon numbers and has the photon statistics of
    coherent light. The mean photon number n̄ is x tanh x, x coth x and x, respectively; these
    equations are solved for x. The odd cat requires n̄ ≥ 1 and becomes |1⟩ at n̄ = 1. The method
    `state` returns a ket of shape ``(max_photons + 1,)``.

    Examples
    --------
    >>> import qubatt as qb
    >>> qb.CatState(mean_photons=1.5).state(max_photons=12)[:4].round(4).tolist()
    [0.6166, 0.0, 0.7072, 0.0]
    """

    mean_photons: MeanPhotons = Field(description="Mean photon number n̄", examples=[1.5])
    parity: Parity = Field(
        default="even",
        description="Parity of the photon numbers; none for all numbers",
        examples=["odd"],
    )
    phase: Real = Field(default=0.0, description="Phase φ of α, in radians", examples=[0.4])

    @model_validator(mode="after")
    def _one_photon_or_more(self) -> CatState:
        if self.parity == "odd" and self.mean_photons < 1:
            requirement = "be at least 1 for an odd cat"
            cure = 'The smallest odd photon number is 1; use parity="even".'
            raise ArgumentError("mean_photons", requirement, self.mean_photons, cure)
        return self

    @classmethod
    def with_mean_photons(cls, mean_photons: float) -> Mapping[str, ChargerState]:
        """Return the even cat and, for at least one photon, the odd cat."""
        even: dict[str, ChargerState] = {"": cls(mean_photons)}
        return even if mean_photons < 1 else even | {"odd": cls(mean_photons, "odd")}

    @property
    def displacement(self) -> float:
        """|α| = √x, solved from the mean photon number."""
        from scipy.optimize import brentq  # slow to import

        n = self.mean_photons
        if n == 0 or self.parity == "none":
            return float(np.sqrt(n))
        if self.parity == "even":  # x(1 − tanh x) < 0.3
            x = brentq(lambda x: x * np.tanh(x) - n, n, n + 0.3, xtol=1e-300, rtol=1e-15)
        else:
            x = brentq(lambda x: _excess(x) - (n - 1), 0.0, n, xtol=1e-300, rtol=1e-15)
        return float(np.sqrt(x))

    def state(self, max_photons: int) -> NDArray[Any]:
        """Return the truncated and normalised cat state, shape ``(max_photons + 1,)``.

        For photon numbers n of one parity, cₙ = cₙ₋₂ x/√(n(n − 1)). Even and odd cats with φ = 0
        or π are real.

        Raises
        ------
        ArgumentError
            If more than 1e-5 of the population lies above the cut-off.
        """
        x = self.displacement**2
        check_cutoff(self.mean_photons, max_photons, lambda level: self._tail(x, level))
        levels = np.arange(max_photons + 1)
        ket = self._amplitudes(x, max_photons + 1)
        ket = with_phase(ket / np.linalg.norm(ket), levels, self.phase)
        if self.parity == "none":
            ket = ket * np.where(levels % 2, 1 - 1j, 1 + 1j) / np.sqrt(2.0)
        return ket

    def _amplitudes(self, x: float, length: int) -> FloatArray:
        """Return |cₙ| for n < `length`, up to a factor."""
        levels = np.arange(length, dtype=float)
        if self.parity == "none":
            return from_peak(np.sqrt(x / levels[1:]))
        first = 1 if self.parity == "odd" else 0
        occupied = levels[first::2][1:]
        ket = np.zeros(length)
        ket[first::2] = from_peak(x / np.sqrt(occupied * (occupied - 1.0)))[: len(ket[first::2])]
        return ket

    def _tail(self, x: float, level: int) -> float:
        """Return the population above a level, neglecting populations below the rounding error."""
        length = int(max(level, x) + 12.0 * np.sqrt(max(level, x))) + 60
        weights = self._amplitudes(x, length) ** 2
        return float(weights[level + 1 :].sum() / weights.sum())


def _excess(x: float) -> float:
    """Return x coth x − 1, by its series for small x to avoid cancellation."""
    if x < 0.02:
        return x**2 / 3 - x**4 / 45 + 2 * x**6 / 945
    return x / float(np.tanh(x)) - 1.0
