"""times="auto": long enough, no longer than that, and dense where something happens."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import qubatt as qb
from qubatt.charging.settling_times import OUTPUT_TIMES, TIMES_PER_PERIOD, _grid
from qubatt.models import Battery

CASES: list[tuple[Battery, Any]] = [
    (qb.DrivenBattery(4, drive=1.0), qb.CollectiveDecay(0.3)),
    (qb.DrivenBattery(2, drive=1.0, detuning=0.0), qb.CollectiveDecay(0.01)),
    (qb.DrivenBattery(1, drive=1.0, detuning=0.0), qb.CollectiveDecay(50.0)),
    (qb.DickeBattery(2, 0.3, 14, interaction=0.6), qb.CavityLoss(0.5)),
    (qb.TavisCummingsBattery(3, 0.3, 3), qb.CavityLoss(0.2)),
    (qb.TavisCummingsBattery(1, 0.02, 1), qb.CavityLoss(2.0)),
]
every_case = pytest.mark.parametrize(("battery", "environment"), CASES)


def distances(run: Any, end: Any) -> np.ndarray:
    """Return how far the merits are from the end, relative to the larger of 1 and the end."""
    parts = [np.abs(run[name] - end[name]) / max(1.0, abs(float(end[name]))) for name in end]
    return np.max(parts, axis=0)


@every_case
def test_run_lasts_until_it_is_steady_and_not_much_longer(battery: Any, environment: Any) -> None:
    """All merits end within 1e-6 of the steady state; half the time would not have been enough."""
    run = qb.charge(battery, times="auto", environment=environment)
    end = qb.steady_state(battery, environment=environment)
    time = run.time.values
    assert time[0] == 0.0
    assert len(time) == OUTPUT_TIMES
    assert np.all(np.diff(time) > 0)
    far = distances(run, end)
    assert far[-1] <= 1.1e-6  # the run itself is accurate to less
    assert far[time < time[-1] / 2].max() > 1e-6
    assert run.status == "ok"


@every_case
def test_first_steps_follow_the_energy(battery: Any, environment: Any) -> None:
    """A run at four times as many times goes through the same points without surprise between."""
    run = qb.charge(battery, times="auto", environment=environment)
    few = run.time.values[:40]
    fine = np.linspace(few[0], few[-1], 4 * len(few))
    known = qb.charge(battery, times=fine, environment=environment).energy.values
    scale = max(np.ptp(known), 1e-3)
    error = np.abs(np.interp(fine, few, run.energy.values[:40]) - known).max()
    assert error < 0.05 * scale


def test_turns_are_resolved_even_if_they_last_long() -> None:
    """Hundreds of Rabi oscillations in 401 points: the first ones get twelve each."""
    battery = qb.DrivenBattery(1, drive=2.0, detuning=0.0)
    run = qb.charge(battery, times="auto", environment=qb.CollectiveDecay(0.01))
    period = np.pi  # 2π/Ω
    assert run.time[-1] > 300 * period
    first = np.count_nonzero(run.time <= period)
    assert TIMES_PER_PERIOD <= first <= 3 * TIMES_PER_PERIOD
    steps = np.diff(run.time)
    assert np.all(np.diff(steps) > 0)
    assert steps[-1] > 2 * period


@pytest.mark.parametrize("engine", ["exact", "matrix"])
def test_times_do_not_depend_on_the_engine(engine: str) -> None:
    """They are found before the run that is asked for."""
    battery, environment = CASES[0]
    run = qb.charge(battery, times="auto", environment=environment, engine=engine)
    known = qb.charge(battery, times="auto", environment=environment)
    np.testing.assert_array_equal(run.time, known.time)
    np.testing.assert_allclose(run.energy, known.energy, atol=1e-7)


def test_what_never_settles_is_refused() -> None:
    """No environment, pulses, an oscillation for ever; and any other word."""
    driven, decay = qb.DrivenBattery(2, drive=1.0), qb.CollectiveDecay(0.5)
    with pytest.raises(qb.UnsupportedError, match="Without an environment"):
        qb.charge(driven, times="auto")
    pulsed = qb.DrivenBattery(2, drive=qb.SinePulse(1.0, 1.0))
    with pytest.raises(qb.UnsupportedError, match="has pulses"):
        qb.charge(pulsed, times="auto", environment=decay)
    free = qb.CascadeBattery(max_photons=2, coupling=0.0)
    with pytest.raises(qb.UnsupportedError, match="never becomes steady"):
        qb.charge(free, times="auto", environment=qb.CavityLoss(0.5))
    with pytest.raises(qb.ArgumentError) as caught:
        qb.charge(driven, times="automatic", environment=decay)
    assert caught.value.argument == "times"


def test_battery_at_rest_takes_no_time() -> None:
    """Nothing happens without a drive: any time would do, a short one is given."""
    run = qb.charge(
        qb.DrivenBattery(3, drive=0.0), times="auto", environment=qb.CollectiveDecay(0.3)
    )
    assert 0 < run.time[-1] < 10 / 0.3
    np.testing.assert_allclose(run.energy, 0.0, atol=1e-14)


@pytest.mark.parametrize(("first", "end"), [(0.1, 30.0), (0.1, 1e3), (1e-3, 1e5), (1e-6, 1e9)])
def test_grid_begins_as_dense_as_wanted(first: float, end: float) -> None:
    """From 0 to the end, ascending, the first step about as wanted or less, none shorter later."""
    times = _grid(first, end)
    steps = np.diff(times)
    assert (times[0], times[-1], len(times)) == (0.0, end, OUTPUT_TIMES)
    assert 0 < steps[0] <= 1.01 * first
    assert np.all(np.diff(steps) >= -1e-12 * end)
    if end / (OUTPUT_TIMES - 1) <= first:
        np.testing.assert_allclose(steps, steps[0], rtol=1e-9)
    else:
        assert steps[0] == pytest.approx(first, rel=2e-2)
