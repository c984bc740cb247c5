"""Tavis–Cummings batteries whose charging is known in closed form."""

import numpy as np
import pytest

import qubatt as qb
from qubatt.core.problem import Term
from solving import solve

G = 0.7
TIMES = np.linspace(0, 9, 46)


def closed(n_atoms, photons, **options):
    """Return the run of a closed battery on resonance; no photon can reach the cut-off."""
    options = {"coupling": G, "max_photons": photons + 1} | options
    battery = qb.TavisCummingsBattery(n_atoms=n_atoms, **options)
    return qb.charge(battery, times=TIMES, charger=qb.FockState(photons))


@pytest.mark.parametrize("N", [1, 2, 3, 7])
def test_one_photon_is_shared_by_all_atoms(N):
    """E = sin^2(g sqrt(N) t): the collective Rabi frequency grows with sqrt(N)."""
    run = closed(N, photons=1)
    np.testing.assert_allclose(run.energy, np.sin(G * np.sqrt(N) * TIMES) ** 2, atol=1e-8)
    np.testing.assert_allclose(
        run.power, G * np.sqrt(N) * np.sin(2 * G * np.sqrt(N) * TIMES), atol=1e-8
    )


@pytest.mark.parametrize("photons", [1, 2, 3, 8])
def test_two_atoms_and_n_photons_form_a_three_level_system(photons):
    """E = n/(2n-1) sin^2 Wt + 2n(n-1)/(2n-1)^2 (1 - cos Wt)^2 with W = g sqrt(2(2n-1))."""
    n, W = photons, G * np.sqrt(2 * (2 * photons - 1))
    one = n / (2 * n - 1) * np.sin(W * TIMES) ** 2
    two = n * (n - 1) / (2 * n - 1) ** 2 * (1 - np.cos(W * TIMES)) ** 2
    run = closed(2, photons)
    np.testing.assert_allclose(run.energy, one + 2 * two, atol=1e-8)
    np.testing.assert_allclose(run.mean_photons, n - one - 2 * two, atol=1e-8)


@pytest.mark.parametrize("interaction", [-0.8, 0.5, 2.0])
@pytest.mark.parametrize("N", [2, 3, 5])
def test_exchange_detunes_the_single_excitation(N, interaction):
    """One photon: detuned Rabi oscillation with detuning 2g(N-1)/N, quantum of energy 1 + it."""
    shift = 2 * interaction * (N - 1) / N
    width = np.sqrt(4 * G**2 * N + shift**2)
    excited = 4 * G**2 * N / width**2 * np.sin(width * TIMES / 2) ** 2
    run = closed(N, photons=1, interaction=interaction)
    np.testing.assert_allclose(run.energy, (1 + shift) * excited, atol=1e-8)
    np.testing.assert_allclose(run.mean_photons, 1 - excited, atol=1e-8)


def test_frequencies_off_resonance_detune_the_single_photon():
    """H_I carries omega_c: coupling 0.5 at omega_c = 1.3 is a Rabi coupling of 0.65 sqrt(N)."""
    N, omega_atom, omega_cavity, coupling = 3, 0.8, 1.3, 0.5
    run = closed(N, 1, coupling=coupling, omega_atom=omega_atom, omega_cavity=omega_cavity)
    rabi = 2 * coupling * omega_cavity * np.sqrt(N)
    width = np.hypot(rabi, omega_atom - omega_cavity)
    excited = rabi**2 / width**2 * np.sin(width * TIMES / 2) ** 2
    np.testing.assert_allclose(run.energy, omega_atom * excited, atol=1e-8)


MAXIMA = [
    (1, 1.0, np.pi / 2, 0.724611),
    (2, 8 / 9, np.pi / np.sqrt(6), 1.773342),
    (4, 0.861461, 0.9195, 4.806720),
    (10, 0.886330, 0.6367, 18.627470),
]
"""N, first maximum of E/N, its g t, largest E/t in units of g; N photons."""


