"""Dicke batteries: a solvable limit, and numbers worked out with independent programs."""

import warnings

import numpy as np
import pytest

import qubatt as qb
from solving import solve

READINGS = {"R1": (0.5, 0.25), "R2": (1.0, 0.5), "R3": (0.5, 0.5), "R4": (1.0, 0.25)}
"""Readings of Eqs. (3), (5), (11), (12) of zhang2024: interaction per g, and coupling."""


@pytest.mark.parametrize("N", [1, 2, 5])
def test_degenerate_atoms_displace_the_cavity(N):
    """omega_a = 0 conserves J_x: <n> = n_0 + 2 N g_c^2 (1 - cos omega_c t)."""
    g_c, omega_c, photons = 0.15, 1.3, 2
    battery = qb.DickeBattery(
        n_atoms=N, coupling=g_c, omega_atom=0.0, omega_cavity=omega_c, max_photons=22
    )
    times = np.linspace(0, 6, 25)
    run = qb.charge(battery, times=times, charger=qb.FockState(photons))
    expected = photons + 2 * N * g_c**2 * (1 - np.cos(omega_c * times))
    np.testing.assert_allclose(run.mean_photons, expected, atol=1e-7)
    np.testing.assert_allclose(run.energy, 0.0, atol=1e-12)


@pytest.mark.parametrize("N", [1, 2])
def test_weak_coupling_charges_as_the_tavis_cummings_battery(N):
    """Counter-rotating terms change E by O(g_c^2): half the coupling, a quarter of the change."""
    distances = []
    for coupling in (0.04, 0.02, 0.01):
        times = np.linspace(0, 2.0, 801) / coupling
        runs = [
            qb.charge(cls(n_atoms=N, coupling=coupling, max_photons=7), times=times)
            for cls in (qb.DickeBattery, qb.TavisCummingsBattery)
        ]
        distances.append(np.max(np.abs(runs[0].energy - runs[1].energy).values))
    assert 0 < distances[0] < 0.02
    np.testing.assert_allclose(np.divide(distances[:-1], distances[1:]), 4.0, atol=0.1)


@pytest.mark.parametrize(
    ("reading", "energies", "late"),
    [
        ("R2", [0.666069, 0.395325, 0.343781, 0.339659], 100.0),
        ("R1", [0.286554, 0.300062, 0.064101, 0.051404], 100.0),
    ],
)
def test_three_atoms_at_given_times_and_late(reading, energies, late):
    """E/N of N = 3, g = kappa = 0.5, 20 photons kept at t = 1, 5, 20 and when steady."""
    interaction, coupling = READINGS[reading]
    battery = qb.DickeBattery(
        n_atoms=3, interaction=0.5 * interaction, coupling=coupling, max_photons=20
    )
    run = qb.charge(battery, times=[1.0, 5.0, 20.0, late], environment=qb.CavityLoss(0.5))
    np.testing.assert_allclose(run.energy / 3, energies, atol=1e-6)


STEADY = [
    ("R1", -1, 0.075),
    ("R1", 0, 0.067),
    ("R1", 1, 0.067),
    ("R2", -1, 0.024),
    ("R2", 0, 0.358),
    ("R2", 1, 0.513),
    ("R3", -1, 0.203),
    ("R3", 1, 0.471),
    ("R4", -1, -0.051),
    ("R4", 1, 0.129),
]
"""Reading, g, steady E/N."""


@pytest.mark.parametrize(("reading", "g", "energy"), STEADY)
def test_steady_energy_of_four_atoms_in_every_reading(reading, g, energy):
    """E/N at g_c = kappa = 0.5, N = 4: the readings differ in value and in trend."""
    interaction, coupling = READINGS[reading]
    battery = qb.DickeBattery(
        n_atoms=4, interaction=g * interaction, coupling=coupling, max_photons=20
    )
    end = qb.steady_state(battery, environment=qb.CavityLoss(0.5))
    assert float(end.energy) / 4 == pytest.approx(energy, abs=5e-4)


@pytest.mark.slow
def test_twenty_photons_are_too_few_for_ten_atoms():
    """At t = 30, <n> = 9.55 and E/N = 0.4415 with 20 photons kept, and the run says it is cut."""
    battery = qb.DickeBattery(n_atoms=10, coupling=0.5, max_photons=20)
    with pytest.warns(qb.QubattWarning, match="max_photons = 20 is too low"):
        run = qb.charge(
            battery, times=[30.0], environment=qb.CavityLoss(0.5), engine=qb.MatrixEngine(1e-6)
        )
    assert float(run.mean_photons[0]) == pytest.approx(9.55, abs=5e-3)
    assert float(run.energy[0]) / 10 == pytest.approx(0.4415, abs=5e-5)
    assert run.attrs["status"] == "cutoff-too-small"


def test_parity_keeps_the_coherence_between_neighbouring_levels_zero():
    """exp(i pi (a^dag a + J_z)) is conserved, also under photon loss: <J_x> and <a> stay 0."""
    battery = qb.DickeBattery(n_atoms=2, coupling=0.5, interaction=0.7, max_photons=5)
    problem = battery.problem(qb.FockState(2), [qb.CavityLoss(0.5, n_thermal=0.1)])
    times = np.linspace(0, 4, 5)
    states = solve(qb.MatrixEngine(), problem, times, {}, states=True).states
    parity = np.array([(-1) ** (n + k) for n in range(6) for k in range(3)])
    odd_blocks = states[:, parity == 1][:, :, parity == -1]
    np.testing.assert_allclose(odd_blocks, 0.0, atol=1e-12)
    assert np.max(np.abs(states[-1] - np.diag(np.diag(states[-1])))) > 0.05


def test_closed_battery_conserves_the_whole_energy():
    """<H> is constant although E and <n> are not; warnings of the cut-off play no role."""
    battery = qb.DickeBattery(n_atoms=3, coupling=0.6, interaction=-0.9, max_photons=8)
    problem = battery.problem()
    run = solve(
        qb.MatrixEngine(1e-10),
        problem,
        np.linspace(0, 5, 11),
        {"H": lambda real: real.H, "E": lambda real: real.H_B},
    )
    assert np.ptp(run.moments["E"]) > 1.0
    assert np.ptp(run.moments["H"]) < 1e-8


def test_power_is_the_slope_of_the_energy():
    """E(T) is the integral of P from 0 to T, by Gauss–Legendre quadrature."""
    battery = qb.DickeBattery(n_atoms=3, coupling=0.5, interaction=0.7, max_photons=8)
    nodes, weights = np.polynomial.legendre.leggauss(40)
    end = 4.0
    times = np.append((nodes + 1) * end / 2, end)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", qb.QubattWarning)  # holds at any cut-off
        run = qb.charge(battery, times=times, environment=qb.CavityLoss(0.5, n_thermal=0.2))
    assert float(run.energy[-1]) > 0.3
    integral = end / 2 * weights @ run.power.values[:-1]
    assert integral == pytest.approx(float(run.energy[-1]), abs=1e-7)
