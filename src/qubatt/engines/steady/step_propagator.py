"""The flow exp(h𝓛) of a constant generator for one step of length h, applied repeatedly."""

from __future__ import annotations

import math

import numpy as np

from qubatt.core.check import FloatArray
from qubatt.core.errors import ResourceError
from qubatt.engines.exact.chebyshev import expand
from qubatt.engines.exact.ellipse import enclose
from qubatt.engines.exact.reduced_lindbladian import Functionals, ReducedLindbladian, Vector

STEP_ROUNDING = 1e-11
"""Largest rounding error of one application, relative to the norm of the vector."""


class StepPropagator:
    """The flow exp(h𝓛), with h up to the longest step of the Chebyshev series.

    Repeated steps damp all but the slow modes of a state, which Krylov methods then resolve
    quickly. Results do not depend on earlier calls.
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
        """Return the coefficients of a step; those of the longest and the latest step are kept."""
        if h not in self._weights:
            longest = self._weights[self.longest]
            self._weights = {self.longest: longest, h: self._coefficients(h)}
        return self._weights[h]

    def __call__(self, vector: Vector, h: float) -> Vector | None:
        """Return exp(h𝓛) × vector, which the next call overwrites; None if h is too long."""
        weights = self._prepared(h)
        np.copyto(self._room[0], vector)
        limit = STEP_ROUNDING * max(1.0, math.sqrt(2.0) * float(np.linalg.norm(vector)))
        series = expand(self._reduced, self.ellipse, weights, self._room, self._functionals, limit)
        self.products += len(series.sizes) - 1
        if series.ended and series.rounding <= limit:
            return self._room[2]
        return None

    def shorter(self, h: float) -> float:
        """Return a shorter step to try after h was too long.

        Raises
        ------
        ResourceError
            If h is already close to the shortest permitted step.
        """
        if h / 2 < 1e-5 * self.longest:
            raise ResourceError(
                "No step h of exp(h𝓛) is short enough for these energies and rates."
            )
        return h / 2
