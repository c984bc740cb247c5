"""Concurrence, negativity and mutual information against closed forms and QuTiP."""

from __future__ import annotations

from itertools import combinations
from math import comb

import numpy as np
import pytest
import qutip as qt
from stated import dicke_states, merit_of, projector, random_states, spins

import qubatt as qb
from qubatt.core.realization import realize
from qubatt.merits import SolvedRun
from qubatt.merits.concurrence import concurrence
from qubatt.merits.spin_moments import two_atoms

SINGLET = np.array([0, 1, -1, 0]) / np.sqrt(2)


def pair_average(rho: np.ndarray, n_atoms: int) -> qt.Qobj:
    """Return the state of two atoms, averaged over ordered pairs, of a state of all 2^N."""
    whole = qt.Qobj(rho, dims=[[2] * n_atoms] * 2)
    swap = qt.core.gates.swap()
    found = []
    for pair in combinations(range(n_atoms), 2):
        part = whole.ptrace(pair)
        found += [part, swap * part * swap]
    return sum(found) / len(found)


@pytest.mark.parametrize("p", [0.0, 0.2, 1 / 3, 0.5, 0.9, 1.0])
def test_werner_states(p: float) -> None:
    """p|ψ⁻⟩⟨ψ⁻| + (1 − p)/4 has C = max(0, (3p − 1)/2)."""
    rho = p * projector(SINGLET) + (1 - p) * np.eye(4) / 4
    expected = max(0.0, (3 * p - 1) / 2)
    assert concurrence(rho)[0] == pytest.approx(expected, abs=1e-14)
    assert merit_of("concurrence", spins(2), rho, "full")[0] == pytest.approx(expected, abs=1e-12)


def test_random_states_of_two_qubits() -> None:
    """Against QuTiP, which takes square roots of eigenvalues: good to 1e-7 only."""
    for seed in range(5):
        states = random_states(seed, 4)
        expected = [qt.concurrence(qt.Qobj(rho, dims=[[2, 2]] * 2)) for rho in states]
        np.testing.assert_allclose(concurrence(states), expected, atol=1e-7)
        assert max(expected) > 0.1


def test_concurrence_of_pure_states() -> None:
    """2|ad − bc| for a|gg⟩ + b|ge⟩ + c|eg⟩ + d|ee⟩, to rounding."""
    rng = np.random.default_rng(5)
    kets = rng.normal(size=(20, 4)) + 1j * rng.normal(size=(20, 4))
    kets /= np.linalg.norm(kets, axis=1)[:, np.newaxis]
    a, b, c, d = kets.T
    states = np.einsum("ti,tj->tij", kets, kets.conj())
    np.testing.assert_allclose(concurrence(states), 2 * np.abs(a * d - b * c), atol=1e-14)


@pytest.mark.parametrize("N", [2, 3, 4, 5])
def test_two_atoms_of_many(N: int) -> None:
    """Symmetric states, and any states of 2^N, against the partial trace over the others."""
    states, V = random_states(N + 1, N + 1, 5), dicke_states(N)
    states[0] = projector(np.eye(N + 1)[1] + 0.2j * np.eye(N + 1)[0])[0]
    expected = [qt.concurrence(pair_average(V @ rho @ V.T, N)) for rho in states]
    assert max(expected) > 0.1
    found = merit_of("concurrence", spins(N), states)
    np.testing.assert_allclose(found, expected, atol=1e-7)
    found = merit_of("concurrence", spins(N), V @ states @ V.T, "full")
    np.testing.assert_allclose(found, expected, atol=1e-7)
    anything = random_states(N, 2**N, 3)
    expected = [qt.concurrence(pair_average(rho, N)) for rho in anything]
    found = merit_of("concurrence", spins(N), anything, "full")
    np.testing.assert_allclose(found, expected, atol=1e-7)


@pytest.mark.parametrize("N", [2, 4])
def test_state_of_two_atoms(N: int) -> None:
    """Every entry, with its phase, of the state averaged over all pairs."""
    states, problem = random_states(N, 2**N, 3), spins(N)
    realization, merit = realize(problem, "full"), qb.merit("concurrence")
    moments = {
        each.label: np.einsum("ij,tji->t", realization.observe(each).steady.toarray(), states).real
        for each in merit.observables(problem)
    }
    found = two_atoms(SolvedRun(realization, np.arange(3.0), moments))
    expected = np.array([pair_average(rho, N).full() for rho in states])
    np.testing.assert_allclose(found, expected, atol=1e-12)
    assert np.abs(expected - expected.conj()).max() > 0.01


@pytest.mark.parametrize("N", [2, 3, 10, 100])
def test_one_excitation_shared_by_all(N: int) -> None:
    """W states have the largest concurrence that N atoms can have in every pair, 2/N.

    Next to a population of 0 rounding enters with its square root.
    """
    W = projector(np.eye(N + 1)[1])
    assert merit_of("concurrence", spins(N), W)[0] == pytest.approx(2 / N, abs=1e-8)


