"""Driven batteries: Rabi oscillation, and the known steady states under collective decay."""

import numpy as np
import pytest

import qubatt as qb
from solving import solve

TIMES = np.linspace(0, 12, 49)


@pytest.mark.parametrize("N", [1, 4, 9])
@pytest.mark.parametrize("detuning", [0.0, 0.6, None])
def test_free_atoms_do_a_rabi_oscillation_together(N, detuning):
    """E/N = omega Omega^2/W^2 sin^2(W t/2) with W^2 = Omega^2 + delta^2."""
    omega, drive = 1.2, 0.8
    battery = qb.DrivenBattery(n_atoms=N, drive=drive, detuning=detuning, omega_atom=omega)
    W = np.hypot(drive, omega if detuning is None else detuning)
    run = qb.charge(battery, times=TIMES)
    expected = omega * (drive / W) ** 2 * np.sin(W * TIMES / 2) ** 2
    np.testing.assert_allclose(run.energy / N, expected, atol=1e-8)


@pytest.mark.parametrize("interaction", [-0.6, 0.9])
def test_two_interacting_atoms_form_a_three_level_system(interaction):
    """N = 2 on resonance: g moves |m = 0> alone, which |-1> and |+1> reach together."""
    drive, omega = 0.8, 1.1
    battery = qb.DrivenBattery(
        n_atoms=2, drive=drive, interaction=interaction, detuning=0.0, omega_atom=omega
    )
    W = np.hypot(interaction, 2 * drive)
    bright = np.exp(-1j * interaction * TIMES / 2) * (
        np.cos(W * TIMES / 2) + 1j * interaction / W * np.sin(W * TIMES / 2)
    )
    middle = (2 * drive / W * np.sin(W * TIMES / 2)) ** 2 / 2
    full = np.abs(bright - 1) ** 2 / 4
    run = qb.charge(battery, times=TIMES)
    expected = (omega + interaction) * middle + 2 * omega * full
    np.testing.assert_allclose(run.energy, expected, atol=1e-8)


LABORATORY = [(1.0, 1.0, 0.5), (0.7, 1.3, 0.2), (1.0, 3.0, 2.0)]


@pytest.mark.parametrize(("omega", "drive", "gamma"), LABORATORY)
def test_one_atom_in_the_laboratory_frame_is_partly_excited(omega, drive, gamma):
    """Steady E = omega (Omega^2/4)/(omega^2 + gamma^2/4 + Omega^2/2); .16 for 1, 1, .5."""
    battery = qb.DrivenBattery(n_atoms=1, drive=drive, omega_atom=omega)
    run = qb.charge(battery, times=[40 / gamma], environment=qb.CollectiveDecay(gamma))
    excited = drive**2 / 4 / (omega**2 + gamma**2 / 4 + drive**2 / 2)
    assert float(run.energy[0]) == pytest.approx(omega * excited, abs=1e-7)
    if (omega, drive, gamma) == LABORATORY[0]:
        assert float(run.energy[0]) == pytest.approx(0.16, abs=1e-7)


def exact_steady_state(N, drive, gamma):
    """Return (A^dag A)^-1 / Z with A = J_- + i Omega/gamma, m ascending, shape (N + 1,) * 2."""
    j = N / 2
    m = np.arange(-j, j)
    lowering = np.diag(np.sqrt(j * (j + 1) - m * (m + 1)), 1)
    A = lowering + 1j * drive / gamma * np.eye(N + 1)
    inverse = np.linalg.inv(A)
    rho = inverse @ inverse.conj().T
    return rho / np.trace(rho).real


RESONANT = [(4, 1.0, 0.4, 0.368259), (10, 1.0, 0.5, 0.041986)]


@pytest.mark.parametrize(("N", "drive", "gamma", "per_atom"), RESONANT)
def test_resonant_drive_and_collective_decay_reach_the_exact_state(N, drive, gamma, per_atom):
    """The steady state is (A^dag A)^-1 / Z, coherences and signs included."""
    battery = qb.DrivenBattery(n_atoms=N, drive=drive, detuning=0.0)
    problem = battery.problem(environment=[qb.CollectiveDecay(gamma)])
    exact = exact_steady_state(N, drive, gamma)
    solution = solve(
        qb.MatrixEngine(),
        problem,
        np.array([120.0]),
        {"E": lambda realization: realization.H_B},
        states=True,
    )
    np.testing.assert_allclose(solution.states[0], exact, atol=1e-7)
    assert solution.moments["E"][0] / N + 0.5 == pytest.approx(per_atom, abs=1e-6)


@pytest.mark.parametrize("x", [0.3, 0.5])
def test_many_atoms_approach_the_mean_field_below_threshold(x):
    """Steady E/N tends to (1 - sqrt(1 - x^2))/2 with x = 2 Omega/(N gamma), as 1/N."""
    distances = []
    for N in (10, 20, 40):
        gamma = 2 / N
        battery = qb.DrivenBattery(n_atoms=N, drive=x, detuning=0.0)
        run = qb.charge(battery, times=[60.0], environment=qb.CollectiveDecay(gamma))
        distances.append(abs(float(run.energy[0]) / N - (1 - np.sqrt(1 - x**2)) / 2))
    assert 0 < distances[0] < 1e-3
    np.testing.assert_allclose(np.divide(distances[:-1], distances[1:]), 2.0, atol=0.3)


def test_drive_above_threshold_leaves_the_mean_field_of_the_ladder():
    """Above Omega = N gamma/2 the atoms are no longer held down: E/N jumps towards 1/2."""
    N, gamma = 20, 0.1
    energies = [
        float(
            qb.charge(
                qb.DrivenBattery(n_atoms=N, drive=drive, detuning=0.0),
                times=[200.0],
                environment=qb.CollectiveDecay(gamma),
            ).energy[0]
        )
        / N
        for drive in (0.5, 2.0)
    ]
    exact = [
        np.trace(exact_steady_state(N, drive, gamma) @ np.diag(np.arange(N + 1))).real / N
        for drive in (0.5, 2.0)
    ]
    np.testing.assert_allclose(energies, exact, atol=1e-6)
    assert energies[0] < 0.1 < 0.4 < energies[1]
