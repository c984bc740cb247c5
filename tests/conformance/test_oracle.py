"""Every engine agrees with the dense one, the oracle, on every battery."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from laws import assert_same_states
from specimen import NAMES, fitting, moments_of, smallest

import qubatt as qb
from qubatt.core.problem import Problem
from qubatt.core.registry import registry
from qubatt.core.solution import Solution
from solving import solve

TIMES = np.linspace(0.0, 1.5, 6)
PROMISE = 1e-9
"""Error in ρ that engines allow by default."""


def problem_with_everything(battery: str) -> Problem:
    """Return the example battery with every fitting environment, small enough for the oracle."""
    model = smallest(battery, max_photons=3)
    return model.problem(environment=fitting(model))


@cache
def oracle(battery: str) -> Solution:
    """Return the states and moments that the dense engine finds."""
    problem = problem_with_everything(battery)
    return solve(qb.DenseEngine(), problem, TIMES, moments_of(problem), states=True)


@pytest.mark.parametrize("engine", [name for name in NAMES["engine"] if name != "dense"])
@pytest.mark.parametrize("battery", NAMES["battery"])
def test_engine_agrees_with_the_dense_engine(battery: str, engine: str) -> None:
    """States and all merits, within the error that the engine allows by default."""
    problem = problem_with_everything(battery)
    moments = moments_of(problem)
    solution = solve(registry.get("engine", engine)(), problem, TIMES, moments, states=True)
    expected = oracle(battery)
    assert np.linalg.norm(expected.states[-1] - expected.states[0]) > 0.1
    assert_same_states(solution.states, expected.states, atol=PROMISE)
    assert set(solution.moments) == set(expected.moments)
    for name, values in expected.moments.items():
        # |Tr(O Δρ)| ≤ ‖O‖ ‖Δρ‖, with norms of a few tens here
        np.testing.assert_allclose(solution.moments[name], values, atol=1e-7, err_msg=name)


@pytest.mark.parametrize("engine", NAMES["engine"])
@pytest.mark.parametrize("battery", NAMES["battery"])
def test_engine_reports_what_it_did(battery: str, engine: str) -> None:
    """Name, basis and dimension, times as given, progress up to 1, an error estimate."""
    problem = smallest(battery, max_photons=3).problem()
    told: list[float] = []
    solution = solve(
        registry.get("engine", engine)(), problem, np.array([0.0, 0.1]), {}, progress=told.append
    )
    assert solution.statistics["engine"] == engine
    assert solution.statistics["basis"] == "symmetric"
    assert solution.statistics["dimension"] == problem.space.in_basis("symmetric").dim
    assert told[-1] == 1.0
    assert 0 <= solution.error_estimate < 1e-8
    np.testing.assert_array_equal(solution.times, [0.0, 0.1])


def test_agreement_fails_on_a_small_difference() -> None:
    """An error of 1e-8 at one time is seen, and so is a missing time."""
    states = oracle("driven").states
    wrong = states.copy()
    wrong[3, 0, 1] += 1e-8
    assert_same_states(states, states, atol=PROMISE)
    with pytest.raises(AssertionError):
        assert_same_states(wrong, states, atol=PROMISE)
    with pytest.raises(AssertionError):
        assert_same_states(states[:-1], states, atol=PROMISE)


def test_agreement_fails_on_a_wrong_rate() -> None:
    """A loss that is entered twice too strong is seen."""
    problem = qb.DrivenBattery(2, 1.0).problem(environment=[qb.CollectiveDecay(0.1)])
    doubled = qb.DrivenBattery(2, 1.0).problem(environment=[qb.CollectiveDecay(0.2)])
    right, wrong = (solve(qb.DenseEngine(), p, TIMES, {}, states=True) for p in (problem, doubled))
    with pytest.raises(AssertionError):
        assert_same_states(wrong.states, right.states, atol=PROMISE)
