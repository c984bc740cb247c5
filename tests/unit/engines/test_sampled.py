"""Engines with other errors and other states than the exact ones: samples, and none at all."""

from __future__ import annotations

import json
from typing import ClassVar

import numpy as np
import pytest
import scipy.linalg as la

import qubatt as qb
from agreement import assert_moments_agree
from qubatt.charging.propagate import propagate_each
from qubatt.charging.request import Request
from qubatt.core.observable import ENERGY, Expectation
from qubatt.core.problem import Jump
from qubatt.core.task import Save, Task
from qubatt.engines.engine import Engine, Progress, Propagator
from qubatt.engines.recorder import Outcome, Recorder, battery_state
from qubatt.sweeps.store.kept_state import result_of_state, state_of_result
from qubatt.sweeps.store.point_result import stack, unstack
from solving import solve, task

SAMPLES, SEED = 400, 7
BATTERY = qb.TavisCummingsBattery(2, 0.6, 10, interaction=0.5)
LIGHT = qb.ThermalState(0.4)
TIMES = np.linspace(0.0, 2.0, 5)


class SampledEngine(Engine):
    """Kets drawn from the initial mixture of a closed battery, propagated one by one."""

    error: ClassVar = "statistical"
    states: ClassVar = "battery"

    @property
    def name(self) -> str:
        """It is not registered."""
        return "sampled"

    def unsupported_jump(self, jump: Jump) -> str:
        """Return why it takes no jump."""
        return f"The sampled engine takes closed batteries only, and {jump.source} opens it."

    def _prepare(self, task: Task) -> Propagator:
        return _Samples(task)


class _Samples(Propagator):
    def __init__(self, task: Task) -> None:
        self._task = task
        self.memory = 16.0 * SAMPLES * task.problem.space.dim

    def products(self) -> float:
        """Return about one per time and sample."""
        return float(SAMPLES * len(self._task.times))

    def run(self, recorders: list[Recorder], progress: Progress | None) -> list[Outcome]:  # noqa: ARG002
        """Draw, propagate and record."""
        (recorder,) = recorders
        task, R = self._task, self._task.realization
        drawn, rng = R.ensemble(task.initials[0]), np.random.default_rng(SEED)
        places = rng.choice(len(drawn.weights), SAMPLES, p=drawn.weights)
        kets, equal = drawn.kets[places], np.full(SAMPLES, 1.0 / SAMPLES)
        evolved = [kets @ la.expm(-1j * R.H.toarray() * time).T for time in task.times]
        values = np.array([recorder.readout.of_kets(each) for each in evolved])  # (T, K, operators)
        battery = [battery_state(task.problem, equal, each) for each in evolved]
        recorder.table(values.mean(axis=1), np.array(battery) if task.save.battery else None)
        each = [recorder.readout.moments(task.times, values[:, k]) for k in range(SAMPLES)]
        errors = {
            label: np.std([one[label] for one in each], axis=0) / np.sqrt(SAMPLES)
            for label in each[0]
        }
        return [Outcome(1.0 / np.sqrt(SAMPLES), {}, 0.0, errors, SAMPLES, SEED)]


def test_samples_agree_within_their_standard_errors() -> None:
    """Every observable, and the comparison fails for samples of other light."""
    wanted = [ENERGY, Expectation.of("cavity", ("n",)), Expectation.of("cavity", ("n", "n"))]
    engine, problem = SampledEngine(), BATTERY.problem(LIGHT)
    found = solve(engine, problem, TIMES, wanted)
    exact = solve(qb.ExactEngine(), problem, TIMES, wanted).moments
    atol = dict.fromkeys(exact, 1e-9)
    assert_moments_agree(engine, found, exact, atol, {})
    assert (found.error, found.samples, found.seed) == ("statistical", SAMPLES, SEED)
    assert found.converged  # a standard error is no failure
    assert all(errors[-1] > 1e-3 for errors in found.standard_errors.values())
    other = solve(engine, BATTERY.problem(qb.ThermalState(0.1)), TIMES, wanted)
    with pytest.raises(AssertionError):
        assert_moments_agree(engine, other, exact, atol, {})


