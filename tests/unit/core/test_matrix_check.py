"""Matrices from users: any library, dense or sparse, and errors that name the worst entry."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import qutip as qt
import scipy.sparse as sp

import qubatt as qb
from qubatt.core.input_matrix import check_hermitian, read_entries, read_matrix

SY = np.array([[0, -0.5j], [0.5j, 0]])


@pytest.mark.parametrize(
    "form", [np.array, np.ndarray.tolist, sp.csr_array, sp.csc_matrix, sp.coo_array, qt.Qobj]
)
@pytest.mark.parametrize("matrix", [SY, np.diag([1.0, -2.0]), np.zeros((3, 3))])
def test_any_library_gives_the_same(form: Any, matrix: np.ndarray) -> None:
    """NumPy, lists, SciPy in all formats and QuTiP."""
    found = check_hermitian("H", form(matrix))
    assert found.format == "csr"
    np.testing.assert_array_equal(found.toarray(), matrix)
    assert found.dtype == (np.complex128 if np.any(matrix.imag) else np.float64)
    assert found.nnz == np.count_nonzero(matrix)


def test_large_sparse_matrices_stay_sparse() -> None:
    """A million levels would not fit in memory otherwise."""
    number = sp.diags_array(np.arange(10**6, dtype=float))
    assert check_hermitian("H", number).nnz == 10**6 - 1


@pytest.mark.parametrize("form", [np.array, sp.csr_array])
def test_worst_entry_is_named(form: Any) -> None:
    """Not the first, but the largest difference counts."""
    matrix = np.array([[1, 0.1, 0], [0.2, 0, 3j], [0, 1j, 0]])
    with pytest.raises(qb.ArgumentError) as caught:
        check_hermitian("H_B", form(matrix))
    assert str(caught.value) == (
        "Argument `H_B` must be Hermitian, but is 3j."
        " Entries (1, 2) and (2, 1) must be complex conjugates."
    )


def test_tolerance_is_relative_to_the_largest_entry() -> None:
    """Rounding of large entries is no skew; more than it is."""
    matrix = np.array([[1e6, 1.0], [1.0 + 5e-7, 0.0]])
    assert check_hermitian("H", matrix).shape == (2, 2)
    with pytest.raises(qb.ArgumentError, match="be Hermitian"):
        check_hermitian("H", matrix, tolerance=1e-14)


def test_other_square_matrices_pass_without_the_law() -> None:
    """A jump need not be Hermitian."""
    np.testing.assert_array_equal(read_matrix("c", [[0, 1], [0, 0]]).toarray(), [[0, 1], [0, 0]])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (np.ones((2, 3)), "Argument `H` must be a square matrix, but is 'shape (2, 3)'."),
        (sp.csr_array(np.ones((2, 3))), "Argument `H` must be a square matrix, but is 'shape"),
        ([1.0, 2.0], "Argument `H` must be a square matrix, but is 'shape (2,)'."),
        (np.empty((0, 0)), "Argument `H` must be a square matrix, but is 'shape (0, 0)'."),
        ([[0, 0], [np.nan, 1]], "Argument `H` must be finite, but is 'entry (1, 0)'."),
        (sp.csr_array([[0, 0], [0, np.inf]]), "Argument `H` must be finite, but is 'entry (1, 1)'"),
        ("spin", "Argument `H` must be a matrix of numbers, but is 'spin'."),
        ([[1, 2], [3]], "Argument `H` must be a matrix of numbers, but is [[1, 2], [3]]."),
        (None, "Argument `H` must be "),
    ],
)
def test_what_is_no_matrix_is_refused(given: Any, message: str) -> None:
    """One sentence with name and value."""
    with pytest.raises(qb.ArgumentError) as caught:
        check_hermitian("H", given)
    assert str(caught.value).startswith(message)


def test_entries_may_have_any_shape() -> None:
    """Kets are checked for finite numbers only."""
    np.testing.assert_array_equal(read_entries("ket", [1, 1j]), [1, 1j])
    with pytest.raises(qb.ArgumentError, match=r"entry \(1\)"):
        read_entries("ket", [1, np.inf])
