"""The matrix engine keeps its tolerance and says what it spent."""

from __future__ import annotations

import numpy as np
import pytest

import qubatt as qb
from qubatt.core.problem import Problem
from solving import solve

TIMES = np.linspace(0.0, 3.0, 31)


@pytest.fixture(scope="module")
def cavity_problem() -> Problem:
    """Return a thermal Dicke battery with 15 states."""
    environment = [qb.CavityLoss(0.5, n_thermal=0.2), qb.CollectiveDecay(0.3)]
    return qb.DickeBattery(2, 0.5, 4, interaction=0.3).problem(environment=environment)


@pytest.fixture(scope="module")
def exact(cavity_problem: Problem) -> np.ndarray:
    """Return its states by the exponential of the superoperator."""
    return solve(qb.DenseEngine(), cavity_problem, TIMES, {}, states=True).states


@pytest.mark.parametrize("tolerance", [1e-4, 1e-6, 1e-8, 1e-10])
def test_error_stays_below_the_tolerance(
    tolerance: float, cavity_problem: Problem, exact: np.ndarray
) -> None:
    """‖ρ − ρ_exact‖ is below the tolerance at every time, most of them between steps."""
    solution = solve(qb.MatrixEngine(tolerance), cavity_problem, TIMES, {}, states=True)
    errors = np.linalg.norm(solution.states - exact, axis=(1, 2))
    assert errors.max() < tolerance
    assert 0 < solution.error_estimate <= tolerance


def test_a_smaller_tolerance_costs_more(cavity_problem: Problem) -> None:
    """Steps and right-hand sides are counted, and grow."""
    rough, fine = (
        solve(qb.MatrixEngine(tolerance), cavity_problem, TIMES, {}).statistics
        for tolerance in (1e-4, 1e-10)
    )
    assert fine["steps"] > rough["steps"] > 0
    for statistics in (rough, fine):
        taken = statistics["steps"] + statistics["rejected"]
        assert statistics["right_hand_sides"] >= 12 * taken
        assert (statistics["engine"], statistics["dimension"]) == ("matrix", 15)
    assert (rough["tolerance"], fine["tolerance"]) == (1e-4, 1e-10)


def test_states_are_hermitian_to_rounding(cavity_problem: Problem) -> None:
    """The right-hand side assumes ρ = ρ†; rounding must not grow."""
    states = solve(qb.MatrixEngine(), cavity_problem, TIMES, {}, states=True).states
    np.testing.assert_allclose(states, states.conj().swapaxes(1, 2), atol=1e-15)


def test_a_state_that_does_not_move() -> None:
    """Without drive and loss the ground state stays; the error estimate is rounding."""
    solution = solve(
        qb.MatrixEngine(), qb.DrivenBattery(2, 0.0).problem(), np.array([0.0, 1e3]), {}, states=True
    )
    np.testing.assert_array_equal(solution.states[-1], np.diag([1.0, 0.0, 0.0]))
    assert solution.error_estimate < 1e-13


def test_times_of_any_size(spin_problem: Problem) -> None:
    """A first time near the smallest number is time 0 to rounding."""
    solution = solve(
        qb.MatrixEngine(), spin_problem, np.array([1e-300, 1e-20, 1e-3]), {}, states=True
    )
    start = np.diag([1.0, 0.0, 0.0, 0.0])
    np.testing.assert_allclose(solution.states[:2], [start, start], atol=1e-15)
    assert np.abs(solution.states[2] - start).max() > 1e-4
