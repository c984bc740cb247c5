"""Choice of the method that computes the steady state of an initial state, and its error."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import scipy.sparse as sp

from qubatt.core.check import FloatArray
from qubatt.core.space import Space
from qubatt.engines.steady.coordinates import Coordinates, largest_rate, smallest_rate
from qubatt.engines.steady.gap import STEADY_RATE, SteadyCount, count_steady
from qubatt.engines.steady.projector import (
    RESIDUAL_TARGET,
    RESIDUAL_TOLERANCE,
    SteadyEstimate,
    SteadyProjector,
    StopRule,
)
from qubatt.engines.steady.selection import AUTO, candidates
from qubatt.engines.steady.steady_solver import SteadySolver, UnsuitedError

MAX_ERROR = 1e-7
"""Largest estimated error of ρ for a converged steady state."""


logger = logging.getLogger(__name__)


class WarmStart(NamedTuple):
    """Steady state ``(d, d)``, number of steady states, and space, for a lower photon cut-off."""

    state: Any
    states: int
    space: Space | None


def find_steady(
    coordinates: Coordinates,
    method: str | SteadySolver,
    report: Callable[[float], None] | None,
    warm_start: WarmStart | None,
) -> SteadySearch:
    """Return the steady state of the first initial state by the first method that converges.

    A warm start, from a lower cut-off, replaces the initial state if its steady state is unique.
    """
    stop = StopRule(RESIDUAL_TARGET * min(1.0, largest_rate(coordinates)), report=report)
    start = coordinates.initial
    if warm_start is not None and warm_start.states == 1:
        start = _embedded(coordinates, warm_start)
    best: SteadySearch | None = None
    for solver, projector in candidates(coordinates, method):
        try:
            estimate = projector.project(start, stop)
        except UnsuitedError:
            if method != AUTO:
                raise
            logger.info("the %s solver does not suit this problem", solver.name)
            continue
        logger.info("%s solver: residual %.1e", solver.name, estimate.residual)
        if best is not None and estimate.residual > best.estimate.residual:
            continue
        if warm_start is not None and warm_start.states:
            count = SteadyCount(warm_start.states, estimate.rate)
        elif estimate.residual <= max(RESIDUAL_TOLERANCE, projector.residual_floor):
            count = count_steady(projector, estimate.x / (coordinates.one @ estimate.x))
        else:
            count = SteadyCount(0, estimate.rate)  # they cannot be counted without convergence
        conserving = solver.conserving_projector(coordinates) if count.states > 1 else None
        if conserving is not None:
            estimate = conserving.project(coordinates.initial, stop)
        best = SteadySearch(solver, projector, estimate, count, conserving or projector, stop)
        if best.converged:
            break
    if best is None:
        raise AssertionError  # the flow always returns
    return best


class SteadySearch(NamedTuple):
    """Steady state of ρ(0), the method that computed it, and the number of steady states."""

    solver: SteadySolver
    projector: SteadyProjector
    estimate: SteadyEstimate
    steady_count: SteadyCount
    final_projector: SteadyProjector
    stop: StopRule

    def of(self, start: FloatArray) -> SteadySearch:
        """Return the result for another initial state with the same reachable coordinates."""
        if self.steady_count.states == 1:
            return self
        return self._replace(estimate=self.final_projector.project(start, self.stop))

    @property
    def unique(self) -> bool:
        """Whether all initial states certainly have this steady state."""
        return self.steady_count.states == 1 and self.converged

    @property
    def error(self) -> float:
        """Estimate of ‖ρ − ρ_∞‖; infinite if no estimate is possible.

        It allows for a remainder of the slowest mode that is hidden by rounding errors in 𝓛ρ.
        """
        error = self.estimate.error
        rate = self.steady_count.rate if self.steady_count.states == 1 else self.estimate.rate
        if not math.isfinite(error) and self.estimate.residual > 0:
            error = self.estimate.residual / rate
        lost = (
            self.projector.residual_floor * float(np.linalg.norm(self.estimate.x)) / rate
            if rate > 0
            else 0.0
        )
        return max(error, lost) if math.isfinite(error) else math.inf

    @property
    def resolved(self) -> bool:
        """Whether several steady states can be distinguished from slow relaxation."""
        slow = STEADY_RATE * smallest_rate(self.projector.coordinates)
        return self.steady_count.states <= 1 or 40 * self.projector.residual_floor <= slow

    @property
    def converged(self) -> bool:
        """Whether residual and error are within their limits and the steady states are resolved."""
        least = max(RESIDUAL_TOLERANCE, self.projector.residual_floor)
        small = self.estimate.residual <= least and self.error <= MAX_ERROR
        return small and self.resolved


def _embedded(coordinates: Coordinates, warm_start: WarmStart) -> FloatArray:
    """Return the coordinates of a warm start, with the additional levels of each mode empty."""
    realization = coordinates.reduced.realization
    space = warm_start.space or realization.problem.space
    indices, small = space.places_in(realization.problem.space), sp.coo_array(warm_start.state)
    rows, columns = (indices[part] for part in small.coords)
    larger = sp.csr_array((small.data, (rows, columns)), shape=(realization.dim,) * 2)
    return coordinates.of(coordinates.reduced.pack(larger))
