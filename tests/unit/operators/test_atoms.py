"""Operators of N atoms, on the symmetric ladder and in the full space."""

from __future__ import annotations

from itertools import permutations
from math import comb

import numpy as np
import pytest

from qubatt.core.errors import UnsupportedError
from qubatt.core.space import Basis
from qubatt.operators import Atoms

THREE = ("ground", "middle", "excited")
ATOMS = [Atoms(1), Atoms(2), Atoms(5), Atoms(1, THREE), Atoms(2, THREE), Atoms(3, THREE)]
BASES: tuple[Basis, ...] = ("symmetric", "full")


def dense(atoms: Atoms, basis: Basis) -> dict[str, np.ndarray]:
    """Return all named operators as dense matrices."""
    return {name: matrix.toarray() for name, matrix in atoms.in_basis(basis).operators.items()}


def commutator(A: np.ndarray, B: np.ndarray) -> np.ndarray:
    """Return AB − BA."""
    return A @ B - B @ A


def symmetric_states(atoms: Atoms) -> np.ndarray:
    """Return the isometry from the symmetric basis into the full space, by symmetrising.

    Column k is the normalised sum over all distinct orders of the atoms' levels; which levels
    are occupied is read off the diagonal of S_jj.
    """
    n_levels = len(atoms.levels)
    named = dense(atoms, "symmetric")
    counts = np.array([np.diag(named[f"S_{i}{i}"]) for i in atoms.initials]).T.round().astype(int)
    isometry = np.zeros((n_levels**atoms.n_atoms, len(counts)))
    for column, count in enumerate(counts):
        levels = [level for level, times in enumerate(count) for _ in range(times)]
        orders = set(permutations(levels))
        for order in orders:
            row = int("".join(map(str, order)), n_levels)
            isometry[row, column] = 1.0 / np.sqrt(len(orders))
    return isometry


@pytest.mark.parametrize("atoms", ATOMS, ids=str)
def test_dimensions(atoms: Atoms) -> None:
    """L^N states in all, C(N + L − 1, L − 1) symmetric ones."""
    n_levels = len(atoms.levels)
    assert atoms.in_basis("full").dim == n_levels**atoms.n_atoms
    assert atoms.in_basis("symmetric").dim == comb(atoms.n_atoms + n_levels - 1, n_levels - 1)
    for basis in BASES:
        for matrix in atoms.in_basis(basis).operators.values():
            assert matrix.shape == (atoms.in_basis(basis).dim,) * 2


@pytest.mark.parametrize("basis", BASES)
@pytest.mark.parametrize("n_atoms", [1, 2, 5])
def test_spin_algebra(n_atoms: int, basis: Basis) -> None:
    """[J₊, J₋] = 2J_z, [J_z, J_±] = ±J_±, [J_x, J_y] = iJ_z, J_± = J_x ± iJ_y."""
    J = dense(Atoms(n_atoms), basis)
    np.testing.assert_allclose(commutator(J["J+"], J["J-"]), 2 * J["Jz"], atol=1e-13)
    np.testing.assert_allclose(commutator(J["Jz"], J["J+"]), J["J+"], atol=1e-13)
    np.testing.assert_allclose(commutator(J["Jz"], J["J-"]), -J["J-"], atol=1e-13)
    np.testing.assert_allclose(commutator(J["Jx"], J["Jy"]), 1j * J["Jz"], atol=1e-13)
    np.testing.assert_allclose(J["Jx"] + 1j * J["Jy"], J["J+"], atol=1e-15)
    np.testing.assert_array_equal(J["J-"], J["J+"].T)


@pytest.mark.parametrize("n_atoms", [1, 2, 5])
def test_symmetric_ladder(n_atoms: int) -> None:
    """J² = j(j + 1) with j = N/2, and m ascends from −j at index 0."""
    J = dense(Atoms(n_atoms), "symmetric")
    j = n_atoms / 2
    total = J["Jx"] @ J["Jx"] + (J["Jy"] @ J["Jy"]).real + J["Jz"] @ J["Jz"]
    np.testing.assert_allclose(total, j * (j + 1) * np.eye(n_atoms + 1), atol=1e-12)
    np.testing.assert_allclose(np.diag(J["Jz"]), np.arange(n_atoms + 1) - j, atol=1e-15)


