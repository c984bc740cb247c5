"""Times at which runs are looked at."""

from __future__ import annotations

import numpy as np
import pytest

import qubatt as qb
from qubatt.charging.request import Request
from qubatt.charging.sample_times import MAX_ADDED_SAMPLES, MIN_SAMPLES, sample_times

CAVITY = qb.TavisCummingsBattery(2, 0.6, 2)
DRIVEN = qb.DrivenBattery(3, 1.0)


def question(battery: qb.DickeBattery | qb.DrivenBattery, *merits: str) -> Request:
    """Ask for merits."""
    return Request.of(battery, None, None, merits)


def test_only_what_is_needed_is_added() -> None:
    """Time 0, and with a cavity enough looks at its highest level."""
    asked = np.array([1.0, 3.0])
    np.testing.assert_array_equal(sample_times(question(DRIVEN, "energy"), asked), [0.0, 1.0, 3.0])
    times = sample_times(question(CAVITY, "energy"), asked)
    assert len(times) > MIN_SAMPLES
    assert set(asked) <= set(times)
    early = np.append(np.linspace(0, 1, 2 * MIN_SAMPLES), 9.0)
    assert np.diff(sample_times(question(CAVITY, "energy"), early)).max() < 9.01 / MIN_SAMPLES
    dense = np.linspace(0, 1, MIN_SAMPLES + 1)
    np.testing.assert_array_equal(sample_times(question(CAVITY, "energy"), dense), dense)


def test_parts_of_an_interval_are_even() -> None:
    """However uneven the intervals are; every time asked for is kept to the last bit."""
    asked = np.array([1e-3, 0.4, 0.41, 7.0])
    times = sample_times(question(CAVITY, "energy"), asked)
    assert np.all(np.diff(times) > 0)
    assert set(asked) <= set(times)
    for start, stop in zip([0.0, *asked], asked, strict=False):
        inside = times[(times >= start) & (times <= stop)]
        np.testing.assert_allclose(np.diff(inside), (stop - start) / (len(inside) - 1), rtol=1e-9)
        assert (stop - start) / (len(inside) - 1) <= asked[-1] / MIN_SAMPLES * (1 + 1e-9)


def test_curves_ask_for_more_but_not_for_ever() -> None:
    """As fast as the energy turns; a limit keeps fast batteries affordable."""
    few = sample_times(question(DRIVEN, "energy"), np.array([20.0]))
    more = sample_times(question(DRIVEN, "maximum_energy"), np.array([20.0]))
    assert len(few) == 2
    assert 50 < len(more) < 500
    fast = question(qb.DrivenBattery(3, 1e5), "maximum_energy")
    assert len(sample_times(fast, np.array([20.0]))) == MAX_ADDED_SAMPLES + 1


def test_maxima_do_not_depend_on_the_output_times() -> None:
    """Two times suffice; sin²(Ωt/2) of one resonant atom is full at π/Ω, steepest at π/2Ω."""
    atom = qb.DrivenBattery(1, 0.7, detuning=0.0)
    merits = ["maximum_energy", "charging_time", "maximum_power", "maximum_power_time"]
    for times in ([0.0, 8.0], np.linspace(0, 8, 200)):
        run = qb.charge(atom, times=times, merits=merits)
        assert float(run.maximum_energy) == pytest.approx(1.0, abs=1e-9)
        assert float(run.charging_time) == pytest.approx(np.pi / 0.7, abs=1e-7)
        assert float(run.maximum_power) == pytest.approx(0.35, abs=1e-8)
        assert float(run.maximum_power_time) == pytest.approx(np.pi / 1.4, abs=1e-5)
        assert 0 <= run.certificate["curve_error"] < 1e-7


@pytest.mark.parametrize("gap", [1e-3, 1e-6, 1e-9, 1e-12, 1e-15])
def test_maxima_do_not_depend_on_how_uneven_the_times_are(gap: float) -> None:
    """Many early times and one late one; pairs of times that all but coincide."""
    atom = qb.DrivenBattery(1, 0.7, detuning=0.0)
    pairs = np.arange(1.0, 9.0)
    uneven = np.append(np.linspace(0, 0.01, 400), 8.0)
    for times in (uneven, np.unique([pairs, pairs * (1 + gap)])):
        run = qb.charge(
            atom, times=times, merits=["maximum_energy", "maximum_power", "charging_time"]
        )
        assert float(run.maximum_energy) == pytest.approx(1.0, abs=1e-8)
        assert float(run.charging_time) == pytest.approx(np.pi / 0.7, abs=1e-6)
        assert float(run.maximum_power) == pytest.approx(0.35, abs=1e-6)


def test_output_times_beside_a_step_of_the_drive() -> None:
    """However close: the steepest rise is Ω/2 where the angle Ω dt sums up to π/2."""
    drive = qb.PiecewisePulse((0.0, 0.3, 0.9, 9.0), (1.0, 0.2, 1.0))
    atom = qb.DrivenBattery(1, drive, detuning=0.0)
    steps = np.array([0.3, 0.9])
    for near in (1e-16, 2e-16, 1e-13, 1e-12, 1e-11):
        times = np.unique([*steps * (1 - near), *steps * (1 + near), 1.0, 6.0])
        run = qb.charge(atom, times=times, merits=["maximum_power", "maximum_power_time"])
        assert float(run.maximum_power) == pytest.approx(0.5, abs=1e-6)
        expected = 0.9 + np.pi / 2 - 0.3 - 0.12
        assert float(run.maximum_power_time) == pytest.approx(expected, abs=1e-3)


