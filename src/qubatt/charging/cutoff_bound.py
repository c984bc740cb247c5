"""Bound on the trace distance between the truncated and the exact state."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qubatt.charging.request import Request
from qubatt.core.check import FloatArray
from qubatt.core.cutoff_defect import CutoffDefect, DefectOperator
from qubatt.core.solution import Solution
from qubatt.engines.exact.sectors import find_sectors
from qubatt.operators import Mode

ROUNDING = 1e-15
"""Rounding error of a population, and of ⟨K†K⟩ relative to the largest eigenvalue of K†K."""

FEWEST_MORE_LEVELS = 20
"""Number of levels, beyond twice the retained ones, over which the tail is summed."""


@dataclass(frozen=True)
class CutoffBound:
    """B(t) ≥ ‖ρ̂(t) − ρ(t)‖₁ for the truncated state ρ and the exact state ρ̂.

    Attributes
    ----------
    initial : float
        ‖ρ̂(0) − ρ(0)‖₁ or a bound on it.
    edges : array, shape (K,)
        Ascending times, the first of them 0.
    leaked : array, shape (K,)
        Bounds on ∫‖(𝓛̂ − 𝓛)ρ‖₁ds up to these times, for the computed ρ.
    strict : array, shape (K,)
        The same, with the errors of the computed ρ included; infinite if they are not bounded.
    noise : array, shape (K,)
        Part of `leaked` that rounding errors can cause.
    sharp : float or None
        ‖(𝓛̂ − 𝓛)ρ‖ of a steady state in the Frobenius norm, if it was computed.
    """

    initial: float
    edges: FloatArray
    leaked: FloatArray
    strict: FloatArray
    noise: FloatArray
    sharp: float | None = None

    @property
    def is_zero(self) -> bool:
        """Whether nothing leaves the retained levels, so that the cut-off causes no error."""
        return self.initial == 0.0 and not np.any(self.leaked)

    def at(self, times: FloatArray) -> FloatArray:
        """Return B at times, shape ``(T,)``; inside an interval, the value at its end."""
        return np.asarray(self.initial + self.leaked[self._after(times)])

    def proved_at(self, times: FloatArray) -> FloatArray:
        """Return B with the errors of the computed state included."""
        return np.asarray(self.initial + self.strict[self._after(times)])

    def likely_at(self, times: FloatArray, share: float) -> FloatArray:
        """Return B with only a given share of the leakage during the run."""
        return np.asarray(self.initial + share * self.leaked[self._after(times)])

    def is_noise_at(self, times: FloatArray) -> FloatArray:
        """Return whether rounding errors can account for B."""
        after = self._after(times)
        return np.asarray(self.initial + self.leaked[after] <= 10.0 * self.noise[after])

    def after(self, before: CutoffBound) -> CutoffBound:
        """Return the bound for a run that starts from the last state of another run."""
        return CutoffBound(
            self.initial + before.initial,
            self.edges,
            self.leaked + before.leaked[-1],
            self.strict + before.strict[-1],
            self.noise + before.noise[-1],
        )

    def _after(self, times: FloatArray) -> Any:
        return np.minimum(np.searchsorted(self.edges, times), len(self.edges) - 1)


def bound_of(request: Request, solution: Solution, initial: float) -> CutoffBound | None:
    """Return the bound for a propagation; None if the defect or its integrals are not known."""
    defect = request.defect
    if defect is None:
        return None
    if defect.is_zero:
        edges = np.array([0.0, float(solution.times[-1])])
        own = _trace_error(request, solution)
        return CutoffBound(initial, edges, np.zeros(2), np.array([own, own]), np.zeros(2))
    if solution.integrals is None:
        return None
    edges, integrals = solution.integrals
    length = np.diff(edges)
    leaked = defect.integral(length, _read(integrals))
    noise = defect.integral(length, lambda X: ROUNDING * X.norm * length)
    tiny = all(np.all(integrals[X.label] <= ROUNDING * X.norm * length) for X in _leading(defect))
    exact_zero = tiny and not _leaves(request, defect)
    leaked = np.zeros(len(length)) if exact_zero else leaked
    own = _trace_error(request, solution)
    strict = np.full(len(length), math.inf)
    if exact_zero:
        strict = leaked
    elif not request.problem.has_pulses:
        read = _read(integrals)
        strict = defect.integral(length, lambda X: read(X) + own * X.norm * length)
    return CutoffBound(
        initial,
        edges,
        _summed(leaked),
        own + _summed(strict),
        np.zeros(len(edges)) if exact_zero else _summed(noise),
    )


def steady_bound(
    request: Request, moments: Mapping[str, float], state: NDArray[Any] | None, initial: float
) -> CutoffBound | None:
    """Return ‖(𝓛̂ − 𝓛)ρ‖₁ of a steady state in place of ∫b dt; it does not bound the distance.

    If it is zero, `initial`, a bound on ‖ρ̂(0) − ρ(0)‖₁, bounds the distance.
    """
    defect = request.defect
    if defect is None:
        return None
    rate = float(defect.rate(_read(moments)))
    if rate > 0.0 and all(moments[X.label] <= ROUNDING * X.norm for X in _leading(defect)):
        rate = rate if _leaves(request, defect) else 0.0
    noise = float(defect.rate(lambda X: ROUNDING * X.norm))
    known = rate if rate == 0.0 else math.inf
    sharp = None if state is None or rate == 0.0 else defect.norm(state)
    edges = np.array([math.inf])
    leaked, strict, noisy = np.array([rate]), np.array([known]), np.array([noise])
    return CutoffBound(initial, edges, leaked, strict, noisy, sharp)


def _read(values: Mapping[str, Any]) -> Callable[[DefectOperator], Any]:
    """Return the function that maps an operator to its expectation value, 0 if that is negative."""
    return lambda X: np.maximum(values[X.label], 0.0)


def _leading(defect: CutoffDefect) -> list[DefectOperator]:
    """Return the operators whose expectation values vanish where nothing leaves the cut-off."""
    rest = [operator for jump in defect.jumps for operator in (jump.JJ, jump.MM)]
    return [*([defect.KK] if defect.KK is not None else []), *rest]


def _leaves(request: Request, defect: CutoffDefect) -> bool:
    """Return whether the dynamics reaches states from which an operator leads above the cut-off."""
    sectors = find_sectors(request.realization)
    reached = np.concatenate([sectors.members[S] for S in np.unique(np.array(sectors.pairs))])
    operators = [part for X in _leading(defect) for part in X.matrices_by_pulse]
    return any(bool(np.any(operator.diagonal()[reached])) for operator in operators)


def _summed(parts: FloatArray) -> FloatArray:
    return np.concatenate([[0.0], np.cumsum(parts)])


def _trace_error(request: Request, solution: Solution) -> float:
    """Return the error of the computed ρ in trace norm, √D times that in the Frobenius norm."""
    if solution.error != "bound" or not math.isfinite(solution.error_estimate):
        return math.inf
    return math.sqrt(request.realization.dim) * solution.error_estimate


def initial_populations(request: Request) -> dict[str, FloatArray]:
    """Return, for each mode, the level populations of the untruncated initial state."""
    problem, space = request.problem, request.problem.space
    diagonal = request.realization.initial.diagonal().real
    result = {}
    for mode in space.modes:
        weights = np.bincount(space.level_of(mode), weights=diagonal)
        if request.charger is not None and mode == problem.charger:
            levels = 2 * space.factors[mode].dim + FEWEST_MORE_LEVELS
            state = request.charger.prepared_in(mode, Mode(levels))
            weights = np.abs(state) ** 2 if state.ndim == 1 else state.diagonal().real
        result[mode] = np.asarray(weights, dtype=np.float64)
    return result


def initial_distance(populations: Mapping[str, FloatArray], dims: Mapping[str, int]) -> float:
    """Return a bound on ‖ρ̂(0) − ρ(0)‖₁ for a ρ(0) cut to some levels and normalised.

    2√(1 − F) with the retained population F; it is exact for kets (gentle measurement).
    """
    lost = sum(float(p[dims[mode] :].sum()) for mode, p in populations.items())
    return 2.0 * math.sqrt(min(max(lost, 0.0), 1.0))
