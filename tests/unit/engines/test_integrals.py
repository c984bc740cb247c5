"""Time integrals of expectation values, against quadrature of the recorded moments."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import qubatt as qb
from qubatt.core.observable import ENERGY, Expectation, MatrixObservable
from qubatt.core.problem import Problem, Start
from qubatt.core.solution import Integrals, Solution
from qubatt.engines import Engine
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
    engine: Engine, problem: Problem, edges: np.ndarray, label: str, start: Start | None = None
) -> np.ndarray:
    """Return the integrals over intervals from moments at Gauss nodes in each of them."""
    x, weights = np.polynomial.legendre.leggauss(NODES)
    half = 0.5 * np.diff(edges)
    times = (edges[:-1, np.newaxis] + half[:, np.newaxis] * (1.0 + x)).ravel()
    starts = () if start is None else (start,)
    (run,) = engine.solve(task(problem, times, INTEGRATED, starts=starts))
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


@pytest.mark.parametrize("engine", [qb.ExactEngine()])
def test_recorded_moments_do_not_change(engine: Engine) -> None:
    """Integrals leave moments as they are; a task without them has none."""
    problem = DICKE.problem(environment=[LOSS])
    (plain,) = engine.solve(task(problem, TIMES, [ENERGY]))
    (run,) = integrate(engine, problem, TIMES)
    assert plain.integrals is None
    np.testing.assert_array_equal(run.moments["H_B"], plain.moments["H_B"])


@pytest.mark.parametrize("engine", [qb.ExactEngine()])
def test_time_zero_alone(engine: Engine) -> None:
    """No interval, and one edge."""
    (run,) = integrate(engine, DICKE.problem(environment=[LOSS]), [0.0])
    assert run.integrals.edges.tolist() == [0.0]
    assert {values.shape for values in run.integrals.values.values()} == {(0,)}
