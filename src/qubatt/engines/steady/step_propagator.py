"""The flow exp(h𝓛) of a constant generator for one time h, applied again and again."""

from __future__ import annotations

import math

import numpy as np

from qubatt.core.check import FloatArray
from qubatt.core.errors import ResourceError
from qubatt.engines.exact.chebyshev import enclose, expand
from qubatt.engines.exact.reduced_lindbladian import Functionals, ReducedLindbladian, Vector

STEP_ROUNDING = 1e-11
"""Largest rounding of one application, relative to the norm of the vector."""


class StepPropagator:
    """exp(h𝓛), with h at most as long as a step of the series can be.

    Applied again and again where the steady state is looked for: what damping leaves of a state
    after many steps is what Krylov methods find quickly. Nothing but the number of products is
    remembered, so that no result depends on what was done before.
    """

    def __init__(self, reduced: ReducedLindbladian) -> None:
        self.ellipse = enclose(reduced.realization)
        self.longest = self.ellipse.step
        self.products = 0
        self._reduced = reduced
        self._room = [reduced.zeros() for _ in range(3)]
        none = np.zeros(0, np.int64)
        self._functionals = Functionals(np.zeros(1, np.int64), none, np.zeros(0))
        self._weights = {self.longest: self._coefficients(self.longest)}

    def _coefficients(self, h: float) -> FloatArray:
        return np.asarray(self.ellipse.coefficients(np.array([h]), self.ellipse.terms(h))[0])

    def _prepared(self, h: float) -> FloatArray:
        """Return the coefficients of a step; those of the longest and of the last are kept."""
        if h not in self._weights:
            longest = self._weights[self.longest]
            self._weights = {self.longest: longest, h: self._coefficients(h)}
        return self._weights[h]

    def __call__(self, vector: Vector, h: float) -> Vector | None:
        """Return exp(h𝓛) × vector, which the next call overwrites; None where h is too long."""
        weights = self._prepared(h)
        np.copyto(self._room[0], vector)
        limit = STEP_ROUNDING * max(1.0, math.sqrt(2.0) * float(np.linalg.norm(vector)))
        series = expand(self._reduced, self.ellipse, weights, self._room, self._functionals, limit)
        self.products += len(series.sizes) - 1
        if series.ended and series.rounding <= limit:
            return self._room[2]
        return None

    def shorter(self, h: float) -> float:
        """Return the h to try next where one is too long.

        Raises
        ------
        ResourceError
            If there is none.
        """
        if h / 2 < 1e-5 * self.longest:
            raise ResourceError("No step of the flow is short enough for the energies and rates.")
        return h / 2
