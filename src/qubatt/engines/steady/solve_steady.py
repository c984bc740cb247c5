"""Steady states that initial states lead to, their number, and the relaxation rate."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from qubatt.core.check import FloatArray
from qubatt.core.declaration import parameters_of
from qubatt.core.errors import UnsupportedError
from qubatt.core.observable import Observable
from qubatt.core.realization import Realization
from qubatt.core.space import Basis, Operator, Space
from qubatt.core.task import Task
from qubatt.engines.engine import Progress, require_memory
from qubatt.engines.exact.reduced_lindbladian import ReducedLindbladian
from qubatt.engines.exact.sectors import find_sectors
from qubatt.engines.recorder import Readout
from qubatt.engines.steady.coordinates import Coordinates
from qubatt.engines.steady.gap import refuse_oscillation, relaxation_rate
from qubatt.engines.steady.krylov import MIN_KRYLOV_VECTORS
from qubatt.engines.steady.projector import RESIDUAL_TARGET
from qubatt.engines.steady.search import SteadySearch, WarmStart, find_steady
from qubatt.engines.steady.selection import select_solver
from qubatt.engines.steady.steady_solver import SteadySolver
from qubatt.engines.threads import single_blas
from qubatt.environment.dissipator import fitting_dissipators

BYTES_PER_COORDINATE = 100.0
"""Bytes per coordinate during the construction of the coordinates."""


@dataclass(frozen=True)
class SteadySolution:
    """The steady state that ρ(0) leads to.

    Attributes
    ----------
    moments : mapping of str to float
        Expectation values of the requested observables, by their labels.
    initial_moments : mapping of str to float
        The same expectation values at time 0.
    residual : float
        ‖𝓛ρ‖ (Frobenius norm).
    error_estimate : float
        Estimate of the distance to the exact steady state, ‖ρ − ρ_∞‖.
    trace_drift : float
        |Tr ρ − 1| before ρ was divided by its trace.
    smallest_eigenvalue : float
        Smallest eigenvalue of ρ; it is negative only because of numerical errors.
    count : int
        Number of independent steady states on the space reachable from ρ(0), 1 for a unique steady
        state; at most 8 are counted, and 0 means that the number is unknown.
    relaxation_rate : float or None
        Smallest −Re λ of the eigenvalues λ ≠ 0 of 𝓛 on this space (Liouvillian gap), if requested.
    converged : bool
        Whether residual and error are within their limits.
    statistics : mapping
        Name, options and counts of the method.
    state : array or None
        ρ, shape ``(D, D)``, if requested.
    battery_states : array or None
        Initial and steady reduced states of the battery, shape ``(2, d, d)``, if requested.
    space : Space or None
        The space of `state`.
    basis : mapping of str to str
        The chosen basis of every factor that offers a choice of bases.
    """

    moments: Mapping[str, float]
    initial_moments: Mapping[str, float]
    residual: float
    error_estimate: float
    trace_drift: float
    smallest_eigenvalue: float
    count: int
    relaxation_rate: float | None
    converged: bool
    statistics: Mapping[str, Any]
    state: Any = None
    battery_states: Any = None
    space: Space | None = None
    basis: Mapping[str, Basis] = field(default_factory=dict)

    def of(self, observable: Observable) -> float:
        """Return the expectation value of an observable in the steady state."""
        return self.moments[observable.label]


def solve_steady(
    task: Task,
    method: str | SteadySolver = "auto",
    *,
    gap: bool = False,
    warm_start: SteadySolution | None = None,
    progress: Progress | None = None,
) -> list[SteadySolution]:
    """Return the steady state that each initial state of a task leads to.

    Each result equals, within its error, that of a task with this initial state alone. If all
    initial states lead to one unique steady state, it is computed once. Otherwise each initial
    state has its own computation, and those with the same reachable coordinates share the
    preparation.

    Parameters
    ----------
    task : Task
        The task to solve, with at least one jump and without pulses; its times are `AT_REST`.
    method : str or SteadySolver
        ``"auto"``, the name of a registered steady solver, or a steady solver. ``"auto"`` uses
        `DirectSolver` for small problems, otherwise `SecularSolver` if damping is weak, otherwise
        `FlowSolver`.
    gap : bool
        Whether to compute the relaxation rate as well.
    warm_start : SteadySolution, optional
        Solution of the same problem with a lower photon cut-off, for a single initial state. Its
        state must be saved. A unique steady state is the starting point of the iteration, and
        the steady states are not counted again.
    progress : callable, optional
        Receives the completed fraction.

    Raises
    ------
    UnsupportedError
        If there is no dissipation or there are pulses, or if one of the states has an undamped
        oscillating component.
    ResourceError
        If one computation, or all results together, exceed the free memory.
    UnsuitedError
        If the requested solver fails on this problem.
    """
    _check(task, method)
    begin = (
        None
        if warm_start is None
        else WarmStart(warm_start.state, warm_start.count, warm_start.space)
    )
    query = _Query(task, method, gap, begin, _residual_report(progress))
    with single_blas():
        solutions = _solve(query, [task.realization.density(initial) for initial in task.initials])
    if progress is not None:
        progress(1.0)
    return solutions


class _Query(NamedTuple):
    """Arguments of `solve_steady` that all groups of initial states share."""

    task: Task
    method: str | SteadySolver
    gap: bool
    warm_start: WarmStart | None
    report: Callable[[float], None] | None

    @property
    def realization(self) -> Realization:
        """The matrices of the problem."""
        return self.task.realization

    @property
    def state(self) -> bool:
        """Whether ρ is saved."""
        return bool(np.any(self.task.save.states))


def _solve(
    query: _Query, initials: Sequence[Operator], alike: bool = False
) -> list[SteadySolution]:
    """Return the steady states; `alike` initial states have the same reachable coordinates."""
    realization = query.realization
    reduced = ReducedLindbladian(realization, find_sectors(realization).reached_from(initials))
    needed = (8.0 * (MIN_KRYLOV_VECTORS + len(initials)) + BYTES_PER_COORDINATE) * reduced.entries
    whole = query.state * 16.0 * realization.dim**2 * len(initials)
    needed += 8.0 * reduced.nbytes + reduced.table_bytes + whole
    require_memory("steady-state", needed, realization.dim)
    coordinates = Coordinates(reduced, initials)
    groups, meet = ([[*range(len(initials))]], True) if alike else _groups(coordinates)
    if len(groups) > 1 and (query.gap or not meet):
        return _solve_groups(query, initials, groups)
    search = find_steady(coordinates, query.method, query.report, query.warm_start)
    if len(groups) > 1 and not search.unique:
        return _solve_groups(query, initials, groups)
    if len(initials) > 1 and not search.converged:
        return _solve_groups(query, initials, [[k] for k in range(len(initials))])
    read = _Expectations(query, coordinates, search)
    solutions = [read.solution(start) for start in coordinates.initials]
    for k, solution in enumerate(solutions):
        if len(solutions) > 1 and not solution.converged:  # another method may succeed
            (solutions[k],) = _solve(query, initials[k : k + 1])
    return solutions


def _groups(coordinates: Coordinates) -> tuple[list[list[int]], bool]:
    """Group initial states by reachable coordinates; return whether all share coordinates.

    The groups contain indices. Without shared coordinates there is no common steady state.
    """
    if len(coordinates.initials) == 1:
        return [[0]], True
    reached = [coordinates.reached_from(start) for start in coordinates.initials]
    groups: dict[bytes, list[int]] = {}
    for k, mask in enumerate(reached):
        groups.setdefault(mask.tobytes(), []).append(k)
    return [*groups.values()], bool(np.all(reached, axis=0).any())


def _solve_groups(
    query: _Query, initials: Sequence[Operator], groups: list[list[int]]
) -> list[SteadySolution]:
    """Return the steady states, computed separately for each group of initial states."""
    solved: dict[int, SteadySolution] = {}
    for group in groups:
        solutions = _solve(query, [initials[k] for k in group], alike=True)
        solved |= dict(zip(group, solutions, strict=True))
    return [solved[k] for k in range(len(initials))]


class _Expectations:
    """Solutions for initial states with the same reachable coordinates."""

    def __init__(self, query: _Query, coordinates: Coordinates, search: SteadySearch) -> None:
        self._query, self._coordinates, self._search = query, coordinates, search
        self._readout = Readout(query.realization, query.task.observables)
        self._functionals = coordinates.reduced.functionals(self._readout.operators)

    def solution(self, start: FloatArray) -> SteadySolution:
        """Return the steady state that an initial state leads to."""
        query, coordinates, reduced = (
            self._query,
            self._coordinates,
            self._coordinates.reduced,
        )
        search = self._search if start is coordinates.initial else self._search.of(start)
        x, trace = self._normal(search)
        if search.steady_count.states > 1:
            refuse_oscillation(coordinates, start, x)
        vector = coordinates.vector(x)
        ends = [coordinates.vector(start), vector]
        first, values = (
            self._readout.moments(np.zeros(1), self._functionals.of(part)[np.newaxis])
            for part in ends
        )
        marginals = [reduced.battery.of(part) for part in ends] if query.task.save.battery else []
        return SteadySolution(
            moments={name: float(value[0]) for name, value in values.items()},
            initial_moments={name: float(value[0]) for name, value in first.items()},
            residual=search.estimate.residual,
            error_estimate=search.error,
            trace_drift=abs(trace - 1.0),
            smallest_eigenvalue=reduced.smallest_eigenvalue(vector),
            count=search.steady_count.states if search.resolved else 0,
            relaxation_rate=self._gap if query.gap else None,
            converged=search.converged,
            basis=query.task.problem.space.bases,
            statistics={
                "method": search.solver.name,
                "basis": query.realization.basis,
                "dimension": query.realization.dim,
                "entries": reduced.entries,
            }
            | _options(search.solver)
            | search.projector.statistics(),
            state=reduced.unpack(vector) if query.state else None,
            space=query.task.problem.space if query.state else None,
            battery_states=reduced.battery_states(np.array(marginals)) if marginals else None,
        )

    def _normal(self, search: SteadySearch) -> tuple[FloatArray, float]:
        """Return the limit divided by its trace, and the trace."""
        trace = float(self._coordinates.one @ search.estimate.x)
        return search.estimate.x / trace, trace

    @cached_property
    def _gap(self) -> float:
        """The relaxation rate, which all initial states share; NaN without convergence."""
        search = self._search
        if not search.converged:
            return math.nan  # the slow modes are unknown
        x, _ = self._normal(search)
        return relaxation_rate(self._coordinates, x, search.steady_count.states)


def _options(solver: SteadySolver) -> dict[str, Any]:
    """Return the fields of a solver, for the statistics."""
    fields = parameters_of(solver)
    del fields["type"]
    return fields


def _check(task: Task, method: str | SteadySolver) -> None:
    solver, problem = select_solver(method), task.problem
    if solver is not None and (reason := solver.unsupported(task)):
        raise UnsupportedError(reason)
    if not problem.jumps:
        names = ", ".join(fitting_dissipators(problem.space))
        raise UnsupportedError(
            "Without an environment the dynamics is unitary: energy swings back and forth and no"
            " steady state is reached."
            + (f" Environments of this battery are: {names}." if names else " Add jump operators.")
        )
    if problem.has_pulses:
        raise UnsupportedError(
            "A steady state needs a constant Hamiltonian, but this one has pulses. Replace them by"
            " numbers, or charge up to a late time."
        )


def _residual_report(progress: Progress | None) -> Callable[[float], None] | None:
    """Return a callback that converts the logarithm of a residual to a completed fraction."""
    if progress is None:
        return None

    def report(residual: float) -> None:
        done = math.log(max(residual, RESIDUAL_TARGET)) / math.log(RESIDUAL_TARGET)
        progress(0.5 * min(max(done, 0.0), 1.0))

    return report
