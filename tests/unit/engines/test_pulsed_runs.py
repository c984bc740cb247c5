"""Hamiltonians with pulses: which engines take them, at what error, and what is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest

import qubatt as qb
from qubatt.engines.cost import problem_cost
from solving import solve

TIMES = np.linspace(0.0, 4.0, 9)
LOSS = qb.CavityLoss(0.4)


def battery(pulse: object) -> qb.TavisCummingsBattery:
    """Two atoms and a cavity of four levels with a coupling that is switched."""
    return qb.TavisCummingsBattery(n_atoms=2, coupling=pulse, max_photons=3)


@pytest.mark.parametrize("engine", ["exact", "matrix"])
def test_not_a_number_names_the_time(engine: str) -> None:
    """A pulse that fails at t > 2 stops the run and says when."""
    with pytest.raises(qb.ArgumentError, match=r"2\.") as caught:
        qb.charge(battery(lambda t: 1.0 if t < 2 else math.nan), times=TIMES, engine=engine)
    assert "nan" in str(caught.value)


def test_complex_values_are_refused() -> None:
    """A pulse is real; a phase belongs into a second term."""
    with pytest.raises(qb.ArgumentError, match="number"):
        qb.charge(battery(lambda t: np.exp(1j * t)), times=TIMES)


def test_dense_refuses_by_name() -> None:
    """The oracle takes one exponential, of a constant Hamiltonian."""
    with pytest.raises(qb.UnsupportedError, match="dense engine does not support pulses"):
        qb.charge(battery(qb.SinePulse(1.0, 1.0)), times=TIMES, engine="dense")


def test_auto_says_that_it_chose_for_the_pulses() -> None:
    """Twelve states would be dense, were it not for the pulse."""
    run = qb.charge(battery(qb.SinePulse(1.0, 1.0)), times=TIMES)
    assert '"engine": "exact"' in run.attrs["engine"]
    assert "pulses" in run.attrs["engine"]


def test_constant_pulse_is_a_number() -> None:
    """It takes the same path as the number, to the last digit."""
    run, same = (
        qb.charge(battery(amplitude), times=TIMES, environment=LOSS, engine="exact")
        for amplitude in (qb.ConstantPulse(0.7), 0.7)
    )
    np.testing.assert_array_equal(run.energy, same.energy)
    assert '"method": "chebyshev"' in run.attrs["engine"]


def test_piecewise_pulse_is_one_constant_after_the_other() -> None:
    """On until 1.5, off after it: then only the cavity loses, and the atoms keep their energy."""
    pulse = qb.PiecewisePulse((0.0, 1.5, 9.0), (0.8, 0.0))
    on = qb.charge(battery(0.8), times=[1.0, 1.5], environment=LOSS)
    run = qb.charge(battery(pulse), times=[1.0, 1.5, 2.0, 4.0], environment=LOSS)
    np.testing.assert_allclose(run.energy[:2], on.energy, atol=1e-9)
    np.testing.assert_allclose(run.energy[2:], float(on.energy[1]), atol=1e-9)
    np.testing.assert_allclose(run.power[2:], 0.0, atol=1e-9)
    photons = float(run.mean_photons[1]) * np.exp(-0.4 * np.array([0.5, 2.5]))
    np.testing.assert_allclose(run.mean_photons[2:], photons, atol=1e-9)


def test_resonant_pulse_turns_by_its_area() -> None:
    """One atom driven on resonance: E = sin²(area/2), whatever the shape."""
    pulse = qb.GaussianPulse(1.2, 2.0, 0.3)
    driven = qb.DrivenBattery(n_atoms=1, drive=pulse, detuning=0.0)
    run = qb.charge(driven, times=[2.0, 4.0])
    area = 1.2 * 0.3 * math.sqrt(2 * math.pi)
    np.testing.assert_allclose(run.energy, np.sin(np.array([area / 4, area / 2])) ** 2, atol=1e-9)


@pytest.mark.parametrize("engine", [qb.ExactEngine, qb.MatrixEngine])
def test_error_falls_with_the_tolerance(engine: type[qb.ExactEngine]) -> None:
    """Errors against the finest run lie below each tolerance, and the work grows."""
    problem = battery(qb.SinePulse(0.6, 2.0, offset=0.5)).problem(environment=[LOSS])
    best = solve(qb.ExactEngine(1e-12), problem, TIMES, {}, states=True)
    products = []
    for tolerance in (1e-4, 1e-6, 1e-8, 1e-10):
        run = solve(engine(tolerance), problem, TIMES, {}, states=True)
        error = np.max(np.linalg.norm(run.states - best.states, axis=(1, 2)))
        assert error < tolerance
        assert run.error_estimate <= tolerance
        products.append(run.statistics["steps"])
    assert products == sorted(products)
    assert products[-1] > products[0]


def test_unhashable_function_of_time() -> None:
    """Objects without a hash may be pulses, too."""

    class Ramp(list[float]):
        def __call__(self, time: float) -> float:
            return self[0] * time

    run = qb.charge(battery(Ramp([0.2])), times=TIMES)
    assert run.attrs["status"] == "ok"


def test_pulse_far_from_the_start_is_not_overlooked() -> None:
    """A plain function that is 0 for most of the run is found nevertheless."""
    driven = qb.DrivenBattery(
        n_atoms=1, drive=lambda t: 0.1 * math.exp(-((t - 50) ** 2) / 50), detuning=0.0
    )
    run = qb.charge(driven, times=[100.0])
    area = 0.1 * 5 * math.sqrt(2 * math.pi)
    assert float(run.energy[-1]) == pytest.approx(math.sin(area / 2) ** 2, abs=1e-8)


def test_cost_sees_the_height_of_a_pulse() -> None:
    """A pulse that is 0 at the start is priced by its largest value."""
    problem = qb.DrivenBattery(3, qb.GaussianPulse(50.0, 5, 1), detuning=0.0).problem()
    taken = solve(qb.ExactEngine(), problem, np.array([10.0]), {}).statistics["products"]
    assert taken / 5 < problem_cost(problem, [10.0]).products < 5 * taken


def test_a_jump_names_the_cure() -> None:
    """A step function cannot be integrated blindly; told of its edge, it can."""
    step = lambda t: 1.0 if t < 2 else 0.0  # noqa: E731
    with pytest.raises(qb.ResourceError, match=r"FunctionPulse\(f, edges=\[2\]\)"):
        qb.charge(qb.DrivenBattery(2, step), times=[4.0])
    run = qb.charge(qb.DrivenBattery(2, qb.FunctionPulse(step, edges=[2.0])), times=[4.0])
    same = qb.charge(qb.DrivenBattery(2, qb.PiecewisePulse((0.0, 2.0), (1.0,))), times=[4.0])
    np.testing.assert_allclose(run.energy, same.energy, atol=1e-12)


@pytest.mark.parametrize("engine", [qb.ExactEngine, qb.MatrixEngine])
def test_rounding_of_times_is_covered_by_the_estimate(engine: type[qb.ExactEngine]) -> None:
    """Spin 1 turned by ∫(20 + 40 sin 3t) dt about x: errors far below the rounding of t · 60."""
    pulse = qb.SinePulse(40.0, 3.0, offset=20.0)
    driven = qb.DrivenBattery(n_atoms=2, drive=pulse, detuning=0.0)
    run = solve(engine(1e-12), driven.problem(), np.array([30.0]), {"E": lambda R: R.H_B})
    angle = 20.0 * 30.0 + 40.0 / 3.0 * (1 - math.cos(90.0))
    assert abs(run.moments["E"][0] + math.cos(angle)) < 2 * run.error_estimate + 2e-12


def test_narrow_peak_of_a_function_is_found() -> None:
    """Width 1 somewhere in ten thousand: the peak is found before the steps pass by."""
    drive = lambda t: 0.8 * math.exp(-((t - 2300) ** 2) / 2)  # noqa: E731
    run = qb.charge(qb.DrivenBattery(1, drive, detuning=0.0), times=[4000.0])
    area = 0.8 * math.sqrt(2 * math.pi)
    assert float(run.energy[-1]) == pytest.approx(math.sin(area / 2) ** 2, abs=1e-8)
