"""Steady states: the one that ρ(0) leads to, how many there are, how fast they are reached."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, get_args

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import shortest_path
from scipy.sparse.linalg import ArpackNoConvergence, LinearOperator, eigs

from qubatt.core.check import FloatArray
from qubatt.core.errors import ArgumentError, UnsupportedError
from qubatt.core.problem import Problem
from qubatt.core.realization import Realization, choose_basis, realize
from qubatt.core.space import Basis
from qubatt.engines.coordinates import Coordinates
from qubatt.engines.engine import MomentOperator, Progress, Watch, require_memory
from qubatt.engines.factorization import Factorization
from qubatt.engines.flow import Flow
from qubatt.engines.krylov import FEWEST, KrylovFlow
from qubatt.engines.limit import Goal, Limit, Limiter
from qubatt.engines.reduced import Reduced
from qubatt.engines.resolvent import Resolvent, Shifted
from qubatt.engines.secular import LARGEST_CONDITION, TIGHT, NotWeakError, Secular
from qubatt.engines.threads import single_blas

Method = Literal["auto", "direct", "secular", "flow"]
"""How a steady state is computed."""

TOLERANCE, AIM = 1e-10, 1e-11
"""‖𝓛ρ‖ of a converged steady state, and at which the solvers stop."""

LARGEST_ERROR = 1e-7
"""Estimated error of ρ from which on a steady state counts as not converged."""

VANISHED = 1e-5
"""Norm to which the difference of two states must fall for both to lead to the same one."""

STEADY = 1e-9
"""‖𝓛x‖ / ‖x‖ below which x is steady: nothing can be told from what decays more slowly."""

SMALL = 200
"""Coordinates up to which all eigenvalues are computed."""

KRYLOV = 48
"""Krylov vectors for the relaxation rate."""

LARGEST_SECULAR = 4000
"""States up to which the secular method is tried."""

MOST = 8
"""Number of steady states up to which they are counted."""


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
        are counted.
    relaxation_rate : float or None
        Smallest −Re λ of the eigenvalues λ ≠ 0 of 𝓛 within reach (Liouvillian gap), if asked for.
    converged : bool
        Whether residual and error are as small as they should be.
    statistics : mapping
        Method and what it counted.
    state : array or None
        ρ, shape ``(D, D)``, if asked for.
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


def solve_steady(
    problem: Problem,
    moments: Mapping[str, MomentOperator],
    *,
    method: Method = "auto",
    gap: bool = False,
    basis: Basis | None = None,
    state: bool = False,
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
    known : SteadySolution, optional
        Solution, with its state, of the same problem with a lower photon cut-off. If it is unique
        there, it is where to begin, and steady states are not counted again.
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
    with single_blas():
        coordinates = Coordinates(reduced)
        limiter, found, probe = _settle(coordinates, method, _tell(progress), known)
        trace = float(coordinates.one @ found.x)
        x = found.x / trace
        error = max(found.error, 0.0) if math.isfinite(found.error) else found.residual / probe.rate
        if probe.states > 1:
            _refuse_oscillation(coordinates, x)
        rate = relaxation_rate(coordinates, probe.kernel) if gap else None
        vector = coordinates.vector(x)
        watch = Watch(realization, moments)
        functionals = reduced.functionals(watch.operators)
        values, first = (
            watch.moments(np.zeros(1), functionals.of(part)[np.newaxis])
            for part in (vector, coordinates.vector(coordinates.start))
        )
        smallest = reduced.smallest_eigenvalue(vector)
    if progress is not None:
        progress(1.0)
    return SteadySolution(
        moments={name: float(value[0]) for name, value in values.items()},
        start={name: float(value[0]) for name, value in first.items()},
        residual=found.residual,
        error_estimate=error,
        trace_drift=abs(trace - 1.0),
        smallest_eigenvalue=smallest,
        count=probe.states,
        relaxation_rate=rate,
        converged=found.residual <= max(TOLERANCE, limiter.floor) and error <= LARGEST_ERROR,
        statistics={
            "method": limiter.method,
            "basis": realization.basis,
            "dimension": realization.dim,
            "entries": reduced.entries,
        }
        | limiter.statistics(),
        state=reduced.unpack(vector) if state else None,
    )


def relaxation_rate(coordinates: Coordinates, kernel: FloatArray) -> float:
    """Return the Liouvillian gap: the smallest −Re λ of the eigenvalues λ ≠ 0 within reach.

    From the largest |exp(hλ)|, with all solutions of 𝓛x = 0 projected out of the flow: what is
    left of it has its other eigenvalues. `kernel` holds them as orthonormal rows; NaN where there
    are more than are counted.
    """
    count = len(coordinates)
    if len(kernel) == MOST or len(kernel) == count:
        return math.nan
    if count <= SMALL:
        values = np.linalg.eigvals(coordinates.generator.toarray())
        return float(-np.max(values[np.argsort(np.abs(values))][len(kernel) :].real))
    flow = Flow(coordinates.reduced)

    def apart(x: FloatArray) -> FloatArray:
        return np.asarray(x - (kernel @ x) @ kernel)

    def step(x: FloatArray) -> FloatArray:
        x = apart(np.ravel(x))
        image = None
        while image is None:
            image = flow(coordinates.vector(x))
        return apart(coordinates.of(image))

    start = apart(_random_state(coordinates, np.random.default_rng(1)))
    operator = LinearOperator((count, count), matvec=step, dtype=np.float64)
    vectors = min(KRYLOV, count - 1)
    try:
        values = eigs(operator, k=2, v0=start, ncv=vectors, tol=1e-7, return_eigenvectors=False)
    except ArpackNoConvergence:
        return math.nan
    return float(-np.log(np.max(np.abs(values))) / flow.h)


def _settle(
    coordinates: Coordinates,
    method: Method,
    tell: Callable[[float], None] | None,
    known: SteadySolution | None,
) -> tuple[Limiter, Limit, _Probe]:
    """Return the limit of ρ(0) by the first method that gets there, and what else is steady."""
    goal, start = Goal(AIM, tell=tell), coordinates.start
    unique = known is not None and known.count == 1
    if known is not None and unique:
        start = _embedded(coordinates, known.state)
    for limiter in _limiters(coordinates, method):
        try:
            found = limiter.limit(start, goal)
            if unique:
                probe = _Probe(found.x[np.newaxis] / np.linalg.norm(found.x), found.rate)
            else:
                probe = _count(limiter, found.x / (coordinates.one @ found.x))
            if probe.states > 1 and limiter.method == "secular":  # what is conserved needs care
                limiter = _resolvent(coordinates, Secular(coordinates, TIGHT), 1e-2)
                found = limiter.limit(coordinates.start, goal)
            elif probe.states > 1 and isinstance(limiter, KrylovFlow):
                found = limiter.propagate(coordinates.start, goal)
            return limiter, found, probe
        except NotWeakError:
            if method != "auto":
                raise
    raise AssertionError  # the flow always returns


def _embedded(coordinates: Coordinates, state: Any) -> FloatArray:
    """Return a state of the first basis states alone; the cavity is the first factor."""
    dim = coordinates.reduced.realization.dim
    padded = sp.csr_array(state)
    padded.resize((dim, dim))
    return coordinates.of(coordinates.reduced.pack(padded))


def _resolvent(coordinates: Coordinates, shifted: Shifted, sigma: float) -> Resolvent:
    """Return the resolvent for σ in units of the largest rate."""
    rates = (rate for rate, _ in coordinates.reduced.realization.jumps)
    return Resolvent(coordinates, shifted, sigma * max(rates))


class _Probe(NamedTuple):
    """Solutions of 𝓛x = 0, as orthonormal rows, and the slowest decay seen while counting."""

    kernel: FloatArray
    rate: float

    @property
    def states(self) -> int:
        """How many steady states there are."""
        return len(self.kernel)


def _count(limiter: Limiter, steady: FloatArray) -> _Probe:
    """Count the steady states within reach.

    P₀ takes a random state to the same one if it is unique; otherwise the difference is another
    solution of 𝓛x = 0, and so on until nothing new comes.
    """
    random = np.random.default_rng(1)
    known = [steady / np.linalg.norm(steady)]
    goal = Goal(0.0, relative=STEADY, norm=VANISHED)
    rate = math.nan
    while len(known) < MOST:
        probe = _random_state(limiter.coordinates, random) - steady
        if np.linalg.norm(probe) <= VANISHED:
            break  # nothing but the steady state is within reach
        found = limiter.limit(probe, goal)
        rate = found.rate
        new = found.x
        for _ in range(2):
            for state in known:
                new = new - (state @ new) * state
        if np.linalg.norm(found.x) <= VANISHED or np.linalg.norm(new) <= VANISHED:
            break
        known.append(new / np.linalg.norm(new))
    return _Probe(np.array(known), rate)


def _random_state(coordinates: Coordinates, random: np.random.Generator) -> FloatArray:
    """Return a random pure state, less of what is strongly damped, as far as it is within reach.

    A conserved quantity has other values in it than in most steady states.
    """
    reduced = coordinates.reduced
    damping = reduced.realization.no_jump.diagonal().real
    psi = random.normal(size=len(damping)) / (1.0 + damping / max(np.mean(damping), 1e-300))
    members = reduced.sectors.members
    blocks = {
        (S, T): np.outer(psi[members[S]], psi[members[T]]).astype(np.complex128)
        for S, T in coordinates.first
    }
    found = coordinates.of_blocks(blocks)
    return np.asarray(found / (coordinates.one @ found))


def _refuse_oscillation(coordinates: Coordinates, steady: FloatArray) -> None:
    """Refuse an initial state of which a part oscillates and never decays."""
    rest = coordinates.start - steady
    if np.linalg.norm(rest) <= VANISHED:
        return
    flow = KrylovFlow(coordinates)
    flow.limit(rest, Goal(AIM, norm=VANISHED))
    lasting = flow.ritz[(np.abs(flow.ritz) > 1 - 1e-8) & (np.abs(np.angle(flow.ritz)) > 1e-6)]
    if len(lasting):
        raise UnsupportedError(
            "The state never becomes steady: a part of it that no environment acts on oscillates"
            " for ever. Add an environment that reaches it, start from another charger state, or"
            " look at its charging over time."
        )


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


def _limiters(coordinates: Coordinates, method: Method) -> Iterator[Limiter]:
    """Yield the method named; or those that could do, the quickest first."""
    realization = coordinates.reduced.realization
    D, count = realization.dim, len(coordinates)
    quick = direct_is_quicker(coordinates)
    if method == "direct" or (method == "auto" and quick):
        yield _resolvent(coordinates, Factorization(coordinates), 1e-3)
    needed = 8.0 * FEWEST * count + 8.0 * coordinates.reduced.nbytes
    require_memory("steady-state", needed + coordinates.reduced.table_bytes, D)
    if method == "secular" or (method == "auto" and D <= LARGEST_SECULAR):
        secular = Secular(coordinates)
        if method == "secular" or secular.condition <= LARGEST_CONDITION:
            yield _resolvent(coordinates, secular, 1e-5)
    if method in ("auto", "flow"):
        yield KrylovFlow(coordinates)


def direct_is_quicker(coordinates: Coordinates) -> bool:
    """Compare rough times: of factoring 𝓛, and of ten thousand products.

    A factorisation costs about the cube of the number of unknowns on a front that divides them;
    there are as many fronts as it takes H to lead from one end of ρ to the other, twice over.
    """
    count, depth = len(coordinates), _depth(coordinates.reduced.realization)
    front = 1.5 * count / (2 * depth)
    direct = 1.5e-8 * front**3 + 5e-6 * count
    iterative = 1e4 * (2e-5 + 5e-10 * count)
    return direct < iterative


def _depth(realization: Realization) -> int:
    """Return how many steps of H it takes to get from one basis state to the farthest one."""
    graph = realization.pattern
    farthest = 0
    for _, c in realization.jumps:
        graph = graph + abs(c)
    distance = shortest_path(graph, directed=False, unweighted=True, indices=[0])
    farthest = int(np.max(distance[np.isfinite(distance)]))
    return max(farthest, 1)


def _tell(progress: Progress | None) -> Callable[[float], None] | None:
    """Turn residuals into the fraction done: logarithms from 1 to the tolerance."""
    if progress is None:
        return None

    def tell(residual: float) -> None:
        done = math.log(max(residual, AIM)) / math.log(AIM)
        progress(0.5 * min(max(done, 0.0), 1.0))

    return tell
