"""Base class of projections P₀x = lim exp(t𝓛)x on the steady states, and their stop rule."""

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
"""‖𝓛ρ‖ of a converged steady state, and at which the solvers stop."""

SPARE_FRACTION = 0.25
"""Part of the free memory that may be taken for what makes a solver quicker."""


def spare_memory() -> float:
    """Return how many bytes may be taken for what makes a solver quicker."""
    return SPARE_FRACTION * free_memory()


class StopRule(NamedTuple):
    """When a limit is close enough; any of the three suffices.

    Attributes
    ----------
    residual : float
        ‖𝓛x‖.
    relative : float
        ‖𝓛x‖ / ‖x‖.
    norm : float
        ‖x‖, below which the limit counts as 0.
    tell : callable, optional
        Called with ‖𝓛x‖ during the iteration.
    """

    residual: float
    relative: float = 0.0
    norm: float = 0.0
    report: Callable[[float], None] | None = None

    def met(self, x: FloatArray, residual: float) -> bool:
        """Return whether x is close enough."""
        size = float(np.linalg.norm(x))
        return residual <= max(self.residual, self.relative * size) or size <= self.norm


class SteadyEstimate(NamedTuple):
    """P₀x of some x.

    Attributes
    ----------
    x : array
        Coordinates.
    residual : float
        ‖𝓛x‖.
    error : float
        Estimate of the distance to the limit, ‖x − P₀x‖.
    rate : float
        Estimate of the slowest decay met on the way; NaN if none was seen.
    ritz : array
        Eigenvalues of exp(h𝓛) as the largest Krylov space of the flow approximates them; empty
        where there was none.
    """

    x: FloatArray
    residual: float
    error: float
    rate: float
    ritz_values: NDArray[Any] = np.zeros(0)


class SteadyProjector(ABC):
    """A way to P₀x that keeps conserved quantities: polynomials or rational functions of 𝓛.

    P₀ projects on the steady states along everything that decays or oscillates. A solver that
    only looks for some solution of 𝓛ρ = 0 would have to choose among several; this one arrives
    where ρ(0) leads.
    """

    coordinates: Coordinates
    residual_floor: float
    """Smallest ‖𝓛x‖ / ‖x‖ that rounding allows to tell from 0."""

    @abstractmethod
    def project(self, x: FloatArray, stop: StopRule) -> SteadyEstimate:
        """Return P₀x, as close as rounding lets it be if that is not close enough.

        The result depends on x and the goal alone, not on earlier calls. What takes long to
        prepare may be kept for later ones.
        """

    @abstractmethod
    def statistics(self) -> dict[str, Any]:
        """Return the counts of products, factorisations and the like."""
