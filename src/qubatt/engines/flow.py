"""The flow exp(h𝓛) of a constant generator for one time h, applied again and again."""

from __future__ import annotations

import math

import numpy as np

from qubatt.core.check import FloatArray
from qubatt.core.errors import ResourceError
from qubatt.engines.chebyshev import enclose, expand
from qubatt.engines.reduced import Functionals, Reduced, Vector

ROUNDING = 1e-11
"""Largest rounding of one application, relative to the norm of the vector."""


class Flow:
    """exp(h𝓛) for one h, as long as a step of the series can be.

    Applied again and again where the steady state is looked for: what damping leaves of a state
    after many steps is what Krylov methods find quickly.
    """

    def __init__(self, reduced: Reduced) -> None:
        self.ellipse = enclose(reduced.realization)
        self.h = self.ellipse.step
        self.products = 0
        self._reduced = reduced
        self._room = [reduced.zeros() for _ in range(3)]
        none = np.zeros(0, np.int64)
        self._functionals = Functionals(np.zeros(1, np.int64), none, np.zeros(0))
        self._weights = self._coefficients()

    def _coefficients(self) -> FloatArray:
        return np.asarray(
            self.ellipse.coefficients(np.array([self.h]), self.ellipse.terms(self.h))[0]
        )

    def __call__(self, vector: Vector) -> Vector | None:
        """Return exp(h𝓛) × vector; None where h was too long for it and was halved."""
        np.copyto(self._room[0], vector)
        limit = ROUNDING * max(1.0, math.sqrt(2.0) * float(np.linalg.norm(vector)))
        series = expand(
            self._reduced, self.ellipse, self._weights, self._room, self._functionals, limit
        )
        self.products += len(series.sizes) - 1
        if series.ended and series.rounding <= limit:
            return self._room[2]
        self.h /= 2
        if self.h < 1e-5 * self.ellipse.step:
            raise ResourceError("No step of the flow is short enough for the energies and rates.")
        self._weights = self._coefficients()
        return None