@pytest.mark.parametrize("N", [2, 3, 6])
def test_cats_and_products(N: int) -> None:
    """GHZ states entangle pairs for N = 2 only, coherent states never."""
    GHZ = np.eye(N + 1)[0] + np.exp(0.7j) * np.eye(N + 1)[N]
    found = merit_of("concurrence", spins(N), projector(GHZ))[0]
    assert found == pytest.approx(1.0 if N == 2 else 0.0, abs=1e-12)
    tilted = [np.sqrt(comb(N, k)) * (0.4 + 0.8j) ** k for k in range(N + 1)]
    assert merit_of("concurrence", spins(N), projector(tilted))[0] == pytest.approx(0, abs=1e-7)


PARTIES = ("negativity", "logarithmic_negativity", "mutual_information")


def with_cavity(n_atoms: int, max_photons: int) -> qb.TavisCummingsBattery:
    """Return atoms in a cavity."""
    return qb.TavisCummingsBattery(n_atoms, 0.5, max_photons)


@pytest.mark.parametrize(("N", "photons"), [(1, 1), (1, 3), (2, 2), (3, 1)])
def test_random_states_of_two_parties(N: int, photons: int) -> None:
    """Against the partial transpose and the entropies of QuTiP."""
    dims = [photons + 1, N + 1]
    states = random_states(N + photons, dims[0] * dims[1])
    problem = with_cavity(N, photons).problem(qb.FockState(1))
    whole = [qt.Qobj(rho, dims=[dims] * 2) for rho in states]
    norms = [qt.partial_transpose(rho, [0, 1]).norm("tr") for rho in whole]
    expected = [
        [(norm - 1) / 2 for norm in norms],
        np.log2(norms),
        [
            qt.entropy_vn(rho.ptrace(0)) + qt.entropy_vn(rho.ptrace(1)) - qt.entropy_vn(rho)
            for rho in whole
        ],
    ]
    assert max(expected[0]) > 0.1
    for name, values in zip(PARTIES, expected, strict=True):
        found = merit_of(name, problem, states)
        np.testing.assert_allclose(found, values, atol=1e-9, err_msg=name)


def test_bell_product_and_classical_states() -> None:
    """½, 1 bit and 2 ln 2; nothing; and ln 2 without any negativity."""
    problem = with_cavity(1, 1).problem(qb.FockState(1))
    bell = projector([1, 0, 0, 1j])
    product = projector(np.kron([0.6, 0.8], [1, 2j]))
    classical = np.diag([0.5, 0, 0, 0.5]).astype(complex)[np.newaxis]
    expected = [(0.5, 1.0, 2 * np.log(2)), (0.0, 0.0, 0.0), (0.0, 0.0, np.log(2))]
    for rho, values in zip((bell, product, classical), expected, strict=True):
        found = [merit_of(name, problem, rho)[0] for name in PARTIES]
        np.testing.assert_allclose(found, values, atol=1e-12)


def test_jaynes_cummings_in_closed_form() -> None:
    """cos(gt)|1, g⟩ − i sin(gt)|0, e⟩: negativity |sin 2gt|/2, twice the entropy of one party."""
    g, times = 0.7, np.linspace(0.0, 3.0, 13)
    run = qb.charge(
        qb.TavisCummingsBattery(1, g, 2), times=times, charger=qb.FockState(1), merits=PARTIES
    )
    half = np.abs(np.sin(2 * g * times)) / 2
    p = np.stack([np.sin(g * times[1:]) ** 2, np.cos(g * times[1:]) ** 2])
    np.testing.assert_allclose(run.negativity, half, atol=1e-9)
    np.testing.assert_allclose(run.logarithmic_negativity, np.log2(1 + 2 * half), atol=1e-9)
    shared = -2 * (p * np.log(p)).sum(axis=0)
    np.testing.assert_allclose(run.mutual_information[1:], shared, atol=1e-8)
    assert float(run.mutual_information[0]) == pytest.approx(0, abs=1e-12)


def test_comparisons_notice_other_pairs_and_other_parties() -> None:
    """A pair that is not the average one, or a matrix not transposed, gives other numbers."""
    singlet = np.kron(projector(SINGLET)[0], np.diag([1.0, 0.0]))
    average = merit_of("concurrence", spins(3), singlet[np.newaxis], "full")[0]
    first = qt.concurrence(qt.Qobj(singlet, dims=[[2] * 3] * 2).ptrace([0, 1]))
    assert abs(average - first) > 0.1
    untouched = qt.Qobj(projector([1, 0, 0, 1])[0]).norm("tr")
    assert abs((untouched - 1) / 2 - 0.5) > 0.1
