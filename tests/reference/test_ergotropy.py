"""Ergotropy of batteries that lose it by themselves, and that a bath gives it to."""

from dataclasses import replace

import numpy as np
import pytest

import qubatt as qb
from qubatt.core.realization import realize
from qubatt.merits import SolvedRun
from solving import observables_of, solve

TIMES = np.linspace(0, 6, 25)


def from_state(names, state, rate, n_thermal=0.0, times=TIMES, basis="symmetric", engine=None):
    """Return merits of undriven atoms in a common bath that start in `state`."""
    N = len(state) - 1 if basis == "symmetric" else int(np.log2(len(state)))
    parts = [qb.CollectiveDecay(rate, n_thermal)]
    problem = qb.DrivenBattery(N, drive=0.0).problem(environment=parts)
    problem = replace(problem, initial={"atoms": np.asarray(state, dtype=complex)})
    merits = [qb.merit(name) for name in names]
    moments = observables_of(merits, problem)
    engine = engine or qb.MatrixEngine(1e-11)
    found = solve(engine, problem, times, moments, basis=basis, states=True, battery=True)
    record = SolvedRun(
        realize(problem, basis), times, found.moments, found.battery_states, found.states
    )
    return [merit.values(record) for merit in merits]


EVERY = ["ergotropy_symmetric", "ergotropy_full", "ergotropy_atom"]


@pytest.mark.parametrize("engine", [qb.MatrixEngine(1e-11), qb.ExactEngine(), qb.DenseEngine()])
def test_one_excited_atom_discharges_until_half_is_left(engine):
    """W = max(0, 2exp(-gamma t) - 1) from |e>: none from gamma t = ln 2 on, all incoherent."""
    gamma = 0.4
    found = from_state([*EVERY, "incoherent_ergotropy_full"], [0, 1], gamma, engine=engine)
    expected = np.maximum(0, 2 * np.exp(-gamma * TIMES) - 1)
    for values in found:
        np.testing.assert_allclose(values, expected, atol=2e-9)


def test_a_superposition_discharges_for_ever():
    """W = (sqrt(x + (x - 1)^2) + x - 1)/2 with x = exp(-gamma t) from |+>: all of it coherent."""
    gamma = 0.4
    x = np.exp(-gamma * TIMES)
    expected = 0.5 * (np.sqrt(x + (x - 1) ** 2) + x - 1)
    found = from_state(EVERY, [np.sqrt(0.5), np.sqrt(0.5)], gamma)
    for values in found:
        np.testing.assert_allclose(values, expected, atol=1e-9)
    whole, none = from_state(
        ["coherent_ergotropy_full", "incoherent_ergotropy_full"],
        [np.sqrt(0.5), np.sqrt(0.5)],
        gamma,
    )
    np.testing.assert_allclose(whole, expected, atol=1e-9)
    np.testing.assert_allclose(none, 0, atol=1e-9)


@pytest.mark.parametrize("n_thermal", [0.0, 0.2, 1.5])
def test_a_common_bath_charges_two_atoms(n_thermal):
    """From |ge> the full space holds (1 + exp(-x))/(1 + 2cosh x)/2 in the end."""
    q = n_thermal / (n_thermal + 1)  # exp(-x)
    late = np.array([60.0])
    whole, locked, energy = from_state(
        ["ergotropy_full", "locked_energy_full", "passive_energy_full"],
        [0, 1, 0, 0],
        0.6,
        n_thermal,
        late,
        "full",
    )
    Z = 1 + q + q**2  # exp(-x)(1 + 2cosh x)
    np.testing.assert_allclose(whole, 0.5 * q * (1 + q) / Z if q else 0.0, atol=1e-9)
    np.testing.assert_allclose(energy, -0.5 + 0.5 * q**2 / Z, atol=1e-9)
    np.testing.assert_allclose(locked, energy + 1, atol=1e-12)


def test_thermal_atoms_are_passive():
    """On the ladder the bath leaves the Gibbs state, in the full space one with ergotropy."""
    ladder, full = from_state(
        ["ergotropy_symmetric", "ergotropy_full"], np.eye(4)[0], 0.5, 0.7, np.array([80.0])
    )
    p = (0.7 / 1.7) ** np.arange(4)
    p /= p.sum()
    assert ladder[0] == pytest.approx(0, abs=1e-9)
    # full space: one level -3/2, three of -1/2
    passive = -1.5 * p[0] - 0.5 * p[1:].sum()
    assert full[0] == pytest.approx(p @ (np.arange(4) - 1.5) - passive, abs=1e-9)


def test_another_start_is_noticed():
    """From |g> nothing discharges: the comparisons above can fail."""
    found = from_state(["ergotropy_full"], [1, 0], 0.4)[0]
    assert np.abs(found - np.maximum(0, 2 * np.exp(-0.4 * TIMES) - 1)).max() > 0.5
