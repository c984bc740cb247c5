"""Two-photon Dicke batteries: solvable limits, resonance, and the collapse of the spectrum."""

from dataclasses import replace
from math import comb

import numpy as np
import pytest

import qubatt as qb
from qubatt.core.realization import realize
from solving import solve


@pytest.mark.parametrize("N", [1, 2, 4])
def test_degenerate_atoms_squeeze_the_cavity(N):
    """omega_a = 0 conserves J_x: a squeezing oscillator for each of its values.

    <n> = n_0 + (2 n_0 + 1) sum_mu P(mu) (2 lambda omega_c/eps)^2 sin^2(eps t).
    """
    g_c, omega_c, photons = 0.3 / (2 * N), 1.3, 2
    battery = qb.TwoPhotonDickeBattery(
        n_atoms=N, coupling=g_c, omega_atom=0.0, omega_cavity=omega_c, max_photons=70
    )
    times = np.linspace(0, 6, 25)
    run = qb.charge(battery, times=times, charger=qb.FockState(photons))
    expected = np.full(len(times), float(photons))
    for k in range(N + 1):
        strength = 2 * g_c * (k - N / 2)
        eps = omega_c * np.sqrt(1 - 4 * strength**2)
        wave = (2 * strength * omega_c / eps * np.sin(eps * times)) ** 2
        expected += comb(N, k) / 2**N * (2 * photons + 1) * wave
    assert np.ptp(expected) > 0.1
    np.testing.assert_allclose(run.mean_photons, expected, atol=1e-7)
    np.testing.assert_allclose(run.energy, 0.0, atol=1e-12)


def test_weak_coupling_swaps_two_photons_for_one_excitation():
    """N = 1, omega_c = omega_a/2: E = sin^2(sqrt2 g_c omega_c t), but for O(g_c^2)."""
    distances = []
    for coupling in (0.04, 0.02, 0.01):
        battery = qb.TwoPhotonDickeBattery(n_atoms=1, coupling=coupling, max_photons=8)
        rabi = np.sqrt(2) * coupling * battery.omega_cavity
        times = np.linspace(0, np.pi, 401) / rabi
        run = qb.charge(battery, times=times)
        distances.append(float(np.max(np.abs(run.energy - np.sin(rabi * times) ** 2))))
    assert 0 < distances[0] < 0.05
    np.testing.assert_allclose(np.divide(distances[:-1], distances[1:]), 4.0, atol=0.4)


def test_default_frequencies_are_resonant():
    """At weak coupling nothing charges at omega_c = omega_a, everything at omega_a/2."""
    highest = {}
    for omega_cavity in (0.5, 1.0):
        battery = qb.TwoPhotonDickeBattery(1, 0.02, 8, omega_cavity=omega_cavity)
        run = qb.charge(battery, times=np.linspace(0, 250, 501))
        highest[omega_cavity] = float(run.energy.max())
    assert highest[0.5] > 0.99
    assert highest[1.0] < 0.01
    assert qb.TwoPhotonDickeBattery(1, 0.02, 8).omega_cavity == 0.5


def lowest_energies(battery):
    """Return the ground energy with 20, 40, 80 and 160 photons kept."""
    found = []
    for cutoff in (20, 40, 80, 160):
        problem = replace(battery, max_photons=cutoff).problem()
        found.append(np.linalg.eigvalsh(realize(problem).H.toarray())[0])
    return np.array(found)


@pytest.mark.parametrize(("N", "interaction"), [(1, 0.0), (2, 0.7), (3, -0.5)])
def test_ground_energy_converges_below_the_collapse_only(N, interaction):
    """N |g_c| < 1/2 is an oscillator, above it energies fall without end as photons are added."""
    for sign in (-1, 1):
        battery = qb.TwoPhotonDickeBattery(
            N, sign * 0.8 / (2 * N), 20, interaction=interaction, interaction_z=0.3
        )
        below = lowest_energies(battery)
        assert abs(below[-1] - below[-2]) < 1e-12
        above = lowest_energies(replace(battery, coupling=sign * 1.2 / (2 * N)))
        falls = -np.diff(above)
        assert np.all(falls > 1.0)
        assert np.all(falls[1:] > 1.9 * falls[:-1])  # about in proportion to the photons kept


def test_parity_of_photon_numbers_is_conserved():
    """Photons come and go in pairs: odd levels stay empty without loss."""
    battery = qb.TwoPhotonDickeBattery(n_atoms=2, coupling=0.15, max_photons=12)
    states = solve(qb.MatrixEngine(), battery.problem(), np.linspace(0, 4, 5), {}, states=True)
    populations = np.diagonal(states.states, axis1=1, axis2=2).real.reshape(5, 13, 3)
    np.testing.assert_allclose(populations[:, 1::2], 0.0, atol=1e-15)
    assert populations[-1, ::2].max() < 0.9
