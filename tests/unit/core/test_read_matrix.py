"""Matrices as users give them: one form, checked, hashed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import qutip as qt
import scipy.sparse as sp

import qubatt as qb
from qubatt.core.input_matrix import (
    check_hermitian,
    fingerprint,
    freeze,
    read_matrix,
    tidy,
    worst_entry,
)

M = np.array([[0.0, 1.5, 0.0], [0.0, 0.0, -2j], [0.0, 0.0, 3.0]])
KINDS = [
    np.asarray,
    np.ndarray.tolist,
    np.matrix,
    sp.csr_array,
    sp.csc_matrix,
    sp.coo_array,
    sp.dia_matrix,
    qt.Qobj,
    lambda matrix: qt.Qobj(matrix).to("CSR"),
    lambda matrix: qt.Qobj(matrix).to("Dia"),
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.filterwarnings("ignore:the matrix subclass")
def test_all_kinds_give_the_same_sparse_matrix(kind: Any) -> None:
    """Entries as they are, zeros left out."""
    found = read_matrix("H", kind(M))
    assert isinstance(found, sp.csr_array)
    assert (found.nnz, found.dtype) == (3, np.complex128)
    np.testing.assert_array_equal(found.toarray(), M)
    assert fingerprint(found) == fingerprint(sp.csr_array(M))


def test_sparse_qobj_are_never_made_dense(monkeypatch: pytest.MonkeyPatch) -> None:
    """10 000 × 10 000 states in diagonals or rows are read without their zeros."""
    large = qt.num(10_000)
    monkeypatch.setattr(qt.Qobj, "full", None)
    monkeypatch.setattr(qt.Qobj, "full", lambda *_: pytest.fail("made dense"))
    for kind in ("Dia", "CSR"):
        assert read_matrix("H", large.to(kind)).nnz == 9_999


def test_qobj_of_other_kinds_go_through_an_array() -> None:
    """Whatever data it has, `full` is the last resort."""

    class Other:
        dims = ((2,), (2,))

        def data_as(self) -> None:
            raise ValueError("unknown kind of data")

        def full(self) -> np.ndarray:
            return np.eye(2)

    np.testing.assert_array_equal(read_matrix("H", Other()).toarray(), np.eye(2))


def test_what_is_read_is_a_copy() -> None:
    """Changing the original later changes nothing."""
    for original in (np.eye(2), sp.csr_array(np.eye(2)), sp.csr_array(np.eye(2) * 1j)):
        before = fingerprint(sp.csr_array(original))
        found = read_matrix("H", original)
        original *= 2
        assert fingerprint(found) == before


def test_real_matrices_are_real_and_zeros_stay_zeros() -> None:
    """Nothing is added; entries without imaginary part become real numbers."""
    found = read_matrix("H", sp.csr_array(([1.0 + 0j, 0.0], ([0, 1], [1, 0])), shape=(2, 2)))
    assert (found.nnz, found.dtype) == (1, np.float64)
    assert check_hermitian("H", [[0, 1], [1, 0]]).nnz == 2


def test_rounding_is_taken_off_hermitian_matrices() -> None:
    """½(M + M†), exactly Hermitian, and M itself where it is."""
    H = np.array([[1.0, 0.5 + 1e-15], [0.5, 2.0]])
    found = check_hermitian("H", H).toarray()
    np.testing.assert_array_equal(found, found.conj().T)
    np.testing.assert_allclose(found, H, atol=1e-15)
    exact = np.array([[0.1, 0.3 + 0.7j], [0.3 - 0.7j, 0.2]])
    np.testing.assert_array_equal(check_hermitian("H", exact).toarray(), exact)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (np.ones((2, 3)), "be a square matrix, but is 'shape (2, 3)'."),
        (sp.csr_array(np.ones((2, 3))), "be a square matrix, but is 'shape (2, 3)'."),
        (qt.basis(2, 0), "be a square matrix, but is 'shape (2, 1)'."),
        ([1.0, 2.0], "be a square matrix, but is 'shape (2,)'."),
        (np.zeros((2, 2, 2)), "be a square matrix, but is 'shape (2, 2, 2)'."),
        (np.empty((0, 0)), "be a square matrix, but is 'shape (0, 0)'."),
        ([[1, 2], [3]], "be a matrix of numbers, but is [[1, 2], [3]]."),
        ([["1", "2"], ["3", "4"]], "be a matrix of numbers, but is"),
        (None, "be a matrix of numbers, but is None."),
        ([[0, np.nan], [0, 0]], "be finite, but is 'entry (0, 1)'."),
        (sp.csr_array([[0, 0], [np.inf, 0]]), "be finite, but is 'entry (1, 0)'."),
        ([[0, 1], [2j, 0]], "be Hermitian, but is (1+0j). Entries (0, 1) and (1, 0)"),
        (qt.destroy(3), "be Hermitian, but is (1.414"),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else type(value).__name__,
)
@pytest.mark.filterwarnings("ignore:invalid value")
def test_bad_matrices_are_named(given: Any, message: str) -> None:
    """Shape, first entry that is not finite, worst entry that is not Hermitian."""
    with pytest.raises(qb.ArgumentError) as caught:
        check_hermitian("H", given)
    assert str(caught.value).startswith(f"Argument `H` must {message}")


def test_fingerprints_tell_values_places_and_shapes_apart() -> None:
    """But not formats, explicit zeros or signs of zero."""
    one = sp.csr_array(np.diag([1.0, 2.0]))
    stored = sp.csr_array(([1.0, 2.0, 0.0], ([0, 1, 0], [0, 1, 1])), shape=(2, 2))
    negative = sp.csr_array(np.array([[1.0 - 0j, -0.0], [-0.0, 2.0]]))
    assert fingerprint(one) == fingerprint(stored) == fingerprint(negative)
    assert stored.nnz == 3  # left as it was
    for other in (np.diag([1.0, 2.0 + 1e-15]), np.diag([2.0, 1.0]), np.diag([1.0, 2.0, 0.0])):
        assert fingerprint(sp.csr_array(other)) != fingerprint(one)
    assert fingerprint(one)["shape"] == [2, 2]
    assert fingerprint(one)["nnz"] == 2


def test_frozen_matrices_cannot_be_changed() -> None:
    """Values and places are read-only."""
    frozen = freeze(tidy(sp.csr_array(np.eye(2))))
    with pytest.raises(ValueError, match="read-only"):
        frozen.data[0] = 2.0


def test_worst_entry_is_the_first_of_the_largest() -> None:
    """By magnitude."""
    assert worst_entry(sp.csr_array(np.array([[0.0, -3.0], [3.0, 1.0]]))) == (0, 1)
