"""Symmetries derived from the matrices alone: the blocks of ρ that can become nonzero."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from qubatt.core.fixed_pattern import Pattern, pattern_of, planned
from qubatt.core.realization import Realization
from qubatt.core.space import Operator

Pair = tuple[int, int]
"""Row and column sector of a block of ρ."""


@dataclass(frozen=True)
class Sectors:
    """Sectors of the basis, and the blocks of ρ that become nonzero from the initial state.

    Two basis states are in one sector if H, at any time, or the damping ½ Σ γ c†c connects them.
    The coherent and damping parts of the master equation map every block ρ_ST (rows in sector S,
    columns in T) to itself; a jump c maps it to the blocks c_S'S ρ_ST c†_TT'. Only blocks that
    become nonzero from ρ(0) are kept.

    Attributes
    ----------
    members : tuple of array
        Basis states of each sector, ascending.
    label, position : array
        For every basis state, its sector and its position in the sector.
    pairs : tuple of Pair
        Blocks that become nonzero.
    targets : tuple of tuple of tuple of int
        For every jump and sector, the sectors to which the jump leads.
    """

    members: tuple[NDArray[np.intp], ...]
    label: NDArray[np.int64]
    position: NDArray[np.int64]
    pairs: tuple[Pair, ...]
    targets: tuple[tuple[tuple[int, ...], ...], ...]

    @property
    def entries(self) -> int:
        """Number of entries of ρ in the blocks that become nonzero."""
        sizes = [len(states) for states in self.members]
        return sum(sizes[row] * sizes[column] for row, column in self.pairs)

    def reached_from(self, initials: Sequence[Operator]) -> Sectors:
        """Return the same sectors with the blocks that become nonzero from these initial states."""
        patterns = [pattern_of(rho) for rho in initials]
        return planned("reached", [self, *patterns], lambda: self._reached_from(patterns), _size)

    def _reached_from(self, initials: Sequence[Pattern]) -> Sectors:
        waiting: set[Pair] = set()
        for rho in initials:
            rows, columns = np.divmod(rho.flat, rho.dim)
            waiting |= {*zip(self.label[rows].tolist(), self.label[columns].tolist(), strict=True)}
        reached_pairs: set[Pair] = set()
        while waiting:
            row, column = waiting.pop()
            reached_pairs |= {(row, column), (column, row)}
            for reached_by in self.targets:
                for pair in ((r, c) for r in reached_by[row] for c in reached_by[column]):
                    if pair not in reached_pairs:
                        waiting.add(pair)
        pairs = tuple(sorted(reached_pairs))
        return self if pairs == self.pairs else replace(self, pairs=pairs)


def find_sectors(realization: Realization) -> Sectors:
    """Return the sectors of a problem and the blocks of ρ that become nonzero."""
    jumps = [pattern_of(c) for _, c in realization.jumps]
    patterns = [pattern_of(realization.pattern), *jumps, pattern_of(realization.initial)]
    return planned("sectors", patterns, lambda: _sectors(*patterns), _size)


def _sectors(pattern: Pattern, *others: Pattern) -> Sectors:
    """Return the sectors of a problem from the patterns of H, of the jumps, and of ρ(0)."""
    *jumps, initial = others
    count, label = connected_components(pattern.template, directed=False)
    order = np.argsort(label, kind="stable")
    members = tuple(np.split(order, np.cumsum(np.bincount(label, minlength=count))[:-1]))
    targets = []
    for jump in jumps:
        row, column = np.divmod(jump.flat, jump.dim)
        reached: list[set[int]] = [set() for _ in range(count)]
        for source, target in {*zip(label[column].tolist(), label[row].tolist(), strict=True)}:
            reached[source].add(target)
        targets.append(tuple(tuple(sorted(sectors_reached)) for sectors_reached in reached))
    position = np.empty(len(label), dtype=np.int64)
    for states in members:
        position[states] = np.arange(len(states))
    sectors = Sectors(members, label.astype(np.int64), position, (), tuple(targets))
    return sectors._reached_from([initial])


def _size(sectors: Sectors) -> float:
    """Return the approximate memory of sectors in bytes."""
    return 24.0 * len(sectors.label) + 100.0 * len(sectors.pairs)


class Entries(NamedTuple):
    """Entries of a block of a matrix; rows and columns are positions within the sectors."""

    row: NDArray[np.int64]
    column: NDArray[np.int64]
    value: NDArray[Any]

    def part(self, value: NDArray[Any]) -> Entries:
        """Return the entries with other values, without those that are 0."""
        return Entries(self.row, self.column, value).where(value != 0)

    def where(self, mask: NDArray[np.bool_]) -> Entries:
        """Return the entries that a mask selects."""
        return Entries(self.row[mask], self.column[mask], self.value[mask])

    def off_diagonal(self) -> Entries:
        """Return the entries off the diagonal."""
        return self.where(self.row != self.column)


NO_ENTRIES = Entries(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))


def split(matrix: Operator, sectors: Sectors) -> dict[Pair, Entries]:
    """Return the nonempty blocks of a sparse matrix."""
    pattern = pattern_of(matrix)
    plan = planned("split", [pattern, sectors], lambda: _split(pattern, sectors), _split_size)
    value = matrix.data[plan.order]
    return {pair: Entries(row, column, value[i:j]) for pair, row, column, i, j in plan.blocks}


class _Split(NamedTuple):
    """The entries of a matrix ordered by blocks, and the limits of each block."""

    order: NDArray[np.int64]
    blocks: list[tuple[Pair, NDArray[np.int64], NDArray[np.int64], int, int]]


def _split(pattern: Pattern, sectors: Sectors) -> _Split:
    rows, columns = np.divmod(pattern.flat, pattern.dim)
    count = len(sectors.members)
    pair = sectors.label[rows] * count + sectors.label[columns]
    order = np.argsort(pair, kind="stable")
    pairs, starts = np.unique(pair[order], return_index=True)
    row, column = sectors.position[rows[order]], sectors.position[columns[order]]
    ends = [*starts[1:].tolist(), len(order)][: len(starts)]
    blocks = [
        (divmod(int(number), count), row[i:j], column[i:j], i, j)
        for number, i, j in zip(pairs, starts.tolist(), ends, strict=True)
    ]
    return _Split(order, blocks)


def _split_size(plan: _Split) -> float:
    return 24.0 * len(plan.order) + 200.0 * len(plan.blocks)
