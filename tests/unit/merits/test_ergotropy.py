"""Ergotropy and its kin against closed forms, and against all 2^N states of the atoms."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from stated import (
    dicke_states,
    energy_of_pairs,
    merit_of,
    projector,
    random_states,
    single,
    spins,
)

import qubatt as qb
from qubatt.merits.spectrum import full_levels

FULL = (
    "ergotropy_full",
    "passive_energy_full",
    "locked_energy_full",
    "capacity_full",
    "incoherent_ergotropy_full",
    "coherent_ergotropy_full",
)


def brute_force(states: np.ndarray, H: np.ndarray) -> dict[str, np.ndarray]:
    """Return the merits of states and H in one space, by sorting eigenvalues."""
    levels, vectors = np.linalg.eigh(H)
    same = np.abs(np.subtract.outer(levels, levels)) < 1e-9
    found = []
    for rho in states:
        p = np.linalg.eigvalsh(rho)[::-1]
        inside = vectors.conj().T @ rho @ vectors
        dephased = np.linalg.eigvalsh(inside * same)[::-1]
        energy = np.trace(rho @ H).real
        passive = p @ levels
        found.append(
            (
                energy - passive,
                passive,
                passive - levels[0],
                p @ levels[::-1] - passive,
                energy - dephased @ levels,
                dephased @ levels - passive,
            )
        )
    return dict(zip(FULL, np.transpose(found), strict=True))


def test_qubit_in_closed_form() -> None:
    """W = (ω/2)(r + r_z), for the atom, the ladder and the full space alike."""
    states, omega = random_states(1, 2), 1.3
    z = (states[:, 1, 1] - states[:, 0, 0]).real
    r = np.sqrt(z**2 + 4 * np.abs(states[:, 0, 1]) ** 2)
    for name in ("ergotropy_symmetric", "ergotropy_full", "ergotropy_atom"):
        found = merit_of(name, spins(1, omega_atom=omega), states)
        np.testing.assert_allclose(found, omega / 2 * (r + z), atol=1e-14, err_msg=name)
    incoherent = merit_of("incoherent_ergotropy_full", spins(1, omega_atom=omega), states)
    np.testing.assert_allclose(incoherent, omega * np.maximum(z, 0), atol=1e-14)


def test_five_levels() -> None:
    """Populations .1 .2 0 .3 .4 of the levels −2 … 2: 0.7 falls to −1."""
    states = np.diag([0.1, 0.2, 0.0, 0.3, 0.4]).astype(complex)[np.newaxis]
    assert merit_of("ergotropy_symmetric", spins(4), states)[0] == pytest.approx(1.7, abs=1e-14)
    assert merit_of("incoherent_ergotropy_symmetric", spins(4), states)[0] == pytest.approx(1.7)
    assert merit_of("coherent_ergotropy_symmetric", spins(4), states)[0] == 0.0
    assert merit_of("passive_energy_symmetric", spins(4), states)[0] == pytest.approx(-1.0)
    assert merit_of("locked_energy_symmetric", spins(4), states)[0] == pytest.approx(1.0)
    assert merit_of("capacity_symmetric", spins(4), states)[0] == pytest.approx(2.0)


@pytest.mark.parametrize("order", list(itertools.permutations([0.9, 0.08, 0.02])))
def test_three_levels(order: tuple[float, ...]) -> None:
    """Levels −1, 0, 1 with eigenvectors (|1⟩ ∓ |3⟩)/√2 and |2⟩, however they are filled."""
    vectors = np.array([[1, 1, 0], [0, 0, np.sqrt(2)], [-1, 1, 0]]) / np.sqrt(2)
    states = (vectors * order @ vectors.T).astype(complex)[np.newaxis]
    assert merit_of("ergotropy_symmetric", spins(2), states)[0] == pytest.approx(0.88, abs=1e-14)
    assert merit_of("entropy", spins(2), states)[0] == pytest.approx(0.375123, abs=5e-7)


@pytest.mark.parametrize("g", [-1.3, 0.0, 0.9, 3.0])
@pytest.mark.parametrize("N", [1, 2, 3, 5, 6])
def test_full_space_against_all_states(N: int, g: float) -> None:
    """Random symmetric states among 2^N levels, with exchange of either sign."""
    states, V = random_states(N, N + 1), dicke_states(N)
    H = energy_of_pairs(N, 1.2, g)
    expected = brute_force(V @ states @ V.T, H)
    problem = spins(N, omega_atom=1.2, interaction=g)
    for name in FULL:
        found = merit_of(name, problem, states)
        np.testing.assert_allclose(found, expected[name], atol=1e-12, err_msg=name)
    ladder = brute_force(states, V.T @ H @ V)
    for name in FULL:
        symmetric = name.replace("full", "symmetric")
        found = merit_of(symmetric, problem, states)
        np.testing.assert_allclose(found, ladder[name], atol=1e-12, err_msg=symmetric)


@pytest.mark.parametrize(("omega", "g"), [(0.0, 0.7), (0.0, -0.7), (1.0, 2.0), (1.0, 2 / 3)])
def test_crossing_levels_are_one(omega: float, g: float) -> None:
    """Four atoms whose ladder has levels of equal energy: coherence between them is kept."""
    states, V, H = random_states(8, 5), dicke_states(4), energy_of_pairs(4, omega, g)
    ladder = np.sort(np.linalg.eigvalsh(V.T @ H @ V))
    assert np.diff(ladder).min() < 1e-12
    expected = brute_force(V @ states @ V.T, H)
    problem = spins(4, omega_atom=omega, interaction=g)
    for name in FULL:
        np.testing.assert_allclose(
            merit_of(name, problem, states), expected[name], atol=1e-12, err_msg=name
        )
    levels, vectors = np.linalg.eigh(V.T @ H @ V)
    groups = np.split(np.arange(5), np.flatnonzero(np.diff(levels) > 1e-9) + 1)
    inside = vectors.T.conj() @ states @ vectors
    expected = sum(
        np.linalg.norm(inside[:, group][:, :, other], "nuc", axis=(1, 2))
        for group, other in itertools.permutations(groups, 2)
    )
    l1 = merit_of("coherence_l1", problem, states)
    assert (l1 < merit_of("coherence_l1", spins(4), states) - 1e-3).any()
    np.testing.assert_allclose(l1, expected, atol=1e-12)


def test_coherence_does_not_depend_on_the_basis() -> None:
    """Without interaction, levels that are simple on the ladder are degenerate for single atoms."""
    states, V = random_states(8, 5), dicke_states(4)
    ladder = merit_of("coherence_l1", spins(4), states)
    product = merit_of("coherence_l1", spins(4), V @ states @ V.T, basis="full")
    np.testing.assert_allclose(product, ladder, atol=1e-12)


@pytest.mark.parametrize("N", [2, 3, 6])
@pytest.mark.parametrize("g", [-1.3, 0.9])
def test_levels_and_their_multiplicities(N: int, g: float) -> None:
    """Each block of spin j as often as it occurs gives all 2^N levels."""
    levels, copies = full_levels(spins(N, interaction=g))
    found = np.sort(np.repeat(levels, copies))
    np.testing.assert_allclose(found, np.linalg.eigvalsh(energy_of_pairs(N, 1.0, g)), atol=1e-12)


def test_multiplicities_beyond_all_integers() -> None:
    """500 atoms, every state of the ladder equally full: 1, then 500 of the next level up."""
    states = np.eye(501, dtype=complex)[np.newaxis] / 501
    found = {name: merit_of(name, spins(500), states)[0] for name in FULL}
    assert found["passive_energy_full"] == pytest.approx((-250 - 500 * 249) / 501, rel=1e-12)
    assert found["ergotropy_full"] == pytest.approx((250 + 500 * 249) / 501, rel=1e-12)
    assert found["capacity_full"] == pytest.approx(2 * (250 + 500 * 249) / 501, rel=1e-12)


def pairs_of_three_levels() -> np.ndarray:
    """Return symmetric states of two atoms of levels g, m, e as columns, shape ``(9, 6)``.

    In the order of occupations gg, gm, mm, ge, me, ee.
    """
    columns = []
    for j, k in ((0, 0), (0, 1), (1, 1), (0, 2), (1, 2), (2, 2)):
        pair = np.zeros((3, 3))
        pair[j, k] += 1.0
        pair[k, j] += 1.0
        columns.append(pair.ravel() / np.linalg.norm(pair))
    return np.transpose(columns)


@pytest.mark.parametrize("g", [-0.8, 0.0, 0.6])
def test_cascade_against_its_nine_states(g: float) -> None:
    """Two atoms of three levels, with exchange on both transitions."""
    middle, excited = 1.1, 1.7
    levels = np.diag([0.0, middle, excited])
    H = single(levels, 0, 2) + single(levels, 1, 2)
    for low, high in ((0, 1), (1, 2)):
        up = np.zeros((3, 3))
        up[high, low] = 1.0
        H += g * (single(up, 0, 2) @ single(up.T, 1, 2) + single(up.T, 0, 2) @ single(up, 1, 2))
    battery = qb.CascadeBattery(g, detuning_middle=middle, detuning_excited=excited, max_photons=2)
    states, V = random_states(4, 6), pairs_of_three_levels()
    light = np.zeros((3, 3))
    light[1, 1] = 1.0
    whole = np.array([np.kron(light, rho) for rho in states])
    expected = brute_force(V @ states @ V.T, H)
    for name in FULL:
        found = merit_of(name, battery.problem(), whole)
        np.testing.assert_allclose(found, expected[name], atol=1e-12, err_msg=name)
    one = np.trace((V @ states @ V.T).reshape(-1, 3, 3, 3, 3), axis1=2, axis2=4)
    atom = brute_force(one, levels)["ergotropy_full"]
    found = merit_of("ergotropy_atom", battery.problem(), whole)
    np.testing.assert_allclose(found, atom, atol=1e-12)


def test_full_basis_needs_no_ladder() -> None:
    """Any state of 2^N: the levels are those of H_B itself, one atom its reduced state."""
    N, g = 3, 0.9
    states, H = random_states(7, 8), energy_of_pairs(N, 1.2, g)
    problem = spins(N, omega_atom=1.2, interaction=g)
    expected = brute_force(states, H)
    for name in FULL:
        found = merit_of(name, problem, states, "full")
        np.testing.assert_allclose(found, expected[name], atol=1e-12, err_msg=name)
    ones = [
        np.trace(states.reshape(6, 2**k, 2, 4 // 2**k, 2**k, 2, 4 // 2**k), axis1=1, axis2=4)
        for k in range(N)
    ]
    mean = sum(np.trace(one, axis1=2, axis2=4) for one in ones) / N
    r = np.sqrt((mean[:, 1, 1] - mean[:, 0, 0]).real ** 2 + 4 * np.abs(mean[:, 0, 1]) ** 2)
    expected_atom = 0.6 * (r + (mean[:, 1, 1] - mean[:, 0, 0]).real)
    found = merit_of("ergotropy_atom", problem, states, "full")
    np.testing.assert_allclose(found, expected_atom, atol=1e-12)


def test_pure_states_give_all_that_is_above_the_ground_level() -> None:
    """W = E − E_0, the capacity is the width of the spectrum, and nothing is locked."""
    states = projector([0.3, 0.5j, -0.2, 0.7, 0.1])
    problem = spins(4, interaction=0.4)
    above = merit_of("ergotropy_symmetric", problem, states)
    energy = merit_of("passive_energy_symmetric", problem, states)
    V, H = dicke_states(4), energy_of_pairs(4, 1.0, 0.4)
    mean = np.trace(V @ states[0] @ V.T @ H).real
    lowest, *_, highest = np.linalg.eigvalsh(V.T @ H @ V)
    assert above[0] == pytest.approx(mean - lowest)
    assert energy[0] == pytest.approx(lowest)
    assert merit_of("capacity_symmetric", problem, states)[0] == pytest.approx(highest - lowest)
    assert merit_of("locked_energy_symmetric", problem, states)[0] == pytest.approx(0, abs=1e-14)


def test_brute_force_notices_levels_without_multiplicity() -> None:
    """Sorting against the ladder alone gives another ergotropy: the comparison can fail."""
    states, V, H = random_states(3, 5), dicke_states(4), energy_of_pairs(4, 1.2, 0.9)
    full, ladder = (
        brute_force(rho, h)["ergotropy_full"]
        for rho, h in ((V @ states @ V.T, H), (states, V.T @ H @ V))
    )
    assert (full - ladder).max() > 0.1