def test_samples_become_a_dataset_that_says_how_many() -> None:
    """Number and seed are in the certificate; merits of the battery's state are there."""
    merits = ["energy", "ergotropy_full", "entropy"]
    run = qb.charge(BATTERY, times=TIMES, charger=LIGHT, merits=merits, engine=SampledEngine())
    exact = qb.charge(BATTERY, times=TIMES, charger=LIGHT, merits=merits)
    numbers = json.loads(run.attrs["certificate"])
    assert (numbers["samples"], numbers["seed"]) == (SAMPLES, SEED)
    assert run.status == "cutoff-not-resolved"  # the engine computes no integrals
    driven = qb.charge(qb.DrivenBattery(2, 1.0), times=TIMES, engine=SampledEngine())
    assert driven.status == "sampled"
    np.testing.assert_allclose(run.energy, exact.energy, atol=0.15)
    np.testing.assert_allclose(run.entropy, exact.entropy, atol=0.15)


def test_kept_samples_travel_through_files() -> None:
    """Standard errors, number and seed come back as they were, cut to an earlier end too."""
    question = Request.of(BATTERY, LIGHT, None, ["energy"])
    times = [TIMES, TIMES[:3]]
    for run in propagate_each([question], times, SampledEngine(), battery=True)[0]:
        (row,) = unstack(stack([result_of_state("key", run)]))
        back, solution = state_of_result(row), run.solution
        assert back.solution.samples == SAMPLES
        assert back.solution.seed == SEED
        assert back.solution.error == "statistical"
        assert back.solution.basis == solution.basis
        assert back.solution.standard_errors.keys() == solution.standard_errors.keys()
        for label, errors in solution.standard_errors.items():
            assert errors.shape == solution.times.shape
            np.testing.assert_array_equal(back.solution.standard_errors[label], errors)


def test_what_it_has_not_is_refused_in_a_sentence() -> None:
    """Full states and jumps; nothing is saved of an engine without states."""
    engine, problem = SampledEngine(), BATTERY.problem(LIGHT)
    refused = task(problem, TIMES, [ENERGY], states=True)
    assert engine.unsupported(refused) == (
        "The sampled engine provides no density matrices. Omit merits that need them."
    )
    with pytest.raises(qb.UnsupportedError, match="cavity-loss opens it"):
        qb.charge(
            BATTERY, times=TIMES, charger=LIGHT, environment=qb.CavityLoss(0.5), engine=engine
        )

    class Bare(SampledEngine):
        states: ClassVar = "none"

    wanted = Task(problem, TIMES, (ENERGY,), Save(battery=True))
    assert "provides no battery states" in Bare().unsupported(wanted)
    question = Request.of(BATTERY, LIGHT, None, ["energy"])
    ((run,),) = propagate_each([question], [TIMES], Bare(), battery=True)  # as studies ask
    assert run.solution.battery_states is None


def test_an_engine_without_matrices_reports_by_observable() -> None:
    """No realisation is made; what only matrices give is refused by its label."""

    class Table(Engine):
        matrices: ClassVar = False
        states: ClassVar = "none"
        error: ClassVar = "uncontrolled"
        name = "table"

        def _prepare(self, task: Task) -> Propagator:
            return _Constant(task)

    class _Constant(Propagator):
        memory = 0.0

        def __init__(self, task: Task) -> None:
            self._task = task

        def products(self) -> float:
            return 0.0

        def run(self, recorders: list[Recorder], progress: Progress | None) -> list[Outcome]:  # noqa: ARG002
            columns = len(self._task.observables) + 1
            for recorder in recorders:
                assert recorder.readout.operators == []
                recorder.table(np.tile(np.arange(columns, 0.0, -1.0), (len(TIMES), 1)))
            return [Outcome(np.nan, {}) for _ in recorders]

    huge = qb.DrivenBattery(60, 1.0).problem(environment=[qb.LocalEmission(0.1)])
    huge = huge.in_basis("full")  # 2^60 states
    wanted = Task(huge, TIMES, (ENERGY, Expectation.of("atoms", ("Jx",))))
    (found,) = Table().solve(wanted)
    assert found.of(ENERGY).tolist() == [3.0] * 5
    assert found.moments["atoms Jx"].tolist() == [2.0] * 5
    assert found.trace.tolist() == [1.0] * 5
    assert found.converged
    from qubatt.core.observable import MatrixObservable

    refused = Task(huge, TIMES, (MatrixObservable("mine", lambda R: R.H),))
    assert "has no matrices, which mine needs" in Table().unsupported(refused)
