"""Sums and products on fixed patterns: the same matrices as those of NumPy, none changed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from qubatt.core import fixed_pattern
from qubatt.core.fixed_pattern import (
    adjoint,
    combination,
    identity,
    on_pattern,
    pattern_of,
    product,
    to_dense,
    union,
    zero,
)

ENTRIES = st.sampled_from([0.0, 0.0, 1.0, -1.0, 0.5, 2.0 - 1.0j, 1.0j])


@st.composite
def matrices(draw: st.DrawFn) -> list[np.ndarray]:
    """Draw three square matrices of one dimension, with many zeros."""
    dim = draw(st.integers(1, 6))
    rows = st.lists(ENTRIES, min_size=dim * dim, max_size=dim * dim)
    return [np.array(draw(rows), dtype=complex).reshape(dim, dim) for _ in range(3)]


def assert_tidy(matrix: Any) -> None:
    """No explicit zeros, sorted entries, real where all of it is real."""
    assert np.all(matrix.data != 0)
    assert matrix.has_sorted_indices
    assert np.iscomplexobj(matrix.data) == bool(matrix.nnz and matrix.data.imag.any())


@settings(deadline=None)
@given(matrices())
def test_results_are_those_of_dense_matrices(dense: list[np.ndarray]) -> None:
    """Sum, product, adjoint, and SciPy's own arithmetic on the results."""
    a, b, c = dense
    A, B, C = (on_pattern(sp.csr_array(each)) for each in dense)
    results = [
        (product(A, B), a @ b),
        (combination([(2.0, A), (-1.0j, B), (0.0, C), (0.5, C)], len(a)), 2 * a - 1j * b + 0.5 * c),
        (combination([(1.0, A), (-1.0, A)], len(a)), 0 * a),
        (adjoint(A), a.conj().T),
    ]
    for matrix, expected in results:
        assert_tidy(matrix)
        np.testing.assert_allclose(to_dense(matrix), expected, atol=1e-14)
        np.testing.assert_allclose(matrix.toarray(), expected, atol=1e-14)
        np.testing.assert_allclose((matrix @ B + A).toarray(), expected @ b + a, atol=1e-13)
    for matrix, before in zip((A, B, C), dense, strict=True):
        np.testing.assert_array_equal(matrix.toarray(), before)
    np.testing.assert_array_equal(union([A, B]).toarray() != 0, (a != 0) | (b != 0))


def test_equal_places_share_one_pattern() -> None:
    """Whatever the values; other places or another dimension do not."""
    one, other = (on_pattern(sp.csr_array(np.diag(d))) for d in ([1.0, 2.0], [3.0, 4.0j]))
    assert pattern_of(one) is pattern_of(other)
    assert pattern_of(one) is not pattern_of(identity(3))
    assert pattern_of(zero(2)) is not pattern_of(zero(3))


def test_a_matrix_changed_by_scipy_loses_its_pattern() -> None:
    """The pattern belongs to arrays of places, and results of SciPy have their own."""
    matrix = on_pattern(sp.csr_array(np.array([[1.0, 2.0], [0.0, 3.0]])))
    turned = sp.csr_array(matrix.T)
    assert pattern_of(turned) is not pattern_of(matrix)
    with pytest.raises(ValueError, match="read-only"):
        matrix.indices[0] = 1


def test_long_products_are_left_to_scipy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The result is the same."""
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=(2, 5, 5))
    A, B = (on_pattern(sp.csr_array(each)) for each in (a, b))
    monkeypatch.setattr(fixed_pattern, "MAX_PAIRS", 10)
    monkeypatch.setattr(fixed_pattern, "_plans", fixed_pattern._Plans())
    np.testing.assert_allclose(to_dense(product(A, B)), a @ b, atol=1e-14)


def test_memory_of_plans_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plans used least recently are dropped, and made again when they are needed."""
    plans = fixed_pattern._Plans()
    monkeypatch.setattr(fixed_pattern, "_plans", plans)
    monkeypatch.setattr(fixed_pattern, "MAX_KEPT_BYTES", 20_000.0)
    for dim in range(2, 60):
        A = on_pattern(sp.csr_array(np.diag(np.arange(1.0, dim + 1))))
        np.testing.assert_allclose(to_dense(product(A, A)), np.diag(np.arange(1.0, dim + 1) ** 2))
        assert plans._bytes <= 20_000.0 + 40.0 * dim * dim + 1e4
    assert len(plans._kept) < 40
