"""Base class of projections P₀x = lim exp(t𝓛)x onto the steady states, and their stopping rule."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from qubatt.core.check import FloatArray
from qubatt.core.memory import free_memory
from qubatt.engines.steady.coordinates import Coordinates

RESIDUAL_TOLERANCE, RESIDUAL_TARGET = 1e-10, 1e-11
"""Largest ‖𝓛ρ‖ of a converged steady state, and the smaller value at which solvers stop."""

SPARE_FRACTION = 0.25
"""Fraction of the free memory that may be used to speed up a solver."""


def spare_memory() -> float:
    """Return the number of bytes that may be used to speed up a solver."""
    return SPARE_FRACTION * free_memory()


class StopRule(NamedTuple):
    """Criteria for a sufficiently accurate limit; any one of the first three suffices.

    Attributes
    ----------
    residual : float
        Largest acceptable ‖𝓛x‖.
    relative : float
        Largest acceptable ‖𝓛x‖ / ‖x‖.
    norm : float
        Largest ‖x‖ for which the limit counts as 0.
    report : callable, optional
        Called with ‖𝓛x‖ during the iteration.
    """

    residual: float
    relative: float = 0.0
    norm: float = 0.0
    report: Callable[[float], None] | None = None

    def met(self, x: FloatArray, residual: float) -> bool:
        """Return whether x meets one of the criteria."""
        size = float(np.linalg.norm(x))
        return residual <= max(self.residual, self.relative * size) or size <= self.norm


class SteadyEstimate(NamedTuple):
    """Result of a projection P₀x, with its error.

    Attributes
    ----------
    x : array
        Coordinates of P₀x.
    residual : float
        ‖𝓛x‖ of the result.
    error : float
        Estimate of the distance to the limit, ‖x − P₀x‖.
    rate : float
        Estimate of the slowest decay rate observed during the iteration; NaN if none was observed.
    ritz_values : array
        Approximate eigenvalues of exp(h𝓛) from the largest Krylov space of the flow; empty if
        there was no Krylov space.
    """

    x: FloatArray
    residual: float
    error: float
    rate: float
    ritz_values: NDArray[Any] = np.zeros(0)


class SteadyProjector(ABC):
    """Base class of methods that compute P₀x by polynomials or rational functions of 𝓛.

    P₀ projects onto the steady states and removes all modes that decay or oscillate. If 𝓛ρ = 0
    has several solutions, P₀ρ(0) is the one that ρ(0) leads to, because functions of 𝓛 preserve
    all conserved quantities.
    """

    coordinates: Coordinates
    residual_floor: float
    """Smallest ‖𝓛x‖ / ‖x‖ that can be distinguished from 0 despite rounding errors."""

    @abstractmethod
    def project(self, x: FloatArray, stop: StopRule) -> SteadyEstimate:
        """Return P₀x, accurate enough for `stop` or as accurate as rounding allows.

        The result depends only on x and `stop`, not on earlier calls. The results of
        expensive preparations may be kept for later calls.
        """

    @abstractmethod
    def statistics(self) -> dict[str, Any]:
        """Return the numbers of products, factorisations and other operations."""
