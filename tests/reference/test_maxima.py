"""Largest energies and powers, and when they are reached, read off coarse output times."""

import numpy as np
import pytest
from scipy.optimize import brentq

import qubatt as qb
from qubatt.merits.energy_curve import Curve

CURVE = [
    "maximum_energy",
    "maximum_energy_time",
    "maximum_power",
    "maximum_power_time",
    "maximum_average_power",
    "maximum_average_power_time",
    "charging_time",
    "time_to_fraction",
]
STEEPEST = brentq(lambda x: np.tan(x) - 2 * x, 1.0, 1.5)
"""Where sin^2(x)/x is largest."""


def tavis_cummings(N, g, times, photons=None, **options):
    """Return the numbers of the curve of a closed battery on resonance."""
    photons = N if photons is None else photons
    battery = qb.TavisCummingsBattery(N, g, max_photons=photons)
    return qb.charge(battery, times=times, charger=qb.FockState(photons), merits=CURVE, **options)


TABLE = [
    (1, 1.0, np.pi / 2, 0.724611),
    (2, 8 / 9, 1.28255, 1.773342),
    (4, 0.861461, 0.9195, 4.806720),
    (10, 0.886330, 0.6367, 18.627470),
]


def chain(N, g):
    """Return E and P of N photons and N atoms as functions of time, by diagonalisation."""
    k = np.arange(N)
    H = np.diag(g * (N - k) * np.sqrt(k + 1.0), 1)
    levels, vectors = np.linalg.eigh(H + H.T)
    excited = (vectors.T * np.arange(N + 1)) @ vectors
    energy_rate = 1j * np.subtract.outer(levels, levels) * excited

    def mean(operator, t):
        state = np.exp(-1j * levels * t) * vectors[0]
        return (state.conj() @ operator @ state).real

    return lambda t: mean(excited, t), lambda t: mean(energy_rate, t)


@pytest.mark.parametrize(("N", "per_atom", "time", "power"), TABLE)
def test_first_maximum_of_tavis_cummings(N, per_atom, time, power):
    """41 output times are enough for six digits of energy and power and seven of the time."""
    g = 0.7
    run = tavis_cummings(N, g, np.linspace(0, 1.3 * time / g, 41))
    assert float(run.maximum_energy) / N == pytest.approx(per_atom, abs=6e-7)
    assert float(run.maximum_average_power) / g == pytest.approx(power, abs=1e-6)
    assert float(run.charging_time) * g == pytest.approx(time, abs=6e-5)  # digits of the table
    E, P = chain(N, g)
    exact = brentq(P, 0.8 * time / g, 1.2 * time / g, xtol=1e-14)
    assert float(run.charging_time) == pytest.approx(exact, rel=1e-7)
    assert float(run.maximum_energy_time) == pytest.approx(exact, rel=1e-7)
    assert float(run.maximum_energy) == pytest.approx(E(exact), rel=1e-9)
    steep = float(run.maximum_average_power_time)
    assert float(run.maximum_average_power) == pytest.approx(E(steep) / steep, rel=1e-9)
    assert steep * P(steep) == pytest.approx(E(steep), rel=1e-6)


@pytest.mark.parametrize("N", [1, 3])
@pytest.mark.parametrize("periods", [0.6, 1.0, 2.3])
def test_one_photon_gives_all_numbers_in_closed_form(N, periods):
    """E = sin^2(Gt), G = g sqrt(N): the first of equal maxima counts."""
    g, G = 0.7, 0.7 * np.sqrt(N)
    times = np.linspace(0, periods * np.pi / G, 41)
    battery = qb.TavisCummingsBattery(N, g, max_photons=1)
    run = qb.charge(
        battery,
        times=times,
        charger=qb.FockState(1),
        merits=[*CURVE, "time_to_fraction:fraction=0.3"],
    )
    expected = {
        "maximum_energy": 1.0,
        "maximum_energy_time": np.pi / 2 / G,
        "maximum_power": G,
        "maximum_power_time": np.pi / 4 / G,
        "maximum_average_power": G * np.sin(STEEPEST) ** 2 / STEEPEST,
        "maximum_average_power_time": STEEPEST / G,
        "charging_time": np.pi / 2 / G,
        "time_to_fraction": np.arcsin(np.sqrt(0.9)) / G,
        "time_to_fraction_0.3": np.arcsin(np.sqrt(0.3)) / G,
    }
    for name, value in expected.items():
        assert float(run[name]) == pytest.approx(value, rel=1e-6), name


