"""Dephasing, pumping and baths of single atoms, whose course is known in closed form."""

from dataclasses import replace
from functools import reduce

import numpy as np
import pytest

import qubatt as qb
from qubatt.core.problem import Term
from solving import solve

TIMES = np.linspace(0, 5, 21)


def moments_of(N, environment, atom=(1.0, 0.0), basis=None, ladder=None):
    """Return <J_z> + N/2 and <J_x> of undriven atoms, each in the same state, or on the ladder."""
    battery = qb.DrivenBattery(n_atoms=N, drive=0.0, omega_atom=0.0)
    problem = battery.problem(environment=[environment])
    start = reduce(np.kron, [np.asarray(atom)] * N) if ladder is None else ladder
    problem = replace(problem, initial={"atoms": start})
    operators = {
        name: lambda real, name=name: real.operator([Term(1.0, {"atoms": name})])
        for name in ("Jz", "Jx")
    }
    found = solve(qb.MatrixEngine(1e-10), problem, TIMES, operators, basis=basis).moments
    return found["Jz"] + N / 2, found["Jx"]


@pytest.mark.parametrize("N", [1, 2, 4])
def test_excited_atoms_discharge_one_by_one(N):
    """E = N (p + (1 - p) exp(-gamma (2n + 1) t)) with p = n/(2n + 1): no superradiance."""
    gamma, n = 0.4, 0.3
    energy, _ = moments_of(N, qb.LocalEmission(gamma, n_thermal=n), (0.0, 1.0), basis="full")
    p = n / (2 * n + 1)
    expected = N * (p + (1 - p) * np.exp(-gamma * (2 * n + 1) * TIMES))
    np.testing.assert_allclose(energy, expected, atol=1e-8)


@pytest.mark.parametrize("N", [1, 3])
def test_pumping_fills_atoms_one_by_one(N):
    """E = N (1 - exp(-gamma t))."""
    energy, _ = moments_of(N, qb.LocalPumping(0.7), basis="full")
    np.testing.assert_allclose(energy, N * (1 - np.exp(-0.7 * TIMES)), atol=1e-8)


@pytest.mark.parametrize("N", [1, 3])
def test_dephasing_takes_the_coherence_of_each_atom(N):
    """<J_x> = (N/2) exp(-gamma t/2) from |+>^N, and the energy stays."""
    energy, Jx = moments_of(N, qb.LocalDephasing(0.7), np.sqrt([0.5, 0.5]), basis="full")
    np.testing.assert_allclose(energy, N / 2, atol=1e-10)
    np.testing.assert_allclose(Jx, N / 2 * np.exp(-0.7 * TIMES / 2), atol=1e-8)


@pytest.mark.parametrize("basis", ["symmetric", "full"])
@pytest.mark.parametrize("N", [1, 2, 3])
def test_collective_dephasing_damps_neighbours_of_the_ladder(N, basis):
    """J_x couples m with m + 1 only, so it decays with gamma/2 for any N; energy stays."""
    plus = np.sqrt([0.5, 0.5])
    binomial = np.sqrt([1, 1] if N == 1 else [1, 2, 1] if N == 2 else [1, 3, 3, 1]) / 2 ** (N / 2)
    ladder = binomial if basis == "symmetric" else None
    energy, Jx = moments_of(N, qb.CollectiveDephasing(0.7), plus, basis, ladder)
    np.testing.assert_allclose(energy, N / 2, atol=1e-10)
    np.testing.assert_allclose(Jx, N / 2 * np.exp(-0.7 * TIMES / 2), atol=1e-8)


def test_collective_dephasing_damps_distant_levels_with_the_square_of_their_distance():
    """The coherence between |m = -3/2> and |m = 3/2> decays with 9 gamma/2."""
    problem = qb.DrivenBattery(3, drive=0.0, omega_atom=0.0).problem(
        environment=[qb.CollectiveDephasing(0.7)]
    )
    problem = replace(problem, initial={"atoms": np.sqrt([0.5, 0, 0, 0.5])})
    states = solve(qb.MatrixEngine(1e-10), problem, TIMES, {}, states=True).states
    np.testing.assert_allclose(states[:, 0, 3], 0.5 * np.exp(-4.5 * 0.7 * TIMES), atol=1e-8)


def test_two_atoms_are_pumped_together():
    """E = 2 - 2 exp(-2 gamma t)(1 + gamma t), superradiance upside down."""
    gamma = 0.4
    energy, _ = moments_of(2, qb.CollectivePumping(gamma), basis="symmetric", ladder=np.eye(3)[0])
    expected = 2 - 2 * np.exp(-2 * gamma * TIMES) * (1 + gamma * TIMES)
    np.testing.assert_allclose(energy, expected, atol=1e-8)


@pytest.mark.parametrize("N", [1, 4, 9])
def test_pumping_against_decay_ends_in_a_geometric_series(N):
    """p_k ~ (pump/decay)^k on the ladder, also above 1, where the battery ends almost full."""
    pump, decay = 0.6, 0.2
    surroundings = [qb.CollectivePumping(pump), qb.CollectiveDecay(decay)]
    end = qb.steady_state(qb.DrivenBattery(N, drive=0.0), environment=surroundings)
    weights = (pump / decay) ** np.arange(N + 1)
    expected = weights @ np.arange(N + 1) / weights.sum()
    assert float(end.energy) == pytest.approx(expected, abs=1e-8)


def test_cavity_dephasing_stops_the_exchange_of_a_photon():
    """One atom, one photon: D[n] damps the coherence with kappa/2, a damped Rabi oscillation.

    E'' + (kappa/2) E' + 4 g^2 E = 2 g^2 with E(0) = E'(0) = 0.
    """
    g, kappa = 0.6, 0.9
    battery = qb.TavisCummingsBattery(n_atoms=1, coupling=g, max_photons=2)
    run = qb.charge(
        battery, times=TIMES, charger=qb.FockState(1), environment=qb.CavityDephasing(kappa)
    )
    W = np.sqrt(4 * g**2 - kappa**2 / 16)
    wave = np.cos(W * TIMES) + kappa / (4 * W) * np.sin(W * TIMES)
    np.testing.assert_allclose(run.energy, 0.5 * (1 - np.exp(-kappa * TIMES / 4) * wave), atol=1e-8)
    np.testing.assert_allclose(run.mean_photons, 1 - run.energy, atol=1e-8)
