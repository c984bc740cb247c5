"""Atoms in one common bath: superradiance, self-discharge, thermal states."""

from dataclasses import replace
from math import comb

import numpy as np
import pytest
from scipy.linalg import expm

import qubatt as qb
from qubatt.core.problem import Term
from solving import solve

TIMES = np.linspace(0, 6, 25)


def from_state(state, rate, n_thermal=0.0, interaction=0.0, basis="symmetric"):
    """Return E(t) above the empty battery and rho(t) of undriven atoms that start in `state`."""
    N = len(state) - 1 if basis == "symmetric" else int(np.log2(len(state)))
    battery = qb.DrivenBattery(n_atoms=N, drive=0.0, interaction=interaction)
    problem = battery.problem(environment=[qb.CollectiveDecay(rate, n_thermal)])
    problem = replace(problem, initial={"atoms": np.asarray(state, dtype=complex)})
    solution = solve(
        qb.MatrixEngine(1e-10),
        problem,
        TIMES,
        {"Jz": lambda real: real.operator([Term(1.0, {"atoms": "Jz"})])},
        basis=basis,
        states=True,
    )
    return solution.moments["Jz"] + N / 2, solution.states


def ket(N, excited):
    """Return the ladder state with that many excited atoms."""
    return np.eye(N + 1)[excited]


def test_one_atom_discharges_exponentially():
    """E = exp(-gamma t) from |e>, half of it from |+>."""
    gamma = 0.4
    energy, _ = from_state(ket(1, 1), gamma)
    np.testing.assert_allclose(energy, np.exp(-gamma * TIMES), atol=1e-9)
    energy, states = from_state([np.sqrt(0.5), np.sqrt(0.5)], gamma)
    np.testing.assert_allclose(energy, 0.5 * np.exp(-gamma * TIMES), atol=1e-9)
    np.testing.assert_allclose(np.abs(states[:, 0, 1]), 0.5 * np.exp(-gamma * TIMES / 2), atol=1e-9)


@pytest.mark.parametrize("interaction", [0.0, 1.3])
def test_two_excited_atoms_radiate_together(interaction):
    """E = 2 exp(-2 gamma t)(1 + gamma t), whatever the exchange between them."""
    gamma = 0.4
    energy, _ = from_state(ket(2, 2), gamma, interaction=interaction)
    expected = 2 * np.exp(-2 * gamma * TIMES) * (1 + gamma * TIMES)
    np.testing.assert_allclose(energy, expected, atol=1e-9)


@pytest.mark.parametrize("n_thermal", [0.0, 0.35])
@pytest.mark.parametrize("N", [3, 6])
def test_ladder_is_descended_at_superradiant_rates(N, n_thermal):
    """Populations obey rate equations: k excited atoms emit at gamma k (N - k + 1)."""
    gamma = 0.15
    k = np.arange(1, N + 1)
    down = gamma * (n_thermal + 1) * k * (N - k + 1)
    up = gamma * n_thermal * k * (N - k + 1)
    rates = np.diag(down, 1) + np.diag(up, -1)
    rates -= np.diag(rates.sum(axis=0))
    exact = np.array([expm(rates * t) @ ket(N, N) for t in TIMES])
    energy, states = from_state(ket(N, N), gamma, n_thermal)
    np.testing.assert_allclose(np.diagonal(states, axis1=1, axis2=2).real, exact, atol=1e-9)
    np.testing.assert_allclose(energy, exact @ np.arange(N + 1), atol=1e-8)


def test_one_excitation_in_the_ladder_leaves_n_times_faster():
    """The symmetric single excitation decays with N gamma."""
    N, gamma = 5, 0.2
    energy, _ = from_state(ket(N, 1), gamma)
    np.testing.assert_allclose(energy, np.exp(-N * gamma * TIMES), atol=1e-9)


@pytest.mark.parametrize("interaction", [0.0, -0.8])
@pytest.mark.parametrize("N", [1, 2, 5])
def test_common_bath_thermalises_the_ladder(N, interaction):
    """Steady populations of neighbouring levels have the ratio n/(n + 1), exchange or not."""
    n_thermal = 0.6
    battery = qb.DrivenBattery(n_atoms=N, drive=0.0, interaction=interaction)
    problem = battery.problem(environment=[qb.CollectiveDecay(0.5, n_thermal)])
    rho = solve(qb.MatrixEngine(1e-10), problem, np.array([60.0]), {}, states=True).states[0]
    gibbs = (n_thermal / (n_thermal + 1)) ** np.arange(N + 1)
    np.testing.assert_allclose(rho, np.diag(gibbs / gibbs.sum()), atol=1e-9)
    run = qb.charge(battery, times=[60.0], environment=qb.CollectiveDecay(0.5, n_thermal))
    k = np.arange(N + 1)
    H_B = k + 2 * interaction / N * k * (N - k)
    assert float(run.energy[0]) == pytest.approx(gibbs @ H_B / gibbs.sum(), abs=1e-7)


def test_one_atom_of_two_stays_partly_excited_in_the_dark():
    """From |ge> half is dark for ever: full-space ergotropy (1 + e^-x)/(2(1 + 2 cosh x))."""
    n_thermal = 0.8
    x = np.log((n_thermal + 1) / n_thermal)
    _, states = from_state(np.eye(4)[1], 2.0, n_thermal, basis="full")
    populations = np.linalg.eigvalsh(states[-1])[::-1]
    energy = np.trace(states[-1] @ np.diag([-1.0, 0.0, 0.0, 1.0])).real
    ergotropy = energy - populations @ [-1.0, 0.0, 0.0, 1.0]
    expected = 0.5 * (1 + np.exp(-x)) / (1 + 2 * np.cosh(x))
    assert ergotropy == pytest.approx(expected, abs=1e-8)


def test_singlet_of_two_atoms_does_not_decay():
    """(|ge> - |eg>)/sqrt 2 is dark, and the exchange only gives it a phase."""
    singlet = np.array([0, 1, -1, 0]) / np.sqrt(2)
    energy, states = from_state(singlet, 0.7, interaction=0.9, basis="full")
    np.testing.assert_allclose(energy, 1.0, atol=1e-10)
    np.testing.assert_allclose(states[-1], np.outer(singlet, singlet), atol=1e-10)


@pytest.mark.parametrize("N", [2, 4])
def test_product_start_decays_in_the_full_space_as_on_the_ladder(N):
    """All atoms in |+> lie on the ladder with binomial weights; both bases give one curve."""
    weights = np.sqrt([comb(N, k) for k in range(N + 1)]) / 2 ** (N / 2)
    ladder, _ = from_state(weights, 0.3, 0.2, interaction=0.5)
    full, _ = from_state(np.full(2**N, 2 ** (-N / 2)), 0.3, 0.2, interaction=0.5, basis="full")
    np.testing.assert_allclose(ladder, full, atol=1e-8)
    assert ladder[0] == pytest.approx(N / 2)
