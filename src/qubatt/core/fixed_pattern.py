"""Sums and products of sparse matrices with recurring patterns, faster than in SciPy.

Operators of batteries that differ only in coefficients have entries at the same positions. A plan,
which maps the entries of the terms to those of the result, is computed once; then a sum or a
product only requires arithmetic on the values. Matrices are ordinary `scipy.sparse.csr_array`
objects, and each refers to its `Pattern`.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

Matrix = Any
"""A square `scipy.sparse.csr_array`."""

MAX_KEPT_BYTES = 64e6
"""Memory limit of all cached plans; the least recently used plans are dropped."""

MAX_PAIRS = 200_000
"""Largest number of pairs of entries of a planned product; SciPy computes larger products.
"""

Index = NDArray[np.int64]
Plan = TypeVar("Plan")


class Pattern:
    """Sorted, distinct positions of the entries of a square CSR matrix.

    Attributes
    ----------
    template : csr_array
        A matrix with entries at these positions.
    flat : array, shape (nnz,)
        row · D + column of every entry, ascending.
    transposed : array, shape (nnz,)
        column · D + row of every entry, in the same order.
    """

    __slots__ = ("flat", "template", "transposed")

    def __init__(self, flat: Index, dim: int) -> None:
        rows, columns = np.divmod(flat, dim)
        starts = np.zeros(dim + 1, dtype=np.int64)
        np.cumsum(np.bincount(rows, minlength=dim), out=starts[1:])
        template = sp.csr_array((np.ones(len(flat)), columns, starts), shape=(dim, dim))
        template.has_canonical_format = True
        for part in (template.indices, template.indptr, flat):
            part.flags.writeable = False
        self.template, self.flat, self.transposed = template, flat, columns * dim + rows

    @property
    def dim(self) -> int:
        """Dimension D."""
        return int(self.template.shape[0])

    def matrix(self, values: NDArray[Any]) -> Matrix:
        """Return the matrix with entries at these positions; the values are not copied."""
        made = object.__new__(sp.csr_array)
        made.__dict__.update(self.template.__dict__)  # faster than copy.copy, by far than SciPy
        made.data = values
        made.pattern = self
        return made


class _Plans:
    """Cache of recently used plans by key, of at most `MAX_KEPT_BYTES`."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Any, tuple[Any, float]] = OrderedDict()
        self._bytes = 0.0
        self._lock = threading.RLock()  # a plan may need further ones

    def get(self, key: Any, make: Callable[[], Plan], size: Callable[[Plan], float]) -> Plan:
        """Return the plan of a key, which is made if it is not in the cache."""
        with self._lock:
            entry = self._kept.get(key)
            if entry is not None:
                self._kept.move_to_end(key)
                plan: Plan = entry[0]
                return plan
            plan = make()
            nbytes = size(plan) + 500.0
            self._kept[key] = plan, nbytes
            self._bytes += nbytes
            while self._bytes > MAX_KEPT_BYTES and len(self._kept) > 1:
                self._bytes -= self._kept.popitem(last=False)[1][1]
            return plan


_plans = _Plans()


def planned(
    name: str, held: Sequence[Any], make: Callable[[], Plan], size: Callable[[Plan], float]
) -> Plan:
    """Return a plan that depends only on positions of entries; it is made once per set of objects.

    Parameters
    ----------
    name : str
        Kind of plan, such as ``"union"``.
    held : sequence
        Patterns, or plans derived from them, on which the plan depends, compared by identity.
    make, size : callable
        Functions that make the plan and that return its size in bytes.
    """
    _, plan = _plans.get(
        (name, *map(id, held)),  # the objects are held, so that no other one gets their id
        lambda: (held, make()),
        lambda entry: size(entry[1]),
    )
    return plan


class _Sum(NamedTuple):
    """Pattern of a sum, and the positions in it of the entries of each term."""

    pattern: Pattern
    places: tuple[Index, ...]


class _Product(NamedTuple):
    """Pattern of a product, pairs of factor entries, and first pair of each product entry."""

    pattern: Pattern
    left: Index
    right: Index
    starts: Index


def pattern_of(matrix: Matrix) -> Pattern:
    """Return the pattern of a CSR matrix with sorted entries; equal positions share one pattern."""
    known = getattr(matrix, "pattern", None)
    if known is not None and matrix.indices is known.template.indices:
        return known  # type: ignore[no-any-return]
    if not matrix.has_canonical_format:
        matrix = matrix.copy()
        matrix.sum_duplicates()
    dim = matrix.shape[0]
    rows = np.repeat(np.arange(dim, dtype=np.int64), np.diff(matrix.indptr))
    return _interned(rows * dim + matrix.indices, dim)


def _interned(flat: Index, dim: int) -> Pattern:
    """Return the pattern with these positions."""
    flat = np.ascontiguousarray(flat, dtype=np.int64)
    key = ("pattern", dim, flat.tobytes())
    return _plans.get(key, lambda: Pattern(flat, dim), lambda made: 40.0 * len(made.flat))


def on_pattern(matrix: Matrix) -> Matrix:
    """Return a matrix with its pattern, without explicit zeros, and real if possible."""
    if getattr(matrix, "pattern", None) is None:
        matrix = sp.csr_array(matrix)
        if not matrix.has_canonical_format:
            matrix = matrix.copy()
            matrix.sum_duplicates()
    return _settled(pattern_of(matrix), matrix.data)


def from_entries(rows: Index, columns: Index, values: NDArray[Any], dim: int) -> Matrix:
    """Return the matrix with these entries at distinct positions, shape ``(D, D)``."""
    flat = rows * dim + columns
    if len(flat) > 1 and np.any(flat[1:] <= flat[:-1]):
        order = np.argsort(flat, kind="stable")
        flat, values = flat[order], values[order]
    return _settled(_interned(flat, dim), values)


