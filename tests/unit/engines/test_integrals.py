"""Time integrals of expectation values, against quadrature of the recorded moments."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import qubatt as qb
from qubatt.core.observable import (
    ENERGY,
    ChargingEnergy,
    Expectation,
    MatrixObservable,
    Observable,
    Product,
)
from qubatt.core.problem import Problem, Start
from qubatt.core.realization import TimeDependent
from qubatt.core.solution import Integrals, Solution
from qubatt.core.task import Task
from qubatt.engines import Engine
from qubatt.engines.engine import Progress, Propagator
from qubatt.engines.integrals import MAX_INTERVALS, RunningIntegrals
from qubatt.engines.recorder import Outcome, Recorder
from solving import task

PHOTONS = Expectation.of("cavity", ("n",))
SQUARE = MatrixObservable("H H", lambda R: R.H @ R.H)
INTEGRATED = (ENERGY, PHOTONS, SQUARE)
LABELS = {each.label for each in INTEGRATED}
NODES = 12
LOSS = qb.CavityLoss(0.5, n_thermal=0.1)
DICKE = qb.DickeBattery(n_atoms=2, coupling=0.6, interaction=0.4, max_photons=5)
TIMES = [0.3, 1.0, 1.1, 4.7, 9.0]


def integrate(
    engine: Engine, problem: Problem, times: list[float], starts: tuple[Start, ...] = ()
) -> list[Solution]:
    """Solve with the energy recorded and all three observables integrated."""
    wanted = replace(task(problem, times, [ENERGY], starts=starts), integrated=INTEGRATED)
    return engine.solve(wanted)


def by_quadrature(
    engine: Engine,
    problem: Problem,
    edges: np.ndarray,
    label: str,
    observables: tuple[Observable, ...] = INTEGRATED,
) -> np.ndarray:
    """Return the integrals over intervals from moments at Gauss nodes in each of them."""
    x, weights = np.polynomial.legendre.leggauss(NODES)
    half = 0.5 * np.diff(edges)
    times = (edges[:-1, np.newaxis] + half[:, np.newaxis] * (1.0 + x)).ravel()
    (run,) = engine.solve(task(problem, times, observables))
    return np.asarray((run.moments[label].reshape(-1, NODES) @ weights) * half)


def assert_close(integrals: Integrals, label: str, expected: np.ndarray) -> None:
    """Compare all intervals, relative to the whole integral."""
    total = np.sum(np.abs(expected))
    np.testing.assert_allclose(integrals.values[label], expected, rtol=0.0, atol=1e-11 * total)


@pytest.mark.parametrize(
    ("battery", "environment"),
    [
        (DICKE, [LOSS]),
        (DICKE, []),
        (DICKE, [qb.CavityLoss(9.0)]),  # damping dominates: foci on the real axis
    ],
)
def test_chebyshev_integrals(battery: qb.DickeBattery, environment: list[qb.CavityLoss]) -> None:
    """Uneven output times that do not start at 0."""
    problem = battery.problem(environment=environment)
    engine = qb.ExactEngine(1e-12)
    (run,) = integrate(engine, problem, TIMES)
    assert run.integrals is not None
    edges = run.integrals.edges
    assert (edges[0], edges[-1]) == (0.0, TIMES[-1])
    assert np.all(np.diff(edges) > 0)
    assert run.integrals.values.keys() == LABELS
    for label in LABELS:
        assert_close(run.integrals, label, by_quadrature(engine, problem, edges, label))


def test_damping_without_a_hamiltonian() -> None:
    """One step over the whole run: ∫⟨J_z⟩ dt of a spin that relaxes at the rate 2."""
    problem = qb.DrivenBattery(1, drive=0.0, detuning=0.0).problem(
        environment=[qb.CollectiveDecay(1.0, 0.5)]
    )
    end = 400.0
    excited = MatrixObservable("H_B", lambda R: R.H_B)
    wanted = replace(task(problem, [end]), integrated=(excited,))
    (run,) = qb.ExactEngine(1e-12).solve(wanted)
    edges, values = run.integrals.edges, run.integrals.values["H_B"]
    (moments,) = qb.ExactEngine(1e-12).solve(task(problem, [end], [excited]))
    steady = moments.moments["H_B"][0]  # reached exponentially: E + (E_0 − E) exp(−2t)
    rate = 2.0
    start = -0.5
    expected = steady * np.diff(edges) - (start - steady) / rate * np.diff(np.exp(-rate * edges))
    np.testing.assert_allclose(values, expected, rtol=1e-12)


ENGINES = [qb.ExactEngine(), qb.MatrixEngine(), qb.DenseEngine()]


def test_dense_integrals() -> None:
    """Between 0 and the output times, against quadrature; equal steps share an exponential."""
    problem, engine = DICKE.problem(environment=[LOSS]), qb.DenseEngine()
    times = [0.0, 0.3, 0.6, 0.9, 1.7]
    (run,) = integrate(engine, problem, times)
    np.testing.assert_array_equal(run.integrals.edges, times)
    assert run.statistics["exponentials"] == 2
    (exact,) = qb.ExactEngine(1e-12).solve(
        replace(task(problem, times, [ENERGY]), integrated=INTEGRATED)
    )
    for label in LABELS:
        total = exact.integrals.values[label].sum()
        assert run.integrals.values[label].sum() == pytest.approx(total, rel=1e-12)
    edges = np.linspace(0.0, 0.6, 3)
    (even,) = integrate(engine, problem, edges[1:].tolist())
    for label in LABELS:
        expected = by_quadrature(qb.ExactEngine(1e-12), problem, edges, label)
        assert_close(even.integrals, label, expected)


def test_matrix_integrals() -> None:
    """Runge–Kutta without pulses; every step is an interval."""
    problem = DICKE.problem(environment=[LOSS])
    (run,) = integrate(qb.MatrixEngine(1e-13), problem, TIMES[:3])
    (exact,) = integrate(qb.ExactEngine(1e-12), problem, TIMES[:3])
    assert run.integrals.edges[-1] == TIMES[2]
    assert len(run.integrals.edges) == run.statistics["steps"] + 1
    for label in LABELS:
        total = exact.integrals.values[label].sum()
        assert run.integrals.values[label].sum() == pytest.approx(total, rel=1e-11)


@pytest.mark.parametrize("engine", [qb.ExactEngine(1e-12), qb.MatrixEngine(1e-13)])
def test_integrals_with_pulses(engine: Engine) -> None:
    """V(t)² contains the pulse and its square; a jump of the pulse lies inside the run."""
    for pulse in (
        qb.SinePulse(0.6, 2.0, offset=0.5),
        qb.PiecewisePulse((0.0, 0.7, 3.0), (0.8, 0.2)),
    ):
        problem = qb.TavisCummingsBattery(n_atoms=2, coupling=pulse, max_photons=3).problem(
            environment=[LOSS]
        )
        observables = (ENERGY, PHOTONS, Product(ChargingEnergy(), ChargingEnergy()))
        wanted = replace(task(problem, [0.4, 1.3], [ENERGY]), integrated=observables)
        (run,) = engine.solve(wanted)
        edges = np.array([0.0, 0.35, 0.7, 1.0, 1.3])
        for each in observables:
            expected = by_quadrature(engine, problem, edges, each.label, observables=observables)
            total = run.integrals.values[each.label].sum()
            assert total == pytest.approx(expected.sum(), rel=1e-11)


@pytest.mark.parametrize("engine", ENGINES)
def test_every_start_has_its_integrals(engine: Engine) -> None:
    """Joint runs of two initial states equal separate runs."""
    problem = DICKE.problem(environment=[LOSS])
    starts = tuple(
        DICKE.problem(light).initial for light in (qb.FockState(2), qb.CoherentState(0.2))
    )
    both = integrate(engine, problem, TIMES[:2], starts)
    for start, run in zip(starts, both, strict=True):
        (alone,) = integrate(engine, problem, TIMES[:2], (start,))
        np.testing.assert_array_equal(run.integrals.edges, alone.integrals.edges)
        for label in LABELS:
            expected = alone.integrals.values[label]
            np.testing.assert_allclose(run.integrals.values[label], expected, rtol=1e-13)
    assert both[0].integrals.values["H_B"].sum() != both[1].integrals.values["H_B"].sum()


@pytest.mark.parametrize("engine", ENGINES)
def test_recorded_moments_do_not_change(engine: Engine) -> None:
    """Integrals leave moments as they are; a task without integrals has none."""
    problem = DICKE.problem(environment=[LOSS])
    (plain,) = engine.solve(task(problem, TIMES, [ENERGY]))
    (run,) = integrate(engine, problem, TIMES)
    assert plain.integrals is None
    rounding = 1e-14 if engine.name == "dense" else 0.0
    np.testing.assert_allclose(run.moments["H_B"], plain.moments["H_B"], rtol=0.0, atol=rounding)


@pytest.mark.parametrize("engine", ENGINES)
def test_time_zero_alone(engine: Engine) -> None:
    """No interval, and one edge."""
    (run,) = integrate(engine, DICKE.problem(environment=[LOSS]), [0.0])
    assert run.integrals.edges.tolist() == [0.0]
    assert {values.shape for values in run.integrals.values.values()} == {(0,)}


def test_pulses_need_a_hamiltonian_with_pulses() -> None:
    """Steps under a constant Hamiltonian do not resolve a pulse in an observable."""
    pulsed = MatrixObservable("f H", lambda R: TimeDependent(R.H, ((np.sin, R.H),)))
    wanted = replace(task(DICKE.problem(), [1.0]), integrated=(pulsed,))
    (run,) = qb.ExactEngine().solve(wanted)
    assert run.integrals is None


def test_many_intervals_are_merged() -> None:
    """The sum is kept, neighbours are merged, and edges stay ascending."""
    running = RunningIntegrals(1)
    count = 3 * MAX_INTERVALS
    for k in range(1, count + 1):
        running.add(np.array([float(k)]), np.array([[1.0]]))
    assert len(running.values) <= MAX_INTERVALS
    assert (running.edges[0], running.edges[-1]) == (0.0, float(count))
    np.testing.assert_array_equal(running.values[:, 0], np.diff(running.edges))


class _Still(Propagator):
    """Records the initial state at all times, without integrals."""

    memory = 0.0

    def __init__(self, wanted: Task) -> None:
        self._task = wanted

    def products(self) -> float:
        return 0.0

    def run(self, recorders: list[Recorder], progress: Progress | None) -> list[Outcome]:  # noqa: ARG002
        rho = self._task.realization.density(self._task.initials[0]).toarray()
        for _ in self._task.times:
            recorders[0].density(rho)
        return [Outcome(0.0, {})]


def test_engines_may_omit_integrals() -> None:
    """An engine that records moments alone works as before."""

    class Still(Engine):
        name = "still"

        def _prepare(self, task: Task) -> Propagator:
            return _Still(task)

    (run,) = integrate(Still(), DICKE.problem(), TIMES)
    assert run.integrals is None
    assert len(run.moments["H_B"]) == len(TIMES)
