"""Ways to the limit of exp(t𝓛)x: implicit steps, with two solvers, and the flow itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from scipy.linalg import expm

import qubatt as qb
from qubatt.core.problem import Problem
from qubatt.core.realization import realize
from qubatt.engines.exact.reduced_lindbladian import ReducedLindbladian
from qubatt.engines.steady.coordinates import Coordinates
from qubatt.engines.steady.direct import SparseLU
from qubatt.engines.steady.krylov import GMRESProjector, PropagationProjector
from qubatt.engines.steady.projector import SteadyProjector, StopRule
from qubatt.engines.steady.resolvent import ResolventProjector, ShiftedSolver
from qubatt.engines.steady.secular import TIGHT_RESIDUAL, NotWeakError, SecularGMRES
from qubatt.engines.steady.step_propagator import StepPropagator

UNIQUE = qb.DickeBattery(2, 0.3, 3, interaction=0.7).problem(
    environment=[qb.CavityLoss(0.4, n_thermal=0.2)]
)
"""One steady state."""


def undriven(start: np.ndarray) -> Problem:
    """Return two atoms in a common bath, of which one state is dark."""
    problem = qb.DrivenBattery(2, drive=0.0).problem(environment=[qb.CollectiveDecay(0.6, 0.5)])
    return replace(problem, initial={"atoms": start})


SEVERAL = undriven(np.eye(4)[1])
"""Two steady states, in the full basis."""

LIMITERS: dict[str, Callable[[Coordinates], SteadyProjector]] = {
    "direct": lambda coordinates: ResolventProjector(coordinates, SparseLU(coordinates), 1e-3),
    "secular": lambda coordinates: ResolventProjector(
        coordinates, SecularGMRES(coordinates, TIGHT_RESIDUAL), 1e-2
    ),
    "flow": GMRESProjector,
}
every_limiter = pytest.mark.parametrize("name", LIMITERS)
SOLVERS: dict[str, Callable[[Coordinates], ShiftedSolver]] = {
    "direct": SparseLU,
    "secular": lambda coordinates: SecularGMRES(coordinates, TIGHT_RESIDUAL),
}


def coordinates_of(problem: Problem) -> Coordinates:
    """Return real coordinates, in the full basis for what starts there."""
    full = len(problem.initial.get("atoms", ())) == 4
    return Coordinates(ReducedLindbladian(realize(problem, "full" if full else None)))


@pytest.fixture(scope="module")
def unique() -> Coordinates:
    """Return the coordinates of the problem with one steady state."""
    return coordinates_of(UNIQUE)


def end_of(coordinates: Coordinates, x: np.ndarray) -> np.ndarray:
    """Return exp(t𝓛)x at a time when all that decays is gone."""
    return np.asarray(expm(2000.0 * coordinates.generator.toarray()) @ x)


@pytest.mark.parametrize(
    ("several", "name"),
    [*((False, name) for name in LIMITERS), (True, "direct"), (True, "secular")],
)
def test_limit_is_the_end_of_the_flow(several: bool, name: str) -> None:
    """From ρ(0) and from any other x; what is conserved is kept, the trace above all.

    Krylov spaces of several steady states are not asked for it: see `PropagationProjector` below.
    """
    coordinates = coordinates_of(SEVERAL if several else UNIQUE)
    others = np.random.default_rng(2).normal(size=(2, len(coordinates)))
    for x in (coordinates.initial, *others):
        projector = LIMITERS[name](coordinates)
        found = projector.project(x, StopRule(1e-12))
        distance = np.linalg.norm(found.x - end_of(coordinates, x))
        assert distance < 1e-9
        assert found.residual == pytest.approx(
            np.linalg.norm(coordinates.apply(found.x)), abs=1e-15
        )
        assert found.residual <= 1e-10
        assert coordinates.one @ found.x == pytest.approx(coordinates.one @ x, abs=1e-9)


@every_limiter
def test_error_of_a_loose_limit_is_estimated(unique: Coordinates, name: str) -> None:
    """The error reported is not ten times too small."""
    end = end_of(unique, unique.initial)
    errors = []
    for goal in (1e-3, 1e-5, 1e-7):
        found = LIMITERS[name](unique).project(unique.initial, StopRule(goal))
        assert found.residual <= goal
        errors.append(np.linalg.norm(found.x - end))
        assert errors[-1] <= 10 * found.error
    assert errors[0] > 10 * errors[-1]


def test_flow_alone_keeps_what_is_conserved() -> None:
    """`PropagationProjector` has no Krylov space; its rate is the slowest decay that x holds."""
    coordinates = coordinates_of(SEVERAL)
    flow = PropagationProjector(coordinates)
    found = flow.project(coordinates.initial, StopRule(1e-11))
    np.testing.assert_allclose(found.x, end_of(coordinates, coordinates.initial), atol=1e-12)
    other = np.random.default_rng(2).normal(size=len(coordinates))
    end = PropagationProjector(coordinates).project(other, StopRule(1e-11)).x
    np.testing.assert_allclose(end, end_of(coordinates, other), atol=1e-12)
    values = np.sort(-np.linalg.eigvals(coordinates.generator.toarray()).real)
    slowest = values[values > 1e-9][0]
    assert found.rate == pytest.approx(slowest, rel=1e-3)
    assert flow.statistics()["applications"] > 3


def test_goals_are_met_by_any_of_three() -> None:
    """A residual, a residual relative to ‖x‖, or a small ‖x‖."""
    x = np.array([3.0, 4.0])
    assert StopRule(1e-3).met(x, 1e-3)
    assert not StopRule(1e-3).met(x, 2e-3)
    assert StopRule(0.0, relative=1e-3).met(x, 5e-3)
    assert not StopRule(0.0, relative=1e-3).met(x, 6e-3)
    assert StopRule(0.0, norm=5.0).met(x, 1.0)
    assert not StopRule(0.0, norm=4.9).met(x, 1.0)


@every_limiter
def test_progress_is_the_residual(unique: Coordinates, name: str) -> None:
    """`tell` is called with residuals on the way, the last one that of the end."""
    told: list[float] = []
    found = LIMITERS[name](unique).project(unique.initial, StopRule(1e-10, report=told.append))
    assert told[-1] == found.residual
    assert max(told) > 1e-9
    assert len(told) >= 2


@pytest.mark.parametrize("sigma", [1e-1, 1e-3, 1e-6])
@pytest.mark.parametrize("name", SOLVERS)
def test_shifted_equation_is_solved(unique: Coordinates, name: str, sigma: float) -> None:
    """(σ − 𝓛)x = b for b in the range of 𝓛, which is all that is asked for."""
    shifted = SOLVERS[name](unique)
    shifted.prepare(sigma)
    b = unique.apply(np.random.default_rng(4).normal(size=len(unique)))
    x = shifted.solve(b)
    dense = sigma * np.eye(len(unique)) - unique.generator.toarray()
    np.testing.assert_allclose(dense @ x, b, atol=1e-9 * np.linalg.norm(b))
    np.testing.assert_allclose(shifted.apply(x), unique.generator @ x, atol=1e-12)


def test_resolvent_takes_implicit_steps(unique: Coordinates) -> None:
    """One step is σ(σ − 𝓛)⁻¹, here long enough to be met by the second goal."""
    sigma = 0.05
    L = unique.generator.toarray()
    R = sigma * np.linalg.inv(sigma * np.eye(len(unique)) - L)
    step = R @ unique.initial
    projector = ResolventProjector(unique, SparseLU(unique), sigma)
    goal = StopRule(1.001 * float(np.linalg.norm(L @ step)))
    found = projector.project(unique.initial, goal)
    assert projector.statistics()["implicit_steps"] == 1
    np.testing.assert_allclose(found.x, step, atol=1e-12)


def test_smaller_steps_are_tried_when_one_does_too_little(unique: Coordinates) -> None:
    """With σ far above all rates every step leaves most of the residual: it is refactored."""
    projector = ResolventProjector(unique, SparseLU(unique), 1e3)
    found = projector.project(unique.initial, StopRule(1e-11))
    assert projector.statistics()["factorizations"] > 2
    np.testing.assert_allclose(found.x, end_of(unique, unique.initial), atol=1e-9)


def test_secular_method_refuses_strong_damping() -> None:
    """Near the exceptional point of −iH − Γ the preconditioner is of no use, and it says so."""
    problem = qb.DrivenBattery(40, drive=1.0, detuning=0.0).problem(
        environment=[qb.CollectiveDecay(0.4)]
    )
    coordinates = coordinates_of(problem)
    secular = SecularGMRES(coordinates)
    assert secular.condition > 1e3
    with pytest.raises(NotWeakError, match='use method "flow" or "direct"'):
        ResolventProjector(coordinates, secular, 1e-5).project(coordinates.initial, StopRule(1e-11))


def test_secular_approximation_is_exact_for_weak_damping() -> None:
    """A thousandth of the damping takes no more iterations, and eigenvectors become orthogonal."""
    counts, conditions = [], []
    for rate in (1e-2, 1e-4, 1e-6):
        problem = qb.DickeBattery(2, 0.3, 4, interaction=0.7).problem(
            environment=[qb.CavityLoss(rate, n_thermal=0.2)]
        )
        coordinates = coordinates_of(problem)
        secular = SecularGMRES(coordinates)
        ResolventProjector(coordinates, secular, 1e-5 * rate).project(
            coordinates.initial, StopRule(1e-12)
        )
        counts.append(secular.statistics()["iterations"])
        conditions.append(secular.condition)
    assert counts[-1] <= counts[0]
    assert 1.0 <= conditions[-1] < 1.0 + 1e-3
    assert conditions[0] > conditions[-1]


def test_flow_is_the_exponential(unique: Coordinates) -> None:
    """Flow(x) = exp(h𝓛)x, again and again."""
    flow = StepPropagator(unique.reduced)
    E = expm(flow.longest * unique.generator.toarray())
    x, vector = unique.initial, unique.vector(unique.initial)
    for _ in range(3):
        found = flow(vector, flow.longest)
        assert found is not None
        vector, x = found.copy(), E @ x
        np.testing.assert_allclose(unique.of(vector), x, atol=1e-11)
    assert flow.products > 3


@every_limiter
def test_what_was_counted_is_reported(unique: Coordinates, name: str) -> None:
    """Statistics are plain numbers, for the attributes of a Dataset."""
    projector = LIMITERS[name](unique)
    projector.project(unique.initial, StopRule(1e-11))
    counted = projector.statistics()
    assert counted
    assert all(isinstance(value, int | float) for value in counted.values())
    assert projector.residual_floor < 1e-11
