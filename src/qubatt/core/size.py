"""Early size check: problems that exceed the memory are refused before any matrix is built."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import product
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from qubatt.core.errors import ResourceError
from qubatt.core.format import format_bytes
from qubatt.core.initial import Ensemble
from qubatt.core.memory import free_memory
from qubatt.core.problem import OperatorProduct, Problem
from qubatt.core.space import Space

SMALL = 20_000
"""Number of basis states below which the check is skipped; the matrices then take under 1 s."""

BYTES_PER_STATE = 200.0
"""Lower bound on the memory of the sparse matrices, in bytes per basis state."""

BYTES_PER_ENTRY = 20.0
"""Bytes per entry of ρ: half of what the exact engine holds, five vectors of 8 bytes each."""

TAIL = 1e-6
"""Amplitude of a ket, or sum of |ρ| along a row, below which a level counts as unpopulated,
relative to the largest one."""

FIELDS = {"mode": "max_photons", "spins": "n_atoms", "levels": "dims"}
"""The parameter of a battery that sets the dimension of a factor, by the role of the factor."""

Move = tuple[int, ...]
"""Shift of the level coordinates of all factors by an operator."""


class SizeError(ResourceError):
    """A problem is too large for the memory, according to its dimensions alone."""

    def __init__(self, space: Space, needed: float, free: float, what: str) -> None:
        self.space, self.needed, self.free = space, needed, free
        factors = " x ".join(
            f"{count_text(factor.dim)} of `{name}`" for name, factor in space.factors.items()
        )
        fields = dict.fromkeys(FIELDS[factor.role] for factor in space.factors.values())
        super().__init__(
            f"The problem has {count_text(space.dim)} basis states ({factors}): {what} would take"
            f" at least {format_bytes(needed)}, but {format_bytes(free)} are free."
            f" Lower {' or '.join(fields)}."
        )


def count_text(count: int) -> str:
    """Return a whole number as text; a huge number is written as a power of ten."""
    return f"{count:,}" if count < 10**12 else f"10^{math.log10(count):.0f}"


def check_space(space: Space) -> None:
    """Refuse a space whose sparse matrices cannot fit in the free memory.

    Raises
    ------
    SizeError
        If they cannot fit; the message gives both sizes and the parameters to lower.
    """
    if space.dim > SMALL:
        _refuse(space, space.dim, BYTES_PER_STATE, "its sparse matrices")


def check_density(problem: Problem) -> None:
    """Refuse a problem if the nonzero part of ρ cannot fit in the free memory.

    Raises
    ------
    SizeError
        If it cannot fit; the message gives both sizes and the parameters to lower.
    """
    if problem.space.dim > SMALL and not problem.space.matrices:
        _refuse(problem.space, least_entries(problem), BYTES_PER_ENTRY, "its density matrix")


def check_matrix(dim: int) -> None:
    """Refuse a dense matrix of a charger state that cannot fit in the free memory.

    Raises
    ------
    ResourceError
        If it cannot fit; the message gives both sizes.
    """
    if dim > SMALL and 8.0 * dim**2 > free_memory():
        raise ResourceError(
            f"A density matrix of {count_text(dim)} Fock levels takes {format_bytes(8.0 * dim**2)},"
            f" but {format_bytes(free_memory())} are free. Lower max_photons."
        )


def _refuse(space: Space, count: int, each: float, what: str) -> None:
    free = free_memory()
    if count > free / each:
        raise SizeError(space, each * count if count < 10**250 else math.inf, free, what)


def least_entries(problem: Problem) -> int:
    """Return a lower estimate of the number of entries of ρ that can become nonzero.

    Basis states are points x of a lattice, with one coordinate for each ladder and L − 1 for atoms
    with L levels. The terms of H shift these points by vectors that span a lattice Λ, so they
    connect the points of one class of x modulo Λ. If Λ has full rank and index k, a class has about
    D/k states, and ρ about (D/k)² entries. If one combination ℓ·x is conserved, the classes are
    those of equal ℓ·x, provided that Λ contains all integer vectors v with ℓ·v = 0, as in all
    declared batteries. A ket populates several of these classes coherently, and jumps lead to other
    classes. In all other cases the estimate is D, the number of diagonal entries.
    """
    space = problem.space
    if any(factor.small() is None for factor in space.factors.values()):
        return space.dim
    terms = [*problem.battery_terms, *problem.charging_terms]
    moves = _moves(space, (term.operators for term in terms if term.coefficient))
    if not moves:
        return space.dim
    width, basis = len(moves[0]), _echelon_basis(moves)
    if len(basis) == width:
        return (space.dim // abs(math.prod(row[k] for k, row in enumerate(basis)))) ** 2
    if len(basis) != width - 1:
        return space.dim
    charge = _conserved(basis, width)
    sizes, lowest = _class_sizes(space, charge)
    reached = np.zeros(len(sizes), dtype=bool)
    reached[[level - lowest for level in _initial_charges(problem, charge)]] = True
    pure = all(getattr(state, "ndim", 0) == 1 for state in problem.initial.values())
    coherent = int(sizes[reached].sum()) ** 2 if pure else 0
    jumps = _moves(space, (jump.operators for jump in problem.jumps))
    _spread(reached, {int(np.dot(charge, move)) for move in jumps} - {0})
    return max(coherent, int((sizes[reached].astype(float) ** 2).sum()))


def _moves(space: Space, products: Iterable[OperatorProduct]) -> list[Move]:
    """Return all nonzero changes of the level coordinates caused by products of named operators."""
    factors = {name: factor.small() for name, factor in space.factors.items()}
    small = {name: factor for name, factor in factors.items() if factor is not None}
    places = {name: factor.coordinates() for name, factor in small.items()}
    moves: set[Move] = set()
    for operators in products:
        parts = []
        for name, factor in small.items():
            zero = (0,) * places[name].shape[1]
            if name in operators:
                row, column = factor.operator(operators[name]).tocoo().coords
                shifts = places[name][row] - places[name][column]
                parts.append({tuple(shift) for shift in shifts.tolist()})
            else:
                parts.append({zero})
        moves |= {tuple(k for part in parts for k in part) for parts in product(*parts)}
    return sorted(moves)


def _echelon_basis(vectors: Iterable[Move]) -> list[list[int]]:
    """Return a basis of the integer lattice spanned by vectors, in Hermite echelon form."""
    rows = [list(vector) for vector in vectors if any(vector)]
    basis: list[list[int]] = []
    width = len(rows[0]) if rows else 0
    for k in range(width):
        while sum(row[k] != 0 for row in rows) > 1:
            pivot = min((row for row in rows if row[k]), key=lambda row: abs(row[k]))
            for row in rows:
                if row is not pivot and row[k]:
                    factor = row[k] // pivot[k]
                    row[:] = [a - factor * b for a, b in zip(row, pivot, strict=True)]
        leading = [row for row in rows if row[k]]
        basis += leading
        rows = [row for row in rows if not row[k] and any(row)]
    return basis


def _conserved(basis: list[list[int]], width: int) -> NDArray[np.int64]:
    """Return the integer vector ℓ that is orthogonal to width − 1 independent vectors."""
    rows = np.array(basis, dtype=float).reshape(-1, width)
    minors = [
        (-1) ** k * round(float(np.linalg.det(np.delete(rows, k, axis=1)))) for k in range(width)
    ]
    scale = math.gcd(*minors)
    return np.array([minor // scale for minor in minors])


def _class_sizes(space: Space, charge: NDArray[np.int64]) -> tuple[NDArray[np.int64], int]:
    """Return the number of basis states for each value of ℓ·x, and the lowest value."""
    sizes, lowest, begin = np.ones(1, dtype=np.int64), 0, 0
    for factor in space.factors.values():
        places = factor.coordinates()
        values = places @ charge[begin : begin + places.shape[1]]
        begin += places.shape[1]
        sizes = np.convolve(sizes, np.bincount(values - values.min()))
        lowest += int(values.min())
    return sizes, lowest


def _initial_charges(problem: Problem, charge: NDArray[np.int64]) -> set[int]:
    """Return ℓ·x of all basis states that the initial state populates."""
    begin, charges = 0, {0}
    for name, factor in problem.space.factors.items():
        places = factor.coordinates()
        part = charge[begin : begin + places.shape[1]]
        begin += places.shape[1]
        if name in problem.initial:  # others are in their ground level, at 0
            added = {*(places[_populated(problem.initial[name])] @ part).tolist()}
            charges = {one + other for one in charges for other in added}
    return charges


def _populated(state: Any) -> NDArray[np.intp]:
    """Return the levels that a ket, a density matrix or an ensemble of kets populates."""
    kets: Any = state.kets if isinstance(state, Ensemble) else state
    array = np.asarray(kets.toarray() if sp.issparse(kets) else kets)
    size = np.abs(array) if array.ndim == 1 else np.abs(array).sum(axis=1)
    return np.flatnonzero(size > TAIL * size.max())


def _spread(reached: NDArray[np.bool_], steps: set[int]) -> None:
    """Mark all points that repeated steps reach from the marked points."""
    while True:
        before = int(reached.sum())
        for step in steps:
            if 0 < step < len(reached):
                reached[step:] |= reached[:-step]
            elif 0 < -step < len(reached):
                reached[:step] |= reached[-step:]
        if int(reached.sum()) == before:
            return