@pytest.mark.parametrize(("N", "highest", "gt", "mean_power"), MAXIMA)
def test_first_maximum_of_n_photons_charging_n_atoms(N, highest, gt, mean_power):
    """Height and time of the first maximum, and the largest mean power E/t before it."""
    battery = qb.TavisCummingsBattery(n_atoms=N, coupling=G, max_photons=N + 1)
    t = np.linspace(0, 1.05 * gt / G, 1001)  # fine enough for the six digits above
    run = qb.charge(battery, times=t)
    energy, power = run.energy.values, run.power.values
    peak = int(np.argmax(energy))
    assert energy[peak] / N == pytest.approx(highest, abs=1e-6)
    near = slice(peak - 2, peak + 3)
    assert G * np.interp(0.0, -power[near], t[near]) == pytest.approx(gt, abs=5e-5)
    assert np.all(power[1 : peak - 2] > 0), "an earlier maximum was passed"
    assert np.max(energy[1:] / t[1:]) / G == pytest.approx(mean_power, rel=1e-6)


@pytest.mark.parametrize("photons", [2, 3, 8])
def test_two_atoms_are_fullest_after_half_a_period(photons):
    """n >= 2 photons: the first maximum lies at W t = pi and is 8n(n-1)/(2n-1)^2."""
    n = photons
    half_period = np.pi / (G * np.sqrt(2 * (2 * n - 1)))
    battery = qb.TavisCummingsBattery(n_atoms=2, coupling=G, max_photons=n + 1)
    run = qb.charge(battery, times=np.linspace(0, half_period, 33), charger=qb.FockState(n))
    assert float(run.energy[-1]) == pytest.approx(8 * n * (n - 1) / (2 * n - 1) ** 2, abs=1e-8)
    assert float(run.power[-1]) == pytest.approx(0.0, abs=1e-7)
    assert np.all(run.power[1:-1] > 0)


@pytest.mark.parametrize("kappa", [0.1, 1.0, 4.0 * np.sqrt(3) * G, 12.0])
def test_one_photon_in_a_leaking_cavity(kappa):
    """Damped Rabi oscillation: under-, critically and overdamped energy of three atoms."""
    N, slope = 3, G * np.sqrt(3)
    battery = qb.TavisCummingsBattery(n_atoms=N, coupling=G, max_photons=2)
    run = qb.charge(battery, times=TIMES, charger=qb.FockState(1), environment=qb.CavityLoss(kappa))
    W = np.sqrt(complex(slope**2 - kappa**2 / 16))
    wave = TIMES if abs(W) < 1e-7 else np.sin(W * TIMES) / W
    expected = np.exp(-kappa * TIMES / 2) * np.abs(slope * wave) ** 2
    np.testing.assert_allclose(run.energy, expected, atol=1e-8)


def test_photon_and_atoms_conserve_the_number_of_excitations():
    """Without loss E + <n> stays N for resonant, non-interacting atoms."""
    run = closed(4, photons=4)
    np.testing.assert_allclose(run.energy + run.mean_photons, 4.0, atol=1e-8)


def test_loss_takes_excitations_only_through_photons():
    """d(<n> + <J_z>)/dt = -kappa <n>, integrated: interaction and coupling drop out."""
    battery = qb.TavisCummingsBattery(n_atoms=3, coupling=G, interaction=0.9, max_photons=4)
    problem = battery.problem(qb.FockState(3), [qb.CavityLoss(0.6)])
    nodes, weights = np.polynomial.legendre.leggauss(40)
    end = 4.0
    times = np.append((nodes + 1) * end / 2, end)
    operators = {
        "photons": lambda realization: realization.operator([Term(1.0, {"cavity": "n"})]),
        "spin": lambda realization: realization.operator([Term(1.0, {"atoms": "Jz"})]),
    }
    moments = solve(qb.MatrixEngine(1e-10), problem, times, operators).moments
    left = moments["photons"][-1] + moments["spin"][-1] + 1.5
    lost = 0.6 * end / 2 * weights @ moments["photons"][:-1]
    assert lost > 1.0
    assert left == pytest.approx(3.0 - lost, abs=1e-8)
