"""The compiled pieces, one by one, against NumPy and SciPy."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from numba import njit
from scipy.special import ive, jv

from qubatt.engines.exact import kernels
from qubatt.engines.exact.simd import flush, fma, load, store, transpose8, zeros8

X = np.array([0.0, 1e-40, 1e-12, 1e-3, 0.5, 3.0, 20.0, 99.3, 1000.0])


@pytest.mark.parametrize(("turn", "expected"), [(1.0, jv), (-1.0, ive)])
def test_bessel_functions_are_those_of_scipy(turn, expected):
    """J_k and exp(−x) I_k, from 0 to large arguments."""
    found = np.empty((len(X), 300))
    kernels.bessel(X, turn, found)
    np.testing.assert_allclose(found, expected(np.arange(300), X[:, np.newaxis]), atol=3e-14)


def test_modified_bessel_functions_of_huge_arguments():
    """The arguments of strong damping, far beyond where I_k itself overflows."""
    found = np.empty((1, 2000))
    kernels.bessel(np.array([5e4]), -1.0, found)
    np.testing.assert_allclose(found[0], ive(np.arange(2000), 5e4), atol=1e-15)


@njit
def _turned(array, sign):
    transpose8(array, 0, 10, 100, 9, sign)


def test_tile_is_transposed():
    """An 8 × 8 tile of rows 10 apart goes to rows 9 apart, with its sign."""
    rng = np.random.default_rng(1)
    array = rng.normal(size=200)
    tile = np.array([array[10 * k : 10 * k + 8] for k in range(8)])
    _turned(array, -1.0)
    found = np.array([array[100 + 9 * k : 108 + 9 * k] for k in range(8)])
    np.testing.assert_array_equal(found, -tile.T)


@njit
def _combined(a, b, c, out):
    like = zeros8()
    store(out, 0, flush(fma(load(a, 0, like), load(b, 0, like), load(c, 0, like)), 1e-200))


def test_lanes_multiply_add_and_flush():
    """ab + c in every lane; what is tiny becomes 0, what is no number stays none."""
    a = np.array([1.0, 2.0, 1e-150, -1e-150, np.nan, np.inf, 0.0, -3.0])
    b = np.array([1.0, 0.5, 1e-150, 1e-150, 1.0, 1.0, 5.0, 2.0])
    c = np.array([0.5, -1.0, 0.0, 0.0, 0.0, 0.0, 1e-199, 1.0])
    out = np.empty(8)
    _combined(a, b, c, out)
    np.testing.assert_array_equal(out, [1.5, 0.0, 0.0, 0.0, np.nan, np.inf, 1e-199, -5.0])


@pytest.mark.blas
def test_sums_of_terms_have_the_same_bits_whatever_the_shapes():
    """Some rows and columns alone, and among others; products of BLAS differ, here and there."""
    rng = np.random.default_rng(2)
    weights, table = rng.normal(size=(20, 61)), rng.normal(size=(61, 20))
    whole = np.empty((20, 20))
    kernels.combine(weights, table, whole)
    np.testing.assert_allclose(whole, weights @ table, rtol=0, atol=1e-13)
    for rows, columns in itertools.product([1, 2, 3, 5, 8, 19], repeat=2):
        some = np.empty((rows, columns))
        kernels.combine(weights[:rows], np.ascontiguousarray(table[:, :columns]), some)
        np.testing.assert_array_equal(some, whole[:rows, :columns])