def test_output_times_may_be_one_or_begin_late():
    """The numbers are those of the run from time 0 to the last output time."""
    whole = tavis_cummings(2, 0.7, np.linspace(0, 2.5, 41))
    battery = qb.DrivenBattery(1, drive=0.9, detuning=0.0, omega_atom=1.3)
    for times in ([2.5], [1.9, 2.5], np.linspace(1, 2.5, 7)):
        run = tavis_cummings(2, 0.7, times)
        for name in CURVE:
            assert float(run[name]) == pytest.approx(float(whole[name]), rel=1e-6), name
        scale = 4.0
        driven = qb.charge(battery, times=np.multiply(times, scale), merits=CURVE)
        assert float(driven.maximum_energy) == pytest.approx(1.3, rel=1e-6)
        assert float(driven.charging_time) == pytest.approx(np.pi / 0.9, rel=1e-6)


def test_run_of_no_length():
    """At time 0 alone there is the first power, and no charging time."""
    thermal = qb.CollectiveDecay(0.4, n_thermal=0.25)
    run = qb.charge(qb.DrivenBattery(2, 0.0), times=[0.0], environment=thermal, merits=CURVE)
    first = 2 * 0.4 * 0.25  # gamma n N
    expected = [0.0, 0.0, first, 0.0, first, 0.0, np.nan, np.nan]
    np.testing.assert_allclose([float(run[name]) for name in CURVE], expected, atol=1e-15)


@pytest.mark.parametrize("engine", ["exact", "matrix", "dense"])
@pytest.mark.parametrize("end", [3.0, 40.0, 400.0])
def test_what_only_rises_has_no_charging_time(end, engine):
    """E = n(1 - exp(-Kt))/(2n + 1), K = gamma(2n + 1), also where the tail is flat."""
    gamma, n = 0.4, 0.25
    K = gamma * (2 * n + 1)
    run = qb.charge(
        qb.DrivenBattery(1, 0.0),
        times=np.linspace(0, end, 161),
        environment=qb.CollectiveDecay(gamma, n),
        merits=CURVE,
        engine=engine,
    )
    assert np.isnan(float(run.charging_time))
    full = 1 - np.exp(-K * end)
    assert float(run.maximum_energy) == pytest.approx(n / (2 * n + 1) * full, rel=1e-8)
    assert float(run.time_to_fraction) == pytest.approx(-np.log1p(-0.9 * full) / K, rel=1e-3)
    assert float(run.maximum_power) == pytest.approx(gamma * n, rel=1e-8)
    assert float(run.maximum_power_time) == 0.0
    assert float(run.maximum_average_power_time) == 0.0


@pytest.mark.parametrize(
    ("battery", "charger"),
    [
        (qb.DrivenBattery(2, 0.0), None),
        (qb.TavisCummingsBattery(2, 0.4, 2), qb.FockState(0)),
        (qb.DrivenBattery(2, 1.0, omega_atom=0.0), None),
    ],
)
def test_what_never_charges_has_no_times(battery, charger):
    """Nor a fraction of nothing; the largest energy is 0, at time 0."""
    run = qb.charge(battery, times=np.linspace(0, 9, 41), charger=charger, merits=CURVE)
    assert np.isnan([float(run.charging_time), float(run.time_to_fraction)]).all()
    assert float(run.maximum_energy) == pytest.approx(0.0, abs=1e-12)


def curve(times, *derivatives):
    """Return the curve through values of E, dE/dt and perhaps d^2E/dt^2."""
    return Curve(times, *derivatives, *[None] * (3 - len(derivatives)))


@pytest.mark.parametrize(("known", "order", "divisor"), [(3, 6, 46080), (2, 4, 384)])
def test_curve_is_as_accurate_as_it_says(known, order, divisor):
    """h^6/46080 of the sixth derivative, or h^4/384 of the fourth: reached, never exceeded."""
    fine = np.linspace(0, 6, 6001)
    for points in (7, 13, 25):
        times = np.linspace(0, 6, points)
        found = curve(times, *(1 - np.cos(times), np.sin(times), np.cos(times))[:known])
        error = np.abs(found.energy(fine) - 1 + np.cos(fine)).max()
        bound = (6 / (points - 1)) ** order / divisor  # all derivatives are at most 1
        assert 0.5 * bound < error <= bound