@pytest.mark.parametrize("basis", BASES)
@pytest.mark.parametrize("atoms", ATOMS, ids=str)
def test_transfer_algebra(atoms: Atoms, basis: Basis) -> None:
    """[S_jk, S_lm] = δ_kl S_jm − δ_mj S_lk, S_jk† = S_kj and Σ S_jj = N."""
    S = dense(atoms, basis)
    for j in atoms.initials:
        for k in atoms.initials:
            np.testing.assert_array_equal(S[f"S_{j}{k}"].T, S[f"S_{k}{j}"])
            for m in atoms.initials:
                expected = S[f"S_{j}{m}"] - (m == j) * S[f"S_{k}{k}"]
                found = commutator(S[f"S_{j}{k}"], S[f"S_{k}{m}"])
                np.testing.assert_allclose(found, expected, atol=1e-13)
    total = sum(S[f"S_{i}{i}"] for i in atoms.initials)
    np.testing.assert_allclose(total, atoms.n_atoms * np.eye(atoms.in_basis(basis).dim), atol=1e-13)


@pytest.mark.parametrize("basis", BASES)
@pytest.mark.parametrize("atoms", ATOMS, ids=str)
def test_index_zero_is_the_ground_level(atoms: Atoms, basis: Basis) -> None:
    """All atoms in the first level is index 0; P_ground projects on it."""
    S = dense(atoms, basis)
    ground = np.eye(atoms.in_basis(basis).dim)[0]
    first = atoms.initials[0]
    np.testing.assert_allclose(S[f"S_{first}{first}"] @ ground, atoms.n_atoms * ground, atol=1e-13)
    np.testing.assert_array_equal(S["P_ground"], np.outer(ground, ground))


@pytest.mark.parametrize("atoms", ATOMS, ids=str)
def test_symmetric_basis_is_the_symmetric_subspace(atoms: Atoms) -> None:
    """V†O_full V = O_symmetric and O_full V = V O_symmetric for every operator, V built anew."""
    V = symmetric_states(atoms)
    np.testing.assert_allclose(V.T @ V, np.eye(V.shape[1]), atol=1e-14)
    full, symmetric = dense(atoms, "full"), dense(atoms, "symmetric")
    assert full.keys() == symmetric.keys()
    for name, matrix in full.items():
        np.testing.assert_allclose(matrix @ V, V @ symmetric[name], atol=1e-13, err_msg=name)


@pytest.mark.parametrize("atoms", ATOMS, ids=str)
def test_local_operators_act_on_one_atom_each(atoms: Atoms) -> None:
    """Single-atom parts add up to the collective operator and commute with each other."""
    lower, upper = atoms.initials[0], atoms.initials[-1]
    parts = [part.toarray() for part in atoms.in_basis("full").local_operators(f"S_{lower}{upper}")]
    assert len(parts) == atoms.n_atoms
    np.testing.assert_array_equal(sum(parts), dense(atoms, "full")[f"S_{lower}{upper}"])
    for one in parts:
        np.testing.assert_array_equal(one @ one, 0.0)  # |g⟩⟨e| twice on the same atom
        for other in parts:
            np.testing.assert_allclose(commutator(one, other), 0.0, atol=1e-15)


@pytest.mark.parametrize("n_atoms", [1, 2, 3])
def test_local_Jz_is_half_a_pauli_matrix_of_each_atom(n_atoms: int) -> None:
    """½σ_z of every atom, ground level first; their sum is J_z."""
    parts = [part.toarray() for part in Atoms(n_atoms).in_basis("full").local_operators("Jz")]
    for atom, part in enumerate(parts):
        left, right = np.eye(2**atom), np.eye(2 ** (n_atoms - atom - 1))
        np.testing.assert_array_equal(part, np.kron(np.kron(left, np.diag([-0.5, 0.5])), right))
    np.testing.assert_array_equal(sum(parts), dense(Atoms(n_atoms), "full")["Jz"])


def test_first_atom_is_the_most_significant() -> None:
    """For two atoms, local operator 0 acts on the left factor of the product."""
    first, second = (part.toarray() for part in Atoms(2).in_basis("full").local_operators("S_ge"))
    down = np.array([[0.0, 1.0], [0.0, 0.0]])
    np.testing.assert_array_equal(first, np.kron(down, np.eye(2)))
    np.testing.assert_array_equal(second, np.kron(np.eye(2), down))


def test_symmetric_basis_refuses_local_operators_by_name() -> None:
    """The message names the operator and the basis that holds it."""
    with pytest.raises(UnsupportedError) as caught:
        Atoms(2).in_basis("symmetric").local_operators("S_ge")
    assert "The symmetric basis cannot represent 'S_ge' of a single atom" in str(caught.value)
    assert 'Use the basis "full"' in str(caught.value)


def test_one_atom_is_local_in_either_basis() -> None:
    """With one atom both bases are the same."""
    (local,) = Atoms(1).in_basis("symmetric").local_operators("S_ge")
    np.testing.assert_array_equal(local.toarray(), dense(Atoms(1), "symmetric")["J-"])


def test_three_levels_have_no_spin_operators() -> None:
    """J belongs to two levels only."""
    assert not {"J+", "J-", "Jx", "Jy", "Jz"} & set(Atoms(2, THREE).in_basis("full").operators)
