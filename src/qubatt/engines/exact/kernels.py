"""Compiled inner loops of the exact engine: 𝓛ρ row by row, on the layout of `Layout`.

Every loop runs over rows of the stored part of ρ; a strip of a row, with real and imaginary parts,
stays in registers while all contributions to it are summed.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import prange
from numpy.typing import NDArray

from qubatt.engines.exact.compiler import compiled
from qubatt.engines.exact.simd import (
    at,
    bare,
    flush,
    fma,
    fms,
    load,
    minus,
    store,
    times,
    total,
    transpose8,
    zeros8,
    zeros32,
)

ZERO_THRESHOLD = 1e-200
"""Magnitude below which numbers are set to 0; operations on denormal ones are 30 times slower."""

EPSILON = float(np.finfo(np.float64).eps)


Whole = NDArray[np.int64]
Floats = NDArray[np.float64]


class Tables(NamedTuple):
    """Input of the kernels; an address is the position of column 0 of a row in a vector.

    A vector contains the real parts of all rows and, at an offset of `size`, the imaginary parts.
    """

    size: int
    row_address: Whole
    row_begin: Whole  # first column computed
    row_end: Whole
    row_column: Whole  # start of energy and damping of the columns
    row_energy: Floats
    row_damping: Floats
    energy: Floats
    damping: Floats
    left_first: Whole  # −i h ρ_k, by row: Hρ off the diagonal
    left_address: Whole
    left_value: Floats
    right_first: Whole  # +i band ρ_i, by row: ρH off the diagonal
    right_address: Whole
    right_band: Whole
    both_first: Whole  # value × band × ρ_k
    both_address: Whole
    both_band: Whole
    both_value: Floats
    turn_first: Whole  # i × value × band × ρ_k
    turn_address: Whole
    turn_band: Whole
    turn_value: Floats
    band_value: Floats
    tile_source: Whole
    tile_source_stride: Whole
    tile_target: Whole
    tile_target_stride: Whole


class Recurrence(NamedTuple):
    """G_k = G_k−2 + 2 scale (𝓛 + shift) G_k−1; for even k the second term is multiplied by `turn`.

    For k = 1 the factor 2 is absent.
    """

    shift: float
    scale: float
    turn: float


class SeriesStop(NamedTuple):
    """Criteria for the end of a series.

    Attributes
    ----------
    negligible : float
        The series ends after three successive terms up to this size that follow the largest term.
    largest_term : float
        Index of the term that can be the largest.
    rounding_limit : float
        The series is abandoned if the rounding error of a term, eps k^(3/2) times the term,
        exceeds this.
    """

    negligible: float
    largest_term: float
    rounding_limit: float


class SeriesTerms(NamedTuple):
    """Terms of a series: coefficients, bounds on ‖G_k‖, and the functionals of G_k.

    Shapes ``(K,)``, ``(K,)`` and ``(K, functionals)``; the last two are filled with every new G_k.
    """

    weights: NDArray[np.float64]
    norms: NDArray[np.float64]
    values: NDArray[np.float64]


@compiled(forceinline=True)
def _strip(L, row, j, now, new, factor, square):
    """Compute new += factor (𝓛 + shift) now in a strip of a row that starts at column j."""
    (
        address,
        column,
        energy,
        rate,
        left,
        left_end,
        right,
        right_end,
        both,
        both_end,
        turn,
        turn_end,
    ) = row
    real = address + j
    imaginary = real + L.size
    x, y = load(now, real, square), load(now, imaginary, square)
    gap = minus(energy, load(L.energy, column + j, square))
    loss = minus(rate, load(L.damping, column + j, square))
    u = fma(gap, y, times(loss, x))
    v = fms(gap, x, times(loss, y))
    for q in range(left, left_end):
        a, source = at(L.left_value, q), at(L.left_address, q) + j
        u = fma(a, load(now, source + L.size, square), u)
        v = fms(a, load(now, source, square), v)
    for q in range(right, right_end):
        band = load(L.band_value, at(L.right_band, q) + j, square)
        source = at(L.right_address, q) + j
        u = fms(band, load(now, source + L.size, square), u)
        v = fma(band, load(now, source, square), v)
    for q in range(both, both_end):
        band = times(at(L.both_value, q), load(L.band_value, at(L.both_band, q) + j, square))
        source = at(L.both_address, q) + j
        u = fma(band, load(now, source, square), u)
        v = fma(band, load(now, source + L.size, square), v)
    for q in range(turn, turn_end):
        band = times(at(L.turn_value, q), load(L.band_value, at(L.turn_band, q) + j, square))
        source = at(L.turn_address, q) + j
        u = fms(band, load(now, source + L.size, square), u)
        v = fma(band, load(now, source, square), v)
    u = flush(fma(factor, u, load(new, real, square)), ZERO_THRESHOLD)
    v = flush(fma(factor, v, load(new, imaginary, square)), ZERO_THRESHOLD)
    store(new, real, u)
    store(new, imaginary, v)
    return fma(u, u, fma(v, v, square))


@compiled()
def sweep(L, first, last, now, new, series, shift, factor, w_now, w_new):
    """Compute new += factor (𝓛 + shift) now and series += w_now now + w_new new in some rows.

    Returns the sum of the squares of the numbers written to `new`.
    """
    series = bare(series)
    summing = w_now != 0.0 or w_new != 0.0
    square, wide_square = zeros8(), zeros32()
    for r in range(first, last):
        begin, end = at(L.row_begin, r), at(L.row_end, r)
        row = (
            at(L.row_address, r),
            at(L.row_column, r),
            at(L.row_energy, r),
            shift - at(L.row_damping, r),
            at(L.left_first, r),
            at(L.left_first, r + 1),
            at(L.right_first, r),
            at(L.right_first, r + 1),
            at(L.both_first, r),
            at(L.both_first, r + 1),
            at(L.turn_first, r),
            at(L.turn_first, r + 1),
        )
        wide = begin + (end - begin) // 32 * 32
        for j in range(begin, wide, 32):
            wide_square = _strip(L, row, j, now, new, factor, wide_square)
        for j in range(wide, end, 8):
            square = _strip(L, row, j, now, new, factor, square)
        if summing:
            for plane in (row[0], row[0] + L.size):
                for j in range(plane + begin, plane + end, 8):
                    added = fma(w_new, load(new, j, square), load(series, j, square))
                    store(series, j, fma(w_now, load(now, j, square), added))
    return total(wide_square) + total(square)


@compiled()
def mirror(L, first, last, vector):
    """Fill the stored tiles below the diagonal from those above it, using ρ = ρ†."""
    for q in range(first, last):
        source, target = L.tile_source[q], L.tile_target[q]
        stride, target_stride = L.tile_source_stride[q], L.tile_target_stride[q]
        transpose8(vector, source, stride, target, target_stride, 1.0)
        transpose8(vector, source + L.size, stride, target + L.size, target_stride, -1.0)


@compiled()
def evaluate(functionals, vector, out):
    """Compute out = functionals × vector, where the functionals form a sparse matrix."""
    first, column, value = functionals
    for f in range(len(first) - 1):
        result = 0.0
        for q in range(first[f], first[f + 1]):
            result += value[q] * vector[column[q]]
        out[f] = result


@compiled()
def combine(weights, table, out):
    """Compute out = weights × table, summing the terms of every entry in order.

    BLAS sums in an order that depends on the shapes and on the processor; here the bits of an
    entry do not depend on other entries.
    """
    for t in range(len(out)):
        out[t, :] = 0.0
        for k in range(len(table)):
            for f in range(table.shape[1]):
                out[t, f] += weights[t, k] * table[k, f]


@compiled()
def series_ends(terms, k, stop):
    """Return whether the series can or must end before term k; see `SeriesStop`."""
    last = abs(terms.weights[k - 1]) * terms.norms[k - 1]
    if not EPSILON * k**1.5 * last <= stop.rounding_limit:
        return True
    if k - 1 <= stop.largest_term or k < 3:
        return False
    before = max(
        abs(terms.weights[k - 2]) * terms.norms[k - 2],
        abs(terms.weights[k - 3]) * terms.norms[k - 3],
    )
    return max(last, before) <= stop.negligible


@compiled()
def _factors(recurrence, weights, k):
    """Return the factor of 𝓛 + shift and, for even k, the weights of two terms of the series."""
    if k % 2 == 0:
        return 2.0 * recurrence.turn * recurrence.scale, weights[k - 1], weights[k]
    return recurrence.scale if k == 1 else 2.0 * recurrence.scale, 0.0, 0.0


def _loops(parallel):
    """Return the compiled loops over the shares of rows, with one thread or one thread per share.

    There are two compiled versions, because small problems would otherwise wait two seconds for the
    threads of `prange`, which they never use. The `indices` in their closure distinguish the
    two versions in Numba's cache.
    """
    indices = prange if parallel else range

    @compiled(parallel=parallel)
    def apply(L, shares, vector, out):
        """Compute out += 𝓛 × vector; `shares` contains the limits of shares of rows and tiles."""
        rows, tiles = shares
        for q in indices(len(rows) - 1):
            sweep(L, rows[q], rows[q + 1], vector, out, out, 0.0, 1.0, 0.0, 0.0)
            mirror(L, tiles[q], tiles[q + 1], out)

    @compiled(parallel=parallel)
    def recur(L, shares, vectors, recurrence, terms, functionals, stop, k, end):
        """Compute G_k, G_k+1, … of a `Recurrence`, up to G_end−1 or until `series_ends`.

        `vectors` contains G_k−1, G_k−2 (which is overwritten), and the series, to which the terms
        weights[k] G_k are added in pairs at even k. `terms` receives norms and values. Returns the
        next k.
        """
        rows, tiles = shares
        now, new, series = vectors
        shift = recurrence.shift
        while k < end:
            factor, w_now, w_new = _factors(recurrence, terms.weights, k)
            square = 0.0
            for q in indices(len(rows) - 1):
                square += sweep(
                    L, rows[q], rows[q + 1], now, new, series, shift, factor, w_now, w_new
                )
                mirror(L, tiles[q], tiles[q + 1], new)
            terms.norms[k] = math.sqrt(2.0 * square)
            evaluate(functionals, new, terms.values[k])
            now, new = new, now
            k += 1
            if series_ends(terms, k, stop):
                break
        mirror(L, 0, len(L.tile_source), series)
        return k

    return apply, recur


apply, recur = _loops(parallel=False)
apply_parallel, recur_parallel = _loops(parallel=True)


@compiled()
def bessel(x, turn, out):
    """Write J_k(x), or exp(−x) I_k(x) if `turn` is −1, to the rows of `out` for every x ≥ 0.

    The recurrence J_k−1 = (2k/x) J_k − J_k+1, or I_k−1 = (2k/x) I_k + I_k+1, runs downward from
    negligible values; 1 = J_0 + 2 Σ J_2k or exp(x) = I_0 + 2 Σ I_k fixes the scale (Miller).
    """
    count = out.shape[1]
    for i in range(len(x)):
        z = x[i]
        out[i, :] = 0.0
        if z < 1e-30:
            out[i, 0] = 1.0
            continue
        top = z + 8.0 * z ** (1.0 / 3.0) if turn > 0.0 else math.sqrt(90.0 * z)
        k = int(max(count, top)) + 40
        above, here, scale = 0.0, 1e-200, 0.0
        while k > 0:
            below = 2.0 * k / z * here - turn * above
            above, here = here, below
            k -= 1
            if k < count:
                out[i, k] = here
            if k % 2 == 0 or turn < 0.0:
                scale += here if k == 0 else 2.0 * here
            if abs(here) > 1e200:
                above, here, scale = above * 1e-250, here * 1e-250, scale * 1e-250
                for later in range(k, count):
                    value = out[i, later] * 1e-250
                    out[i, later] = value if abs(value) > 1e-300 else 0.0
        for k in range(count):
            out[i, k] /= scale
