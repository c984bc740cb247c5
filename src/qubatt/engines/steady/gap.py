"""Number of steady states, undamped oscillations, and the Liouvillian gap."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from scipy.sparse.linalg import ArpackNoConvergence, LinearOperator, eigs

from qubatt.core.check import FloatArray
from qubatt.core.errors import UnsupportedError
from qubatt.engines.steady.coordinates import Coordinates, largest_rate, smallest_rate
from qubatt.engines.steady.krylov import GMRESProjector
from qubatt.engines.steady.projector import RESIDUAL_TARGET, SteadyProjector, StopRule
from qubatt.engines.steady.step_propagator import StepPropagator

ZERO_NORM = 1e-5
"""Norm of the difference between two limits below which they count as the same steady state."""

STEADY_RATE = 1e-8
"""‖𝓛x‖ / ‖x‖, in units of the smallest rate, below which x counts as steady, not as slow."""

MAX_STEADY_STATES = 8
"""Maximum number of steady states that are counted."""

MAX_DENSE_COORDINATES = 800
"""Maximum number of coordinates for which all eigenvalues are computed."""

KRYLOV_VECTORS = 48
"""Number of Krylov vectors used to compute the relaxation rate."""

MIN_TIME_SPAN = 0.25
"""Shortest time of the flow for the relaxation rate, in units of the inverse largest rate."""


def relaxation_rate(coordinates: Coordinates, steady: FloatArray, states: int = 1) -> float:
    """Return the Liouvillian gap: the smallest −Re λ of the eigenvalues λ ≠ 0 on `coordinates`.

    For many coordinates the gap follows from the largest |exp(tλ)| ≠ 1 of the flow over a time t,
    with the given steady state projected out. `states` is the number of steady states, whose
    eigenvalues are 0. NaN if the computation fails, or if the maximum number of steady states is
    reached.
    """
    count = len(coordinates)
    if states >= min(MAX_STEADY_STATES, count):
        return math.nan
    if count <= MAX_DENSE_COORDINATES:
        values = np.linalg.eigvals(coordinates.generator.toarray())
        values = values[np.argsort(np.abs(values))][states:]
        return float(-np.max(values.real))
    flow = StepPropagator(coordinates.reduced)
    applications = max(1, math.ceil(MIN_TIME_SPAN / (flow.longest * largest_rate(coordinates))))
    span = flow.longest * applications
    h = flow.longest

    def step(x: FloatArray) -> FloatArray:
        nonlocal h  # a step that was too long once is too long for most vectors
        vector, time = coordinates.vector(np.ravel(x)), 0.0
        while time < span * (1 - 1e-9):
            image = flow(vector, h)
            if image is None:
                h = flow.shorter(h)
            else:
                vector, time = image.copy(), time + h
        return coordinates.of(vector) - steady * float(coordinates.one @ np.ravel(x))

    start = _random_state(coordinates, np.random.default_rng(1)) - steady
    operator = LinearOperator((count, count), matvec=step, dtype=np.float64)
    vectors = min(KRYLOV_VECTORS, count - 1)
    wanted = states + 1  # a pair, or further steady states
    try:
        values = eigs(
            operator, k=wanted, v0=start, ncv=vectors, tol=1e-10, return_eigenvectors=False
        )
    except ArpackNoConvergence as stopped:
        values = stopped.eigenvalues
    least = STEADY_RATE * smallest_rate(coordinates) * span
    decaying = np.abs(values[np.abs(values - 1.0) > least])
    return float(-np.log(np.max(decaying)) / span) if len(decaying) else math.nan


class SteadyCount(NamedTuple):
    """Number of steady states, and the slowest decay rate observed while counting them."""

    states: int
    rate: float


def count_steady(projector: SteadyProjector, steady: FloatArray) -> SteadyCount:
    """Count the steady states that are reachable from the initial states.

    If the steady state is unique, P₀ maps every random state to it. Otherwise the difference is a
    further solution of 𝓛x = 0. Random states are tried until they yield no new solution.
    """
    random = np.random.default_rng(1)
    directions = [steady / np.linalg.norm(steady)]
    least = STEADY_RATE * smallest_rate(projector.coordinates)
    stop = StopRule(0.0, relative=max(least, 4 * projector.residual_floor), norm=ZERO_NORM)
    rate = math.nan
    while len(directions) < MAX_STEADY_STATES:
        probe = _random_state(projector.coordinates, random) - steady
        if np.linalg.norm(probe) <= ZERO_NORM:
            break  # no other state is reachable
        estimate = projector.project(probe, stop)
        rate = estimate.rate
        new = estimate.x
        for _ in range(2):
            for state in directions:
                new = new - (state @ new) * state
        if np.linalg.norm(estimate.x) <= ZERO_NORM or np.linalg.norm(new) <= ZERO_NORM:
            break
        directions.append(new / np.linalg.norm(new))
    return SteadyCount(len(directions), rate)


def _random_state(coordinates: Coordinates, random: np.random.Generator) -> FloatArray:
    """Return a random pure state, restricted to the given coordinates.

    Strongly damped basis states have small amplitudes. The conserved quantities generally differ
    from those of the steady state.
    """
    reduced = coordinates.reduced
    damping = reduced.realization.no_jump.diagonal().real
    psi = random.normal(size=len(damping)) / (1.0 + damping / max(np.mean(damping), 1e-300))
    members = reduced.sectors.members
    blocks = {
        (S, T): np.outer(psi[members[S]], psi[members[T]]).astype(np.complex128)
        for S, T in coordinates.first
    }
    state = coordinates.of_blocks(blocks)
    return np.asarray(state / (coordinates.one @ state))


def refuse_oscillation(coordinates: Coordinates, start: FloatArray, steady: FloatArray) -> None:
    """Refuse an initial state with a component that oscillates and never decays."""
    rest = start - steady
    if np.linalg.norm(rest) <= ZERO_NORM:
        return
    ritz_values = (
        GMRESProjector(coordinates)
        .project(rest, StopRule(RESIDUAL_TARGET, norm=ZERO_NORM))
        .ritz_values
    )
    lasting = ritz_values[(np.abs(ritz_values) > 1 - 1e-8) & (np.abs(np.angle(ritz_values)) > 1e-6)]
    if len(lasting):
        raise UnsupportedError(
            "The initial state has an undamped oscillating component and never becomes steady. Add"
            " an environment that damps it, use another charger state, or compute its charging over"
            " time with charge()."
        )
