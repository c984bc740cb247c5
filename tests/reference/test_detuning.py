"""Charging off resonance: Rabi's formula in the letters of each battery."""

from dataclasses import replace

import numpy as np
import pytest

import qubatt as qb

TIMES = np.linspace(0, 9, 46)


def rabi(frequency, detuning, times=TIMES):
    """Return Omega^2/(Omega^2 + Delta^2) sin^2(sqrt(Omega^2 + Delta^2) t/2)."""
    width = np.hypot(frequency, detuning)
    return (frequency / width * np.sin(width * times / 2)) ** 2


@pytest.mark.parametrize("omega_cavity", [0.5, 1.0, 1.6])
@pytest.mark.parametrize("photons", [1, 2, 7])
def test_one_atom_and_n_photons(photons, omega_cavity):
    """Jaynes-Cummings: Omega_n = 2 g_c omega_c sqrt(n), Delta = omega_a - omega_c."""
    omega_atom, coupling = 0.9, 0.35
    battery = qb.TavisCummingsBattery(
        1, coupling, photons + 1, omega_atom=omega_atom, omega_cavity=omega_cavity
    )
    run = qb.charge(battery, times=TIMES, charger=qb.FockState(photons))
    excited = rabi(2 * coupling * omega_cavity * np.sqrt(photons), omega_atom - omega_cavity)
    np.testing.assert_allclose(run.energy, omega_atom * excited, atol=1e-8)


@pytest.mark.parametrize("N", [2, 3])
@pytest.mark.parametrize(("interaction", "interaction_z"), [(0.0, 0.6), (0.5, -0.9), (0.7, 0.7)])
def test_interaction_detunes_the_single_excitation(N, interaction, interaction_z):
    """Exchange adds 2g (N - 1)/N to the quantum, its Ising part takes 2 g_z (N - 1)/N: XXZ."""
    coupling, shift = 0.4, 2 * (interaction - interaction_z) * (N - 1) / N
    battery = qb.TavisCummingsBattery(
        N, coupling, 2, interaction=interaction, interaction_z=interaction_z
    )
    run = qb.charge(battery, times=TIMES, charger=qb.FockState(1))
    excited = rabi(2 * coupling * np.sqrt(N), shift)
    np.testing.assert_allclose(run.energy, (1 + shift) * excited, atol=1e-8)


@pytest.mark.parametrize("detuning", [-0.1, 0.05])
def test_dicke_battery_off_resonance(detuning):
    """Weak coupling: Rabi's formula but for O(g_c^2), where nothing is left of resonance."""
    distances = []
    for scale in (1.0, 0.5):
        coupling, omega_atom = 0.02 * scale, 1.0 + detuning * scale
        battery = qb.DickeBattery(1, coupling, 4, omega_atom=omega_atom)
        times = np.linspace(0, 1.5 * np.pi, 101) / coupling
        run = qb.charge(battery, times=times)
        expected = omega_atom * rabi(2 * coupling, detuning * scale, times)
        distances.append(float(np.max(np.abs(run.energy - expected))))
        assert expected.max() < 0.8
    assert distances[0] < 0.02
    assert distances[0] > 1.8 * distances[1]


def test_two_photon_battery_off_resonance():
    """Two photons of omega_c against omega_a, with 2 sqrt2 g_c omega_c: weak coupling again."""
    coupling, omega_cavity, detuning = 0.005, 0.5, 0.01
    battery = qb.TwoPhotonDickeBattery(1, coupling, 10, omega_atom=1.0 + detuning)
    rate = 2 * np.sqrt(2) * coupling * omega_cavity
    times = np.linspace(0, 10 / rate, 101)
    run = qb.charge(battery, times=times)
    expected = (1.0 + detuning) * rabi(rate, detuning, times)
    assert 0.2 < expected.max() < 0.5
    np.testing.assert_allclose(run.energy, expected, atol=0.02)


@pytest.mark.parametrize("detuning_cavity", [0.4, 2.0])
@pytest.mark.parametrize("N", [1, 2, 3])
def test_cascade_battery_and_a_detuned_cavity(N, detuning_cavity):
    """One photon: g_1 sqrt(N) against Delta_m + 2g (N - 1)/N - Delta_cav."""
    middle, coupling, interaction = 1.2, 0.5, 0.3
    battery = qb.CascadeBattery(
        interaction=interaction,
        coupling=coupling,
        pump=0.0,
        control=0.0,
        detuning_middle=middle,
        detuning_cavity=detuning_cavity,
        max_photons=2,
        n_atoms=N,
    )
    run = qb.charge(battery, times=TIMES, charger=qb.FockState(1))
    quantum = middle + 2 * interaction * (N - 1) / N
    excited = rabi(2 * coupling * np.sqrt(N), quantum - detuning_cavity)
    np.testing.assert_allclose(run.energy, quantum * excited, atol=1e-8)


@pytest.mark.parametrize("detuning", [-0.7, 0.0, 0.9])
def test_driven_battery_and_a_detuned_drive(detuning):
    """Omega against delta for each atom, whatever its splitting is."""
    battery = qb.DrivenBattery(3, drive=0.8, omega_atom=1.4, detuning=detuning)
    run = qb.charge(battery, times=TIMES)
    np.testing.assert_allclose(run.energy, 3 * 1.4 * rabi(0.8, detuning), atol=1e-8)


def test_comparison_notices_a_slightly_wrong_detuning():
    """The assertions above can fail: a cavity that is off by a hundredth is seen."""
    battery = qb.TavisCummingsBattery(1, 0.35, 2, omega_cavity=1.6)
    run = qb.charge(replace(battery, omega_cavity=1.616), times=TIMES, charger=qb.FockState(1))
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(run.energy, rabi(2 * 0.35 * 1.6, -0.6), atol=1e-8)
