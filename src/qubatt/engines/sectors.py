"""Symmetries found from the matrices alone: which blocks of ρ can ever be other than zero."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from qubatt.core.realization import Realization

Pair = tuple[int, int]
"""Row and column sector of a block of ρ."""


@dataclass(frozen=True)
class Sectors:
    """Sectors of the basis, and the blocks of ρ that are reached from the initial state.

    Two basis states are in one sector if H, at any time, or the damping ½ Σ γ c†c connects them.
    The coherent and damping parts of the master equation keep every block ρ_ST (rows in sector S,
    columns in T); a jump c takes it to the blocks c_S'S ρ_ST c†_TT'. Only blocks reached from ρ(0)
    are kept.

    Attributes
    ----------
    members : tuple of array
        Basis states of each sector, ascending.
    pairs : tuple of Pair
        Blocks reached.
    targets : tuple of tuple of tuple of int
        For every jump and sector, the sectors that the jump leads to.
    """

    members: tuple[NDArray[np.intp], ...]
    pairs: tuple[Pair, ...]
    targets: tuple[tuple[tuple[int, ...], ...], ...]

    @property
    def entries(self) -> int:
        """Entries of ρ that are kept."""
        sizes = [len(states) for states in self.members]
        return sum(sizes[row] * sizes[column] for row, column in self.pairs)


def find_sectors(realization: Realization) -> Sectors:
    """Return the sectors of a problem and the blocks of ρ that its initial state reaches."""
    count, label = connected_components(realization.pattern, directed=False)
    order = np.argsort(label, kind="stable")
    members = tuple(np.split(order, np.cumsum(np.bincount(label, minlength=count))[:-1]))
    targets = []
    for _, c in realization.jumps:
        coo = c.tocoo()
        reached: list[set[int]] = [set() for _ in range(count)]
        for source, target in {*zip(label[coo.col].tolist(), label[coo.row].tolist(), strict=True)}:
            reached[source].add(target)
        targets.append(tuple(tuple(sorted(found)) for found in reached))
    rows, columns = realization.initial.nonzero()
    waiting = {*zip(label[rows].tolist(), label[columns].tolist(), strict=True)}
    found: set[Pair] = set()
    while waiting:
        row, column = waiting.pop()
        found |= {(row, column), (column, row)}
        for reached_by in targets:
            for pair in ((r, c) for r in reached_by[row] for c in reached_by[column]):
                if pair not in found:
                    waiting.add(pair)
    return Sectors(members, tuple(sorted(found)), tuple(targets))


def block(matrix: sp.csr_array, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> sp.csr_array:
    """Return the block of a sparse matrix with those rows and columns."""
    return sp.csr_array(matrix[rows][:, columns])