def test_rounding_makes_no_maximum():
    """Noise of 1e-12 on a flat tail is none, a fall of 1e-6 is one."""
    times = np.linspace(0, 60, 301)
    noise = np.random.default_rng(1).normal(size=(3, len(times)))
    smooth = np.array([1 - np.exp(-times), np.exp(-times), -np.exp(-times)])
    assert np.isnan(curve(times, *(smooth + 1e-12 * noise)).first_maximum())
    fallen = smooth.copy()
    fallen[0, 250:] -= 1e-6
    assert 30 < curve(times, *fallen).first_maximum() < 50.1


def test_energy_may_fall_before_it_rises():
    """E = sin^2 t - 0.3 sin 2t first falls; its first maximum is at 2t = pi + arctan 0.6."""
    times = np.linspace(0, 6, 121)
    double = np.array([np.cos(2 * times), np.sin(2 * times)])
    energy = 0.5 * (1 - double[0]) - 0.3 * double[1]
    power = double[1] - 0.6 * double[0]
    bend = 2 * double[0] + 1.2 * double[1]
    expected = (np.pi + np.arctan(0.6)) / 2
    assert curve(times, energy, power, bend).first_maximum() == pytest.approx(expected, rel=1e-7)
    # t^2/10^4 - t^4 rises by 3e-9 before it falls by 1296
    wavering = [1e-4 * times**2 - times**4, 2e-4 * times - 4 * times**3, 2e-4 - 12 * times**2]
    assert np.isnan(curve(times, *wavering).first_maximum())
    falling = times < 0.25
    parts = (energy[falling], power[falling], bend[falling])
    assert np.isnan(curve(times[falling], *parts).first_maximum())


def test_rounding_of_large_energies_is_no_charging():
    """A battery at -50 that wavers by 1e-14 has neither risen nor fallen."""
    times = np.linspace(0, 10, 101)
    noise = 1e-14 * np.random.default_rng(2).normal(size=(3, len(times)))
    noise[0] -= 50.0
    assert np.isnan(curve(times, *noise).first_maximum())
    noise[0] += 1e-9 * np.sin(times) ** 2
    assert curve(times, *noise).first_maximum() == pytest.approx(np.pi / 2, abs=0.1)


PULSE = qb.SinePulse(0.8, 1.7)


def test_pulses_leave_the_accuracy_of_cubics():
    """One atom, one photon, coupling f(t) on resonance: E = sin^2(integral of f)."""
    battery = qb.TavisCummingsBattery(1, PULSE, max_photons=1)
    end, points = 1.7, 81
    fine = np.linspace(0, end, 100_001)
    exact = np.sin(0.8 / 1.7 * (1 - np.cos(1.7 * fine))) ** 2
    run = qb.charge(
        battery, times=np.linspace(0, end, points), charger=qb.FockState(1), merits=CURVE
    )
    fourth = np.abs(np.diff(exact[::100], 4)).max() / (fine[100] - fine[0]) ** 4
    bound = (end / (points - 1)) ** 4 / 384 * fourth
    assert abs(float(run.maximum_energy) - exact.max()) <= 1.1 * bound + 1e-9
    assert bound < 1e-6


@pytest.mark.parametrize("points", [2, 13, 41, 401])
@pytest.mark.parametrize("end", [3.0, 4.0])
@pytest.mark.parametrize("engine", ["exact", "matrix"])
def test_steps_of_the_drive_are_kinks_of_the_energy(engine, points, end):
    """One resonant atom, E = sin^2(A/2) with the area A of the steps: the power jumps with them."""
    steps = qb.PiecewisePulse([0, 1.0, 2.03, 3.0], [1.0, -0.4, 1.0])
    battery = qb.DrivenBattery(1, steps, detuning=0.0)
    run = qb.charge(battery, times=np.linspace(0, end, points), merits=CURVE, engine=engine)
    area = 1.0 - 0.4 * 1.03 + 0.97
    expected = {
        "maximum_energy": np.sin(area / 2) ** 2,
        "maximum_energy_time": 3.0,
        "maximum_power": 0.5 * np.sin(area),
        "maximum_power_time": 3.0,
        "charging_time": 1.0,
        "time_to_fraction": 3.0 - area + 2 * np.arcsin(np.sqrt(0.9) * np.sin(area / 2)),
    }
    for name, value in expected.items():
        assert float(run[name]) == pytest.approx(value, rel=1e-7), name


def test_a_smooth_curve_through_a_step_is_noticed():
    """Without the times next to a step the largest power is a third too large."""
    times = np.linspace(0, 2, 41)
    energy = np.minimum(times, 1.0)
    found = curve(times, energy, (times < 1).astype(float))
    assert found.max_power()[1] > 1.3
