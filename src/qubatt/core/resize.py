"""The same problem with other photon cut-offs: levels of the modes added or removed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from math import prod
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from qubatt.core.errors import UnsupportedError
from qubatt.core.fixed_pattern import on_pattern
from qubatt.core.initial import Ensemble
from qubatt.core.levels import OuterLevels
from qubatt.core.problem import Problem
from qubatt.core.space import WHOLE_SPACE, Operator, Space

MAX_DEGREE = 6
"""Largest power of n to which the entries of a matrix along one diagonal are continued."""

MAX_CUT = 4
"""Largest number of highest levels at which a matrix may deviate from its continuation."""

CONTINUATION_TOLERANCE = 1e-9
"""Largest difference between a matrix entry and its continuation up to which they count as equal,
relative to the largest entry.
"""

Dims = Mapping[str, int]
"""Numbers of levels of modes, by name."""


def with_levels(problem: Problem, dims: Dims) -> Problem:
    """Return the problem with other numbers of levels of its modes.

    Operators of the factors are rebuilt. Matrices lose their highest levels, or are continued to
    higher ones: along each diagonal of a mode, ⟨n + k|M|n⟩ √(n!/(n + k)!) of a polynomial in a and
    a† is a polynomial in n, which the lowest levels determine. Initial states are cut and
    normalised, or padded with zeros.

    Raises
    ------
    UnsupportedError
        If a matrix cannot be continued.
    """
    space = problem.space
    changed = {name: dim for name, dim in dims.items() if dim != space.factors[name].dim}
    if not changed:
        return problem
    factors = {
        name: replace(factor, max_photons=changed[name] - 1)  # type: ignore[type-var]  # a mode
        if name in changed
        else factor
        for name, factor in space.factors.items()
    }
    matrices: dict[str, Mapping[str, Operator]] = {}
    for where, named in space.matrices.items():
        inside = list(space.factors) if where == WHOLE_SPACE else [where]
        old = {name: space.factors[name].dim for name in inside}
        new = {name: changed.get(name, dim) for name, dim in old.items()}
        matrices[where] = _Resized(named, old, new) if old != new else named
    initial = {}
    for where, state in problem.initial.items():
        inside = list(space.factors) if where == WHOLE_SPACE else [where]
        old = {name: space.factors[name].dim for name in inside}
        initial[where] = _state(state, old, {n: changed.get(n, d) for n, d in old.items()})
    return replace(problem, space=Space(factors, matrices), initial=initial)


class _Resized(Mapping[str, Operator]):
    """Named matrices with other numbers of levels, each built at its first use."""

    def __init__(self, named: Mapping[str, Operator], old: Dims, new: Dims) -> None:
        self._named, self._old, self._new = named, old, new
        self._build: Callable[[str], Operator] = cache(self._resized)

    def _resized(self, name: str) -> Operator:
        if "H_B" in self._named and name in ("P_ground", "P_full"):
            levels = OuterLevels(self["H_B"])
            return levels.ground if name == "P_ground" else levels.top
        return resized(self._named[name], self._old, self._new)

    def __getitem__(self, name: str) -> Operator:
        if name not in self._named:
            raise KeyError(name)
        return self._build(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._named)

    def __len__(self) -> int:
        return len(self._named)


def resized(matrix: Operator, old: Dims, new: Dims) -> Operator:
    """Return a matrix with other numbers of levels of some factors.

    Parameters
    ----------
    matrix : sparse array, shape (D, D)
        A matrix on the product of all factors.
    old, new : mapping of str to int
        Present and new dimensions of the factors, in the order of the product.

    Raises
    ------
    UnsupportedError
        If levels are to be added and the matrix is not a polynomial in a and a† of low degree.
    """
    dims = list(old.values())
    for axis, size in enumerate(new.values()):
        if size < dims[axis]:
            index = _kept(dims, [*dims[:axis], size, *dims[axis + 1 :]])
            matrix = sp.csr_array(matrix[index][:, index])
        elif size > dims[axis]:
            matrix = _continued(matrix, dims, axis, size)
        dims[axis] = size
    return on_pattern(matrix)


def _kept(old: list[int], new: list[int]) -> NDArray[np.intp]:
    """Return the index of every state of the new, smaller product in the old one."""
    levels = np.unravel_index(np.arange(prod(new)), new)
    return np.asarray(np.ravel_multi_index(levels, old))


def _continued(matrix: Operator, dims: list[int], axis: int, size: int) -> Operator:
    """Return a matrix continued to `size` levels of one factor."""
    level, rest, R = _split(dims, axis)
    coo = matrix.tocoo()
    row, column = coo.coords
    shift = level[row] - level[column]
    largest = float(np.abs(coo.data).max(initial=0.0))
    rows, columns, values = [], [], []
    for k in np.unique(shift):
        at = shift == k
        keys, which = np.unique(rest[row[at]] * R + rest[column[at]], return_inverse=True)
        n = np.minimum(level[row[at]], level[column[at]])
        table = np.zeros((dims[axis] - abs(int(k)), len(keys)), dtype=coo.data.dtype)
        table[n, which] = coo.data[at]
        longer = _longer(table, abs(int(k)), size - abs(int(k)), largest)
        low, key = np.nonzero(longer)
        high = low + abs(int(k))
        first, second = np.divmod(keys[key], R)
        up, down = (high, low) if k >= 0 else (low, high)
        rows.append(_joined(up, first, dims, axis, size))
        columns.append(_joined(down, second, dims, axis, size))
        values.append(longer[low, key])
    D = R * size
    entries = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
    return sp.csr_array(entries, shape=(D, D)) if rows else sp.csr_array((D, D))


def _split(dims: list[int], axis: int) -> tuple[NDArray[np.intp], NDArray[np.intp], int]:
    """Return the level of one factor and the state of all others for every basis state."""
    levels = list(np.unravel_index(np.arange(prod(dims)), dims))
    own = levels.pop(axis)
    others = [*dims[:axis], *dims[axis + 1 :]]
    rest = np.ravel_multi_index(levels, others) if others else np.zeros(len(own), dtype=np.intp)
    return np.asarray(own), np.asarray(rest), prod(others)


def _joined(
    level: NDArray[Any], rest: NDArray[Any], dims: list[int], axis: int, size: int
) -> NDArray[np.intp]:
    """Return the basis states with a given level of one factor and a given state of all others."""
    others = [*dims[:axis], *dims[axis + 1 :]]
    levels = list(np.unravel_index(rest, others)) if others else []
    levels.insert(axis, level)
    return np.asarray(np.ravel_multi_index(levels, [*dims[:axis], size, *dims[axis + 1 :]]))


def _longer(table: NDArray[Any], k: int, length: int, largest: float) -> NDArray[Any]:
    """Return the entries ⟨n + k|M|n⟩, shape ``(n, entries)``, continued to larger n.

    With the factor √((n + k)!/n!) removed they are polynomials in n, Σ_s Δ^s(0) n!/((n − s)! s!)
    with the forward differences Δ^s at n = 0. A polynomial is accepted if it fits at least one
    level more than it has coefficients, and all levels except the highest `MAX_CUT`, as products of
    truncated matrices deviate there. It must fit at least one additional level for each level at
    which it deviates; a constant must fit all levels, because a†²a² vanishes at the lowest two. Of
    several polynomials, the one that fits most levels is taken.
    """
    count = len(table)
    n = np.arange(max(length, count), dtype=np.float64)
    factor = np.ones(len(n))
    for step in range(1, k + 1):
        factor *= np.sqrt(n + step)
    reduced = table / factor[:count, np.newaxis]
    best, most = None, 0
    for degree in range(min(MAX_DEGREE, count - 2) + 1):
        values = np.zeros((len(n), table.shape[1]), dtype=np.result_type(table, float))
        binomial, differences = np.ones(len(n)), reduced[: degree + 1]
        for s in range(degree + 1):
            values += binomial[:, np.newaxis] * differences[0]
            binomial = binomial * (n - s) / (s + 1)
            differences = np.diff(differences, axis=0)
        values *= factor[:, np.newaxis]
        off = np.abs(values[:count] - table).max(axis=1) > CONTINUATION_TOLERANCE * largest
        valid = int(np.argmax(off)) if off.any() else count
        checks, deviating = valid - degree - 1, count - valid
        allowed = min(checks, MAX_CUT) if degree else 0
        if checks > 0 and deviating <= allowed and valid > most:
            best, most = values, valid
    if best is None:
        raise UnsupportedError(
            "The matrices cannot be continued to more levels, because they are not polynomials in a"
            " and a† of low degree."
        )
    return np.asarray(best[:length])


def _state(state: Any, old: Dims, new: Dims) -> Any:
    """Return a ket, density matrix or ensemble, cut and normalised or padded with zeros."""
    if isinstance(state, Ensemble):
        return Ensemble(state.weights, np.array([_state(ket, old, new) for ket in state.kets]))
    for axis, (name, size) in enumerate(new.items()):
        before = [*new.values()][:axis] + [*old.values()][axis:]
        after = [*new.values()][: axis + 1] + [*old.values()][axis + 1 :]
        if size < old[name]:
            state = _cut(state, before, after)
        elif size > old[name]:
            state = _padded(state, before, after)
    return state


def _cut(state: Any, before: list[int], after: list[int]) -> Any:
    """Return the normalised part of a state on the lowest levels."""
    length = state.shape[0]
    index = _kept(before, after)
    index = index[index < length]  # kets may omit trailing zeros
    part = state[index] if state.ndim == 1 else state[index][:, index]
    weight = np.linalg.norm(part) if part.ndim == 1 else part.trace().real
    return part / weight


def _padded(state: Any, before: list[int], after: list[int]) -> Any:
    """Return a state with zeros on the added levels."""
    index = _kept(after, before)[: state.shape[0]]
    D = prod(after)
    if state.ndim == 1:
        ket = np.zeros(D, dtype=state.dtype)
        ket[index] = state
        return ket
    coo = sp.coo_array(state)
    row, column = coo.coords
    return sp.csr_array((coo.data, (index[row], index[column])), shape=(D, D))
