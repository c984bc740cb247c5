"""What every engine does with output times, states, progress and memory."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import psutil
import pytest

import qubatt as qb
from qubatt.core.problem import Problem
from qubatt.core.realization import Realization, realize
from qubatt.engines import Engine
from solving import solve

ENGINES = [qb.DenseEngine(), qb.MatrixEngine()]
MOMENTS: dict[str, Callable[[Realization], Any]] = {
    "energy": lambda realization: realization.H_B,
    "power": lambda realization: realization.adjoint(realization.H_B),
}
every_engine = pytest.mark.parametrize("engine", ENGINES, ids=lambda e: type(e).__name__)


@every_engine
def test_shapes(engine: Engine, spin_problem: Problem) -> None:
    """Moments are (T,) real numbers, states (T, D, D), the times as given."""
    times = np.linspace(0.0, 1.0, 6)
    solution = solve(engine, spin_problem, times, MOMENTS, states=True)
    assert set(solution.moments) == {"energy", "power"}
    for values in (*solution.moments.values(), solution.trace):
        assert values.shape == (6,)
        assert values.dtype == np.float64
    assert solution.states is not None
    assert solution.states.shape == (6, 4, 4)
    assert solution.states.dtype == np.complex128
    np.testing.assert_array_equal(solution.times, times)


@every_engine
def test_states_only_when_asked_for(engine: Engine, spin_problem: Problem) -> None:
    """By default none are kept; moments and trace follow from them when they are."""
    times = np.array([0.0, 0.4, 0.8])
    assert solve(engine, spin_problem, times, MOMENTS).states is None
    solution = solve(engine, spin_problem, times, MOMENTS, states=True)
    H_B = MOMENTS["energy"](realize(spin_problem)).toarray()
    expected = np.trace(solution.states @ H_B, axis1=1, axis2=2).real
    np.testing.assert_allclose(solution.moments["energy"], expected, atol=1e-13)
    trace = np.trace(solution.states, axis1=1, axis2=2).real
    np.testing.assert_allclose(solution.trace, trace, atol=1e-14)


@every_engine
def test_first_time_is_the_initial_state(engine: Engine, spin_problem: Problem) -> None:
    """At time 0 nothing has happened, also when it is the only time."""
    solution = solve(engine, spin_problem, np.array([0.0]), MOMENTS, states=True)
    np.testing.assert_array_equal(solution.states[0], np.diag([1.0, 0.0, 0.0, 0.0]))
    assert solution.trace_drift == 0.0


@every_engine
def test_one_time_without_time_zero(engine: Engine, spin_problem: Problem) -> None:
    """The run starts at time 0 whatever the first output time is."""
    several = solve(engine, spin_problem, np.linspace(0.0, 2.0, 5), MOMENTS, states=True)
    one = solve(engine, spin_problem, np.array([2.0]), MOMENTS, states=True)
    np.testing.assert_allclose(one.states[0], several.states[-1], atol=2e-9)
    late = solve(engine, spin_problem, np.array([1.5, 2.0]), MOMENTS, states=True)
    np.testing.assert_allclose(late.states, several.states[-2:], atol=2e-9)


@every_engine
def test_uneven_times(engine: Engine, spin_problem: Problem) -> None:
    """Values at a time do not depend on which other times are asked for."""
    uneven = np.array([0.05, 0.3, 0.31, 1.7, 2.0])
    solution = solve(engine, spin_problem, uneven, MOMENTS, states=True)
    for k, time in enumerate(uneven):
        alone = solve(engine, spin_problem, np.array([time]), {}, states=True)
        np.testing.assert_allclose(solution.states[k], alone.states[0], atol=2e-9)


def test_engines_agree_on_a_complex_hamiltonian(spin_problem: Problem) -> None:
    """A drive along y has imaginary entries; the states have real and imaginary parts."""
    times = np.linspace(0.0, 5.0, 11)
    dense, *others = (solve(e, spin_problem, times, MOMENTS, states=True) for e in ENGINES)
    assert np.abs(dense.states.imag).max() > 0.1
    for other in others:
        np.testing.assert_allclose(other.states, dense.states, atol=1e-9)
        for name, values in dense.moments.items():
            np.testing.assert_allclose(other.moments[name], values, atol=1e-8, err_msg=name)


@every_engine
def test_bases_agree(engine: Engine, spin_problem: Problem) -> None:
    """Collective dynamics has the same moments on the ladder and in the full space."""
    times = np.linspace(0.0, 2.0, 5)
    ladder = solve(engine, spin_problem, times, MOMENTS, basis="symmetric")
    full = solve(engine, spin_problem, times, MOMENTS, basis="full")
    assert (ladder.statistics["basis"], ladder.statistics["dimension"]) == ("symmetric", 4)
    assert (full.statistics["basis"], full.statistics["dimension"]) == ("full", 8)
    for name, values in ladder.moments.items():
        np.testing.assert_allclose(full.moments[name], values, atol=1e-8, err_msg=name)


@every_engine
@pytest.mark.parametrize("times", [[0.0], [2.0], [0.0, 0.1, 2.0], list(np.linspace(0, 9, 30))])
def test_progress_is_monotone_and_ends_at_one(
    engine: Engine, times: list[float], spin_problem: Problem
) -> None:
    """Fractions lie in (0, 1], never fall, and the last is exactly 1."""
    fractions: list[float] = []
    solve(engine, spin_problem, np.array(times), {}, progress=fractions.append)
    assert fractions
    assert fractions == sorted(fractions)
    assert fractions[0] > 0
    assert fractions[-1] == 1.0


@every_engine
def test_an_exception_in_progress_stops_the_run(engine: Engine, spin_problem: Problem) -> None:
    """A front end can cancel a run."""

    def cancel(fraction: float) -> None:
        raise KeyboardInterrupt(f"at {fraction}")

    with pytest.raises(KeyboardInterrupt):
        solve(engine, spin_problem, np.linspace(0, 1, 3), {}, progress=cancel)


@every_engine
def test_too_little_memory_is_refused_with_both_numbers(
    engine: Engine, spin_problem: Problem, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message names the engine, the states and the cure."""
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=1000))
    monkeypatch.setattr("qubatt.engines.engine.ALWAYS_FREE", 0.0)
    with pytest.raises(qb.ResourceError) as caught:
        solve(engine, spin_problem, np.array([0.0, 1.0]), {})
    text = str(caught.value)
    assert "engine needs" in text
    assert "for 4 basis states, but only 1 kB are free" in text
    assert text.endswith("Lower max_photons or n_atoms.")


def test_kept_states_count_as_memory(
    spin_problem: Problem, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten thousand times of 4 × 4 states need 2.6 MB, the run without them 6 kB."""
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=100_000))
    monkeypatch.setattr("qubatt.engines.engine.ALWAYS_FREE", 0.0)
    times = np.linspace(0.0, 0.1, 10_000)
    solve(qb.MatrixEngine(), spin_problem, times, {})
    with pytest.raises(qb.ResourceError):
        solve(qb.MatrixEngine(), spin_problem, times, {}, states=True)


def test_local_decay_counts_the_full_space_as_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """99 states of the full space need 3.4 MB, the 66 symmetric ones 1.5 MB."""
    decay = qb.LevelDecay("middle", "ground", 0.1)
    problem = qb.CascadeBattery(max_photons=10).problem(environment=[decay])
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=2_500_000))
    monkeypatch.setattr("qubatt.engines.engine.ALWAYS_FREE", 0.0)
    with pytest.raises(qb.ResourceError, match="for 99 basis states"):
        solve(qb.MatrixEngine(), problem, np.array([0.0, 0.01]), {})
