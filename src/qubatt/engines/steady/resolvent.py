"""Steady states by very long implicit steps, for any solver of (σ − 𝓛)x = b."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np

from qubatt.core.check import FloatArray
from qubatt.engines.steady.coordinates import Coordinates
from qubatt.engines.steady.projector import SteadyEstimate, SteadyProjector, StopRule

SLOW_RATIO = 0.2
"""Ratio of successive residuals above which a smaller σ is used."""


class ShiftedSolver(ABC):
    """Base class of methods that solve (σ − 𝓛)x = b."""

    residual_floor: float
    """Smallest ‖𝓛x‖ / ‖x‖ that can be distinguished from 0 despite rounding errors."""

    @abstractmethod
    def prepare(self, sigma: float) -> None:
        """Prepare to solve for a value of σ, unless that has been done.

        The result of `solve` must depend on this σ alone, not on earlier values.
        """

    @abstractmethod
    def apply(self, x: FloatArray) -> FloatArray:
        """Return 𝓛x."""

    @abstractmethod
    def solve(self, b: FloatArray) -> FloatArray:
        """Return (σ − 𝓛)⁻¹b."""

    @abstractmethod
    def statistics(self) -> dict[str, Any]:
        """Return the numbers of operations; see `SteadyProjector`."""


class ResolventProjector(SteadyProjector):
    """P₀x = lim R^k x with R = σ(σ − 𝓛)⁻¹.

    R is an implicit Euler step of length 1/σ: it preserves the trace, positivity and every
    conserved quantity, and multiplies an eigenvector with eigenvalue λ by σ/(σ − λ). Rx is computed
    as x + (σ − 𝓛)⁻¹𝓛x, which corrects rounding errors of earlier steps.
    """

    def __init__(self, coordinates: Coordinates, shifted: ShiftedSolver, sigma: float) -> None:
        self.coordinates = coordinates
        self.residual_floor = shifted.residual_floor
        self._shifted = shifted
        self._sigma = sigma
        self._steps = 0
        shifted.prepare(sigma)

    def project(self, x: FloatArray, stop: StopRule) -> SteadyEstimate:
        """Return P₀x; see `SteadyProjector.project`."""
        shifted, rate, size, error = self._shifted, np.nan, np.inf, 0.0
        sigma, smallest = self._sigma, 1e-7 * self._sigma
        shifted.prepare(sigma)
        flow = shifted.apply(x)
        residual = float(np.linalg.norm(flow))
        while not stop.met(x, residual) and residual > self.residual_floor * np.linalg.norm(x):
            change = shifted.solve(flow)
            self._steps += 1
            x = x + change
            flow = shifted.apply(x)
            before, residual = residual, float(np.linalg.norm(flow))
            if stop.report is not None:
                stop.report(residual)
            share, size = float(np.linalg.norm(change)) / size, float(np.linalg.norm(change))
            if 0 < share < 1:
                rate = sigma * (1.0 / share - 1.0)
            error = size * residual / before  # about the change by a further step
            if residual <= SLOW_RATIO * before:
                continue
            if sigma < smallest:
                break
            sigma *= 1e-2
            size = np.inf
            shifted.prepare(sigma)
        return SteadyEstimate(x, residual, error, rate)

    def statistics(self) -> dict[str, Any]:
        """Return the numbers of operations; see `SteadyProjector`."""
        return {"implicit_steps": self._steps} | self._shifted.statistics()
