"""Initial states as users give them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import qutip as qt
import scipy.sparse as sp

import qubatt as qb
from qubatt.core.input_state import check_state

KET = np.array([0.6, 0.0, 0.8j])


@pytest.mark.parametrize(
    "given",
    [KET, KET.tolist(), KET[:, np.newaxis], sp.csr_array(KET[:, np.newaxis]), qt.Qobj(KET)],
    ids=["array", "list", "column", "sparse", "Qobj"],
)
def test_kets(given: Any) -> None:
    """All become one-dimensional arrays."""
    found = check_state("initial", given, 3)
    np.testing.assert_array_equal(found, KET)
    assert not found.flags.writeable


def test_real_kets_are_real() -> None:
    """So that real problems stay real."""
    assert check_state("initial", qt.basis(3, 1), 3).dtype == np.float64


@pytest.mark.parametrize("kind", [np.asarray, sp.csc_array, qt.Qobj])
def test_density_matrices(kind: Any) -> None:
    """All become sparse matrices."""
    rho = 0.5 * np.outer(KET, KET.conj()) + np.diag([0.0, 0.5, 0.0])
    found = check_state("initial", kind(rho), 3)
    assert isinstance(found, sp.csr_array)
    np.testing.assert_array_equal(found.toarray(), rho)


def test_rounding_is_allowed() -> None:
    """A trace off by 1e-10, an eigenvalue of −1e-10."""
    check_state("initial", np.diag([1.0 + 1e-10, -1e-10]), 2)
    check_state("initial", (1 + 1e-10) * KET, 3)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (np.ones(3), "have norm 1, but is 1.732"),
        (KET[:2], "be a ket of 3 entries or a density matrix of shape (3, 3), but is 'shape (2,)'"),
        (KET[np.newaxis], "be a ket of 3 entries or a density matrix of shape (3, 3), but is"),
        (
            np.diag([0.5, 0.4, 0.0]),
            "have trace 1, but is 0.9. If normalisation is intended, divide",
        ),
        (np.diag([0.7, 0.5, -0.2]), "be positive, but is 'eigenvalue -0.2'."),
        (np.diag([0.5, 0.5, 0]) + np.eye(3, k=1), "be Hermitian, but is (1+0j)."),
        ([np.nan, 0, 1], "be finite, but is 'entry (0)'."),
        ("up", "be a matrix of numbers, but is 'up'."),
    ],
    ids=lambda value: value[:16] if isinstance(value, str) else "",
)
def test_bad_states_are_named(given: Any, message: str) -> None:
    """Length, norm, trace, or the eigenvalue below 0."""
    with pytest.raises(qb.ArgumentError) as caught:
        check_state("initial", given, 3)
    assert str(caught.value).startswith(f"Argument `initial` must {message}")


def test_only_rows_with_entries_are_looked_at() -> None:
    """A mixture of two of 50 000 states takes no time and no memory."""
    rho = sp.csr_array(([0.5, 0.5], ([7, 9], [7, 9])), shape=(50_000, 50_000))
    assert check_state("initial", rho, 50_000).nnz == 2
