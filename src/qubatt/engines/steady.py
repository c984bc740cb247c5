"""Steady states: the one that ρ(0) leads to, how many there are, how fast they are reached."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, get_args

import numpy as np
import scipy.sparse as sp

from qubatt.core.check import FloatArray
from qubatt.core.errors import ArgumentError, UnsupportedError
from qubatt.core.problem import Problem
from qubatt.core.realization import choose_basis, realize
from qubatt.core.space import Basis
from qubatt.engines.coordinates import Coordinates, largest_rate, smallest_rate
from qubatt.engines.engine import MomentOperator, Progress, Watch, require_memory
from qubatt.engines.krylov import FEWEST
from qubatt.engines.limit import AIM, TOLERANCE, Goal, Limit, Limiter
from qubatt.engines.limiters import Method, careful, limiters
from qubatt.engines.reduced import Reduced
from qubatt.engines.relaxation import (
    STEADY,
    Probe,
    count_steady,
    refuse_oscillation,
    relaxation_rate,
)
from qubatt.engines.secular import NotWeakError
from qubatt.engines.threads import single_blas

PER_COORDINATE = 100.0
"""Bytes per coordinate while these are made."""

LARGEST_ERROR = 1e-7
"""Estimated error of ρ from which on a steady state counts as not converged."""


@dataclass(frozen=True)
class SteadySolution:
    """The steady state that ρ(0) leads to.

    Attributes
    ----------
    moments : mapping of str to float
        Expectation values of the operators asked for.
    start : mapping of str to float
        The same at time 0.
    residual : float
        ‖𝓛ρ‖ (Frobenius norm).
    error_estimate : float
        Estimate of the distance to the exact steady state, ‖ρ − ρ_∞‖.
    trace_drift : float
        |Tr ρ − 1| before ρ was divided by its trace.
    smallest_eigenvalue : float
        Of ρ; negative ones are rounding, or an error.
    count : int
        Number of independent steady states within reach of ρ(0), 1 if it is unique; at most 8
        are counted, and 0 stands for not established.
    relaxation_rate : float or None
        Smallest −Re λ of the eigenvalues λ ≠ 0 of 𝓛 within reach (Liouvillian gap), if asked for.
    converged : bool
        Whether residual and error are as small as they should be.
    statistics : mapping
        Method and what it counted.
    state : array or None
        ρ, shape ``(D, D)``, if asked for.
    battery_states : array or None
        Reduced states of the battery at time 0 and at the end, shape ``(2, d, d)``, if asked for.
    """

    moments: Mapping[str, float]
    start: Mapping[str, float]
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


def solve_steady(
    problem: Problem,
    moments: Mapping[str, MomentOperator],
    *,
    method: Method = "auto",
    gap: bool = False,
    basis: Basis | None = None,
    state: bool = False,
    battery: bool = False,
    known: SteadySolution | None = None,
    progress: Progress | None = None,
) -> SteadySolution:
    """Return the steady state of a problem that is reached from its initial state.

    Parameters
    ----------
    problem : Problem
        What to solve; with at least one jump, without pulses.
    moments : mapping of str to MomentOperator
        Operators whose expectation values are wanted.
    method : {"auto", "direct", "secular", "flow"}
        `Factorization` where it is small, else `Secular` where damping is weak, else
        `KrylovFlow`; or the one named.
    gap : bool
        Compute the relaxation rate too.
    basis : {"symmetric", "full"}, optional
        Basis of the atoms; the smallest that holds the problem by default.
    state : bool
        Keep ρ.
    battery : bool
        Keep the reduced states of the battery.
    known : SteadySolution, optional
        Solution, with its state, of the same problem with a lower photon cut-off: where to begin
        if the steady state is unique, and how many there are, which then is not counted again.
    progress : callable, optional
        Called with the fraction done.

    Raises
    ------
    UnsupportedError
        If there is no dissipation or there are pulses, or if the state oscillates for ever.
    ResourceError
        If the problem does not fit in the free memory.
    """
    _check(problem, method)
    realization = realize(problem, choose_basis(problem, basis))
    reduced = Reduced(realization)
    needed = (8.0 * FEWEST + PER_COORDINATE) * reduced.entries + 8.0 * reduced.nbytes
    whole = state * 16.0 * realization.dim**2
    require_memory("steady-state", needed + reduced.table_bytes + whole, realization.dim)
    with single_blas():
        coordinates = Coordinates(reduced)
        settled = _settle(coordinates, method, _tell(progress), known)
        found, probe = settled.limit, settled.probe
        trace = float(coordinates.one @ found.x)
        x = found.x / trace
        if probe.states > 1:
            refuse_oscillation(coordinates, x)
        rate = None
        if gap:
            settled_well = settled.converged  # or nothing would be known of what is slow
            rate = relaxation_rate(coordinates, x, probe.states) if settled_well else math.nan
        vector = coordinates.vector(x)
        ends = [coordinates.vector(coordinates.start), vector]
        watch = Watch(realization, moments)
        functionals = reduced.functionals(watch.operators)
        first, values = (
            watch.moments(np.zeros(1), functionals.of(part)[np.newaxis]) for part in ends
        )
        marginals = [reduced.battery.of(part) for part in ends] if battery else []
        smallest = reduced.smallest_eigenvalue(vector)
    if progress is not None:
        progress(1.0)
    return SteadySolution(
        moments={name: float(value[0]) for name, value in values.items()},
        start={name: float(value[0]) for name, value in first.items()},
        residual=found.residual,
        error_estimate=settled.error,
        trace_drift=abs(trace - 1.0),
        smallest_eigenvalue=smallest,
        count=probe.states if settled.told_apart else 0,
        relaxation_rate=rate,
        converged=settled.converged,
        statistics={
            "method": settled.limiter.method,
            "basis": realization.basis,
            "dimension": realization.dim,
            "entries": reduced.entries,
        }
        | settled.limiter.statistics(),
        state=reduced.unpack(vector) if state else None,
        battery_states=reduced.battery_states(np.array(marginals)) if battery else None,
    )


def _settle(
    coordinates: Coordinates,
    method: Method,
    tell: Callable[[float], None] | None,
    known: SteadySolution | None,
) -> _Settled:
    """Return the limit of ρ(0) by the first method that gets there, and what else is steady."""
    goal = Goal(AIM * min(1.0, largest_rate(coordinates)), tell=tell)
    start = coordinates.start
    if known is not None and known.count == 1:
        start = _embedded(coordinates, known.state)
    best: _Settled | None = None
    for limiter in limiters(coordinates, method):
        try:
            found = limiter.limit(start, goal)
        except NotWeakError:
            if method != "auto":
                raise
            continue
        if best is not None and found.residual > best.limit.residual:
            continue
        if known is not None and known.count:
            probe = Probe(known.count, found.rate)
        elif found.residual <= max(TOLERANCE, limiter.floor):
            probe = count_steady(limiter, found.x / (coordinates.one @ found.x))
        else:
            probe = Probe(0, found.rate)  # what is not steady yet says nothing of others
        if probe.states > 1 and (better := careful(coordinates, limiter)):
            found = better.limit(coordinates.start, goal)
        best = _Settled(limiter, found, probe)
        if best.converged:
            break
    if best is None:
        raise AssertionError  # the flow always ends
    return best


class _Settled(NamedTuple):
    """The limit of ρ(0), how it was found, and what else is steady."""

    limiter: Limiter
    limit: Limit
    probe: Probe

    @property
    def error(self) -> float:
        """Estimate of ‖ρ − ρ_∞‖; infinite where there is none.

        What rounding leaves of 𝓛ρ is as good as 0, but the slowest mode may still fit into it.
        """
        error = self.limit.error
        rate = self.probe.rate if self.probe.states == 1 else self.limit.rate
        if not math.isfinite(error) and self.limit.residual > 0:
            error = self.limit.residual / rate
        lost = self.limiter.floor * float(np.linalg.norm(self.limit.x)) / rate if rate > 0 else 0.0
        return max(error, lost) if math.isfinite(error) else math.inf

    @property
    def told_apart(self) -> bool:
        """Whether rounding lets several steady states be told from one that is reached slowly."""
        slow = STEADY * smallest_rate(self.limiter.coordinates)
        return self.probe.states <= 1 or 40 * self.limiter.floor <= slow

    @property
    def converged(self) -> bool:
        """Whether residual and error are as small as they should be."""
        least = max(TOLERANCE, self.limiter.floor)
        small = self.limit.residual <= least and self.error <= LARGEST_ERROR
        return small and self.told_apart


def _embedded(coordinates: Coordinates, state: Any) -> FloatArray:
    """Return a state of the first basis states alone; the cavity is the first factor."""
    dim = coordinates.reduced.realization.dim
    padded = sp.csr_array(state)
    padded.resize((dim, dim))
    return coordinates.of(coordinates.reduced.pack(padded))


def _check(problem: Problem, method: str) -> None:
    if method not in get_args(Method):
        known = '"auto", "direct", "secular" or "flow"'
        raise ArgumentError("method", f"be {known}", method)
    if not problem.jumps:
        raise UnsupportedError(
            "Without an environment the dynamics is unitary: energy swings back and forth and no"
            " steady state is reached. Give one, for example environment=qb.CavityLoss(0.5)."
        )
    if any(term.pulse is not None for term in problem.charging_terms):
        raise UnsupportedError(
            "A steady state needs a constant Hamiltonian, but this one has pulses. Use numbers, or"
            " charge up to a late time."
        )


def _tell(progress: Progress | None) -> Callable[[float], None] | None:
    """Turn residuals into the fraction done: logarithms from 1 to the tolerance."""
    if progress is None:
        return None

    def tell(residual: float) -> None:
        done = math.log(max(residual, AIM)) / math.log(AIM)
        progress(0.5 * min(max(done, 0.0), 1.0))

    return tell
