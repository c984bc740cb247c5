"""Every engine agrees with the dense one, the oracle, on every battery."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest
from laws import assert_same_states
from specimen import NAMES, fitting, moments_of, smallest

import qubatt as qb
from agreement import assert_moments_agree, engine_named
from qubatt.core.problem import Problem
from qubatt.core.realization import realize
from qubatt.core.registry import registry
from qubatt.core.solution import Solution
from solving import solve, task

TIMES = np.linspace(0.0, 1.5, 6)
PROMISE = 1e-9
"""Error in ρ that engines allow by default."""


def problem_of_battery(battery: str, surroundings: str) -> Problem:
    """Return the example battery, small enough for the oracle, closed or with all that fits."""
    model = smallest(battery, max_photons=3)
    return model.problem(environment=fitting(model) if surroundings == "open" else [])


@cache
def oracle(battery: str, surroundings: str = "open") -> Solution:
    """Return the states and moments of the dense engine."""
    problem = problem_of_battery(battery, surroundings)
    return solve(qb.DenseEngine(), problem, TIMES, moments_of(problem), states=True)


@cache
def spectra(battery: str, surroundings: str) -> dict[str, tuple[float, float]]:
    """Return the smallest and the largest eigenvalue of every observable, by label."""
    problem = problem_of_battery(battery, surroundings)
    realization = realize(problem)
    found = {}
    for each in moments_of(problem):
        levels = np.linalg.eigvalsh(realization.observe(each).steady.toarray())
        found[each.label] = (float(levels[0]), float(levels[-1]))
    return found


@pytest.mark.parametrize("engine", [name for name in NAMES["engine"] if name != "dense"])
@pytest.mark.parametrize("surroundings", ["open", "closed"])
@pytest.mark.parametrize("battery", NAMES["battery"])
def test_engine_agrees_with_the_dense_engine(battery: str, surroundings: str, engine: str) -> None:
    """States and all merits, within what the engine's kind of error allows."""
    problem, solver = problem_of_battery(battery, surroundings), engine_named(engine)
    moments = [each for each in moments_of(problem) if not solver.unsupported_observable(each)]
    if reason := solver.unsupported(task(problem, TIMES, moments)):
        pytest.skip(reason)
    exact = solver.error == "bound" and solver.states == "full"
    solution = solve(solver, problem, TIMES, moments, states=exact)
    expected = oracle(battery, surroundings)
    assert np.linalg.norm(expected.states[-1] - expected.states[0]) > 0.1
    if exact:
        assert_same_states(solution.states, expected.states, atol=PROMISE)
    assert set(solution.moments) == {each.label for each in moments}
    # |Tr(O Δρ)| ≤ ‖O‖ ‖Δρ‖, with norms of a few tens here
    atol = dict.fromkeys(expected.moments, 1e-7)
    limits = spectra(battery, surroundings)
    known = {label: expected.moments[label] for label in solution.moments}
    assert_moments_agree(solver, solution, known, atol, limits)


@pytest.mark.parametrize("engine", NAMES["engine"])
def test_every_engine_takes_part(engine: str) -> None:
    """Each solves some battery, closed or open, and says in a sentence what it refuses."""
    solver, reasons = engine_named(engine), []
    for battery in NAMES["battery"]:
        for surroundings in ("open", "closed"):
            problem = problem_of_battery(battery, surroundings)
            known = [o for o in moments_of(problem) if not solver.unsupported_observable(o)]
            assert known
            reasons.append(solver.unsupported(task(problem, TIMES, known)))
    assert "" in reasons
    for reason in filter(None, reasons):
        assert reason.endswith((".", "?"))
        assert engine in reason


def test_comparison_depends_on_the_kind_of_error() -> None:
    """What a bound refuses, a large standard error allows, and a spectrum refuses in the end."""
    found = oracle("driven")
    exact = {"H_B": found.moments["H_B"]}
    atol, limits = {"H_B": 1e-7}, {"H_B": spectra("driven", "open")["H_B"]}
    wrong = replace(
        found,
        moments={"H_B": found.moments["H_B"] + 1e-3},
        standard_errors={"H_B": np.full(len(TIMES), 1e-3)},
        samples=100,
    )
    assert_moments_agree(qb.DenseEngine(), found, exact, atol, limits)
    sampled = SimpleNamespace(error="statistical")
    assert_moments_agree(sampled, wrong, exact, atol, limits)
    for kind, shift in (("bound", 0.0), ("statistical", 4e-3), ("uncontrolled", 1e3)):
        further = replace(wrong, moments={"H_B": wrong.moments["H_B"] + shift})
        with pytest.raises(AssertionError):
            assert_moments_agree(SimpleNamespace(error=kind), further, exact, atol, limits)


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
    assert solution.error == engine_named(engine).error
    if solution.error == "bound":
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