def _settled(pattern: Pattern, values: NDArray[Any]) -> Matrix:
    """Return a matrix without explicit zeros, and real if it has no imaginary part."""
    if values.dtype.kind == "c" and not values.imag.any():
        values = values.real.copy()
    if np.count_nonzero(values) == len(values):
        return pattern.matrix(values)
    kept = values != 0
    key = ("kept", id(pattern), kept.tobytes())
    _, smaller = _plans.get(  # the pattern is held, so that its id is not given to another one
        key, lambda: (pattern, _interned(pattern.flat[kept], pattern.dim)), lambda _: 0.0
    )
    return smaller.matrix(values[kept])


def union(matrices: Sequence[Matrix]) -> Matrix:
    """Return a matrix with a one wherever any of the matrices has an entry, shape ``(D, D)``."""
    patterns = [pattern_of(matrix) for matrix in matrices]

    def make() -> Matrix:
        flat = np.unique(np.concatenate([pattern.flat for pattern in patterns]))
        return _interned(flat, patterns[0].dim).matrix(np.ones(len(flat)))

    return planned("union", patterns, make, lambda _: 0.0)


def zero(dim: int) -> Matrix:
    """Return the zero matrix, shape ``(D, D)``."""
    return _interned(np.zeros(0, dtype=np.int64), dim).matrix(np.zeros(0))


def identity(dim: int) -> Matrix:
    """Return the identity matrix, shape ``(D, D)``."""
    return _interned(np.arange(dim, dtype=np.int64) * (dim + 1), dim).matrix(np.ones(dim))


def combination(terms: Sequence[tuple[complex, Matrix]], dim: int) -> Matrix:
    """Return Σ coefficient × matrix, shape ``(D, D)``."""
    terms = [(number, matrix) for number, matrix in terms if number]
    if not terms:
        return zero(dim)
    if len(terms) == 1:
        ((number, matrix),) = terms
        return matrix if number == 1 else _settled(pattern_of(matrix), _plain(number) * matrix.data)
    patterns = [pattern_of(matrix) for _, matrix in terms]
    key = ("+", *map(id, patterns))
    _, plan = _plans.get(key, lambda: (patterns, _sum(patterns, dim)), _size)
    parts = [_plain(number) * matrix.data for number, matrix in terms]
    is_complex = any(part.dtype.kind == "c" for part in parts)
    values = np.zeros(len(plan.pattern.flat), dtype=complex if is_complex else float)
    for part, places in zip(parts, plan.places, strict=True):
        values[places] += part
    return _settled(plan.pattern, values)


def _plain(number: complex) -> complex | float:
    """Return a number, as a real one if it has no imaginary part."""
    return number if number.imag else number.real


def _sum(patterns: Sequence[Pattern], dim: int) -> _Sum:
    flat = np.unique(np.concatenate([pattern.flat for pattern in patterns]))
    places = tuple(np.searchsorted(flat, pattern.flat) for pattern in patterns)
    return _Sum(_interned(flat, dim), places)


def product(left: Matrix, right: Matrix) -> Matrix:
    """Return left × right, shape ``(D, D)``."""
    patterns = pattern_of(left), pattern_of(right)
    key = ("*", *map(id, patterns))
    _, plan = _plans.get(key, lambda: (patterns, _product(*patterns)), _size)
    if plan is None:
        return on_pattern(left @ right)
    if not len(plan.starts):
        return plan.pattern.matrix(np.zeros(0))
    values = np.add.reduceat(left.data[plan.left] * right.data[plan.right], plan.starts)
    return _settled(plan.pattern, values)


def _product(left: Pattern, right: Pattern) -> _Product | None:
    """Return the plan of a product, or None if it is so long that SciPy is faster."""
    A, B = left.template, right.template
    dim, counts = left.dim, np.diff(B.indptr)[A.indices]
    if np.sum(counts) > MAX_PAIRS:
        return None
    first = np.repeat(np.arange(A.nnz), counts)
    offset = np.arange(len(first)) - np.repeat(np.cumsum(counts) - counts, counts)
    second = B.indptr[A.indices][first] + offset
    flat = left.flat[first] // dim * dim + B.indices[second]
    order = np.argsort(flat, kind="stable")
    places, starts = np.unique(flat[order], return_index=True)
    return _Product(_interned(places, dim), first[order], second[order], starts)


def adjoint(matrix: Matrix) -> Matrix:
    """Return matrix†, shape ``(D, D)``."""
    pattern = pattern_of(matrix)

    def make() -> tuple[Pattern, Pattern, Index]:
        rows, columns = np.divmod(pattern.flat, pattern.dim)
        flat = columns * pattern.dim + rows
        order = np.argsort(flat)
        return pattern, _interned(flat[order], pattern.dim), order

    plan = _plans.get(("†", id(pattern)), make, lambda made: 8.0 * len(made[2]))
    values = matrix.data[plan[2]]
    return plan[1].matrix(values.conj() if values.dtype.kind == "c" else values)


def to_dense(matrix: Matrix) -> NDArray[Any]:
    """Return a matrix as an array, shape ``(D, D)``."""
    pattern = pattern_of(matrix)
    full = np.zeros(pattern.dim**2, dtype=matrix.data.dtype)
    full[pattern.flat] = matrix.data
    return full.reshape(pattern.dim, pattern.dim)


def _size(kept: tuple[Any, _Sum | _Product | None]) -> float:
    """Return the size of a plan in bytes."""
    plan = kept[1]
    if plan is None:
        return 0.0
    if isinstance(plan, _Sum):
        return float(sum(places.nbytes for places in plan.places))
    return float(plan.left.nbytes + plan.right.nbytes + plan.starts.nbytes)