def test_error_of_a_curve_with_uneven_times_is_no_smaller() -> None:
    """Times in close pairs: what a pair says of its neighbour is little."""
    from qubatt.merits.energy_curve import Curve

    times = np.sort(np.concatenate([np.arange(0, 6.1, 0.5), np.arange(0.5, 6.1, 0.5) - 1e-3]))
    fine = np.linspace(0, 6, 2001)
    curve = Curve(times, np.sin(times / 2) ** 2, 0.5 * np.sin(times), 0.5 * np.cos(times))
    true = np.abs(curve.energy(fine) - np.sin(fine / 2) ** 2).max()
    assert true / 3 < curve.error < 100 * true


def test_overshoot_of_a_polynomial_is_no_maximum() -> None:
    """−t⁴ with slopes of a cubic rises by less than the curve is off."""
    from qubatt.merits.energy_curve import Curve

    times = np.linspace(0, 1, 9)
    falling = Curve(times, -(times**4), -4 * times**3, None)
    assert falling.energy(np.linspace(0, 0.125, 99)).max() > falling.rounding
    assert np.isnan(falling.first_maximum())


def test_small_maxima_count_where_the_curve_is_accurate() -> None:
    """A fall by 1e-7 after a start that no polynomial follows to 1e-7."""
    battery, leak = qb.DrivenBattery(7, 0.13, -1.62), qb.CollectiveDecay(1.0)
    times = np.linspace(0, 20, 4001)
    energy = qb.charge(battery, times=times, environment=leak).energy.values
    rising = np.flatnonzero(np.diff(energy) > 0)[0]
    expected = times[rising + np.argmax(np.diff(energy[rising:]) < 0)]
    run = qb.charge(battery, times=[20.0], environment=leak, merits="charging_time")
    assert float(run.charging_time) == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize("points", [2, 11, 101])
def test_nothing_is_reached_before_a_pulse(points: int) -> None:
    """Its tail is as small as numbers can be, and makes polynomials that are all but constant."""
    pulse = qb.GaussianPulse(2.27, 0.7206033319132421, 0.01)
    battery, leak = qb.TavisCummingsBattery(2, pulse, 6), qb.CavityLoss(0.01)
    run = qb.charge(
        battery, times=np.linspace(0, 1, points), environment=leak, merits="time_to_fraction"
    )
    assert 0.7 < float(run.time_to_fraction) < 0.76


def test_error_of_the_curve_is_a_fair_estimate() -> None:
    """Within a factor of three of the true one, for E = sin²(Ωt/2) with few times."""
    from qubatt.merits.energy_curve import Curve

    times = np.linspace(0, 6, 13)
    fine = np.linspace(0, 6, 2001)
    for bend in (True, False):
        curve = Curve(
            times,
            np.sin(times / 2) ** 2,
            0.5 * np.sin(times),
            0.5 * np.cos(times) if bend else None,
        )
        true = np.abs(curve.energy(fine) - np.sin(fine / 2) ** 2).max()
        assert true / 3 < curve.error < 3 * true


def test_merits_of_the_full_state_have_their_own_times() -> None:
    """Same numbers as at the output times, fewer of them."""
    times = np.linspace(0, 2, 9)
    whole = qb.charge(CAVITY, times=times, merits=["energy", "negativity"])
    some = qb.charge(
        CAVITY, times=times, merits=["energy", "negativity"], state_times=[0.5, 1.1, 2.0]
    )
    assert whole.negativity.dims == ("time",)
    assert some.negativity.dims == ("state_time",)
    np.testing.assert_array_equal(some.state_time, [0.5, 1.1, 2.0])
    np.testing.assert_allclose(some.negativity[[0, 2]], whole.negativity[[2, 8]], atol=1e-9)
    np.testing.assert_allclose(some.energy, whole.energy, atol=1e-9)
    with pytest.raises(qb.ArgumentError, match="`state_times` must be left out"):
        qb.charge(CAVITY, times=times, state_times=[0.5])
    with pytest.raises(qb.ArgumentError, match="`state_times` must ascend"):
        qb.charge(CAVITY, times=times, merits="negativity", state_times=[0.5, 0.5])


def test_energy_that_turns_too_fast_is_not_ok() -> None:
    """If even the most sampling times do not suffice, status and warning say so."""
    with pytest.warns(qb.QubattWarning, match="Use more output times, or a smaller last time"):
        run = qb.charge(
            qb.DrivenBattery(1, 300.0, detuning=0.0), times=[0.0, 100.0], merits="maximum_energy"
        )
    assert run.attrs["status"] == "not-converged"
    assert (
        qb.charge(qb.DrivenBattery(1, 0.0), times=[0.0, 9.0], merits="maximum_energy").status
        == "ok"
    )
