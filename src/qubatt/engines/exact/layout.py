"""Memory layout of the stored part of ρ: blocks, rows, tiles."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from qubatt.core.fixed_pattern import Pattern, pattern_of, planned
from qubatt.core.realization import Realization
from qubatt.engines.exact.sectors import NO_ENTRIES, Entries, Pair, Sectors, split

Whole = NDArray[np.int64]
Floats = NDArray[np.float64]

CACHED_ENTRIES = 20_000
"""Maximum number of entries of a block that stays in the cache while it is computed."""

TILE = 8
"""Number of rows and columns of a tile; rows of ρ begin and end at multiples of it."""


class BlockAddress(NamedTuple):
    """Location of a block in memory: its rows, their addresses, and the columns that are used.

    An address is the position of column 0 of a row.
    """

    rows: Whole  # in the order of computation; none for a block that is filled by reflection
    address: Whole
    begin: Whole  # first column computed
    kept: Whole  # first column stored


def padded(count: int) -> int:
    """Round up to a multiple of the tile size."""
    return -(-count // TILE) * TILE


class Layout:
    """Memory layout of ρ for the sparsity patterns of a generator.

    Since ρ = ρ†, only blocks (S, T) with S ≤ T are computed, and of blocks (S, S) only the 8 × 8
    tiles on and to the right of the diagonal. Tiles to the left that a row needs, because of the
    bandwidth of H and of the jumps, are stored too and filled by reflection. A block below the
    diagonal that a jump reads is stored completely.
    """

    def __init__(self, sectors: Sectors, pattern: Pattern, jumps: Sequence[Pattern]) -> None:
        self.sectors = sectors
        self.sizes = [len(states) for states in sectors.members]
        self.pairs = [(S, T) for S, T in sectors.pairs if S <= T]
        self.sources = self._jump_sources()
        mirrored = {(S, T) for moves in self.sources.values() for _, S, T in moves if S > T}
        self.mirrored: list[Pair] = sorted(mirrored)
        blocks = split(pattern.template, sectors)
        self.patterns = [blocks.get((S, S), NO_ENTRIES) for S in range(len(self.sizes))]
        self._jumps = [split(jump.template, sectors) for jump in jumps]
        self._reach = self._required()
        self.places, self.size = self._allocate()

    def _jump_sources(self) -> dict[Pair, list[tuple[int, int, int]]]:
        """Return for every computed block the jumps and the blocks that contribute to it."""
        sources: dict[Pair, list[tuple[int, int, int]]] = {pair: [] for pair in self.pairs}
        for q, targets in enumerate(self.sectors.targets):
            for S, T in self.sectors.pairs:
                for S_new in targets[S]:
                    for T_new in targets[T]:
                        if S_new <= T_new:
                            sources[S_new, T_new].append((q, S, T))
        return sources

    def _required(self) -> list[int]:
        """Return for every sector the number of columns stored to the left of diagonal tiles."""
        reach = [0] * len(self.sizes)
        for S, pattern in enumerate(self.patterns):
            if len(pattern.row):
                tile = pattern.row // TILE * TILE
                left = np.max(pattern.column // TILE * TILE - tile)
                reach[S] = max(int(left), int(np.max(pattern.row - pattern.column)))
        for (S, T), moves in self.sources.items():
            for q, S_old, T_old in moves:
                if S_old == T_old:
                    left, right = (self._jumps[q][new, S_old] for new in (S, T))
                    begin = left.row // TILE * TILE if S == T else 0 * left.row
                    shift = int(np.min(right.column - right.row))
                    needed = np.max(left.column // TILE * TILE - begin) - shift
                    reach[S_old] = max(reach[S_old], int(needed))
        return [padded(max(need, 0)) for need in reach]

    def _allocate(self) -> tuple[dict[Pair, BlockAddress], int]:
        """Place the blocks one after another, with margins for reads beyond the ends."""
        margin = padded(max(self.sizes, default=1)) + 64
        blocks, position = {}, margin
        numbers = self._order()
        for S, T in [*self.pairs, *self.mirrored]:
            tall = padded(self.sizes[S])
            begin = np.arange(tall) // TILE * TILE if S == T else np.zeros(tall, dtype=np.int64)
            kept = np.maximum(begin - self._reach[S], 0) if S == T else begin
            lengths = padded(self.sizes[T]) - kept
            starts = position + np.concatenate([[0], np.cumsum(lengths)])
            rows = numbers.get((S, T), np.zeros(0, dtype=np.int64))
            blocks[S, T] = BlockAddress(rows, starts[:-1] - kept, begin, kept)
            position = int(starts[-1])
        return blocks, padded(position + margin)

    def _order(self) -> dict[Pair, Whole]:
        """Number the rows of all blocks in the order of computation, tile by tile.

        Blocks that do not fit into the cache are interleaved, because a jump reads from one block
        at about the same relative height as it adds to another; smaller blocks are not.
        """
        panels = []
        for b, (S, T) in enumerate(self.pairs):
            large = self.sizes[S] * self.sizes[T] > CACHED_ENTRIES
            for row in range(0, self.sizes[S], TILE):
                turn = (-1, row / self.sizes[S]) if large else (b, 0.0)
                panels.append((turn, b, row))
        panels.sort()
        numbers = {pair: np.zeros(self.sizes[pair[0]], dtype=np.int64) for pair in self.pairs}
        count, starts = 0, []
        for _, b, row in panels:
            rows = numbers[self.pairs[b]][row : row + TILE]
            rows[:] = np.arange(count, count + len(rows))
            starts.append(count)
            count += len(rows)
        self.rows, self.panels = count, np.array(starts, dtype=np.int64)
        return numbers

    @cached_property
    def bases(self) -> Whole:
        """First index of every sector in the arrays of energies and damping rates."""
        return np.cumsum([0, *(padded(size) for size in self.sizes)], dtype=np.int64)

    @cached_property
    def tiles(self) -> tuple[Whole, ...]:
        """Tiles filled by reflection, ordered by the index of the first row of their source.

        Returns this index, the source and its stride, and the target and its stride.
        """
        tiles = []
        for S, T in [*self.pairs, *self.mirrored]:
            block, source = self.places[S, T], self.places[min(S, T), max(S, T)]
            for row in range(0, len(block.address) if S >= T else 0, TILE):
                stop = block.begin[row] if S == T else padded(self.sizes[T])
                stride = padded(self.sizes[T]) - block.kept[row]
                for column in range(block.kept[row], stop, TILE):
                    across = padded(self.sizes[S]) - source.kept[column]
                    number = source.rows[column]
                    tiles.append(
                        (
                            number,
                            source.address[column] + row,
                            across,
                            block.address[row] + column,
                            stride,
                        )
                    )
        return tuple(np.array(sorted(tiles), dtype=np.int64).reshape(-1, 5).T.copy())

    def by_state(self, diagonal: NDArray[np.float64]) -> Floats:
        """Reorder a diagonal by sectors, each padded with zeros."""
        ordered = np.zeros(int(self.bases[-1]) + 64)
        for S, members in enumerate(self.sectors.members):
            ordered[self.bases[S] : self.bases[S] + len(members)] = diagonal[members]
        return ordered

    @property
    def nbytes(self) -> float:
        """Approximate memory in bytes."""
        return 40.0 * self.rows + 200.0 * len(self.places) + sum(part.nbytes for part in self.tiles)


def layout_of(realization: Realization, sectors: Sectors) -> Layout:
    """Return the layout of a problem, shared by all problems with the same sparsity patterns."""
    pattern = pattern_of(realization.pattern)
    jumps = [pattern_of(c) for _, c in realization.jumps]
    return planned(
        "layout",
        [sectors, pattern, *jumps],
        lambda: Layout(sectors, pattern, jumps),
        lambda layout: layout.nbytes,
    )


def jump_blocks(realization: Realization, sectors: Sectors) -> list[dict[Pair, Entries]]:
    """Return the blocks of every jump between sectors, with keys (new, old)."""
    return [split(c, sectors) for _, c in realization.jumps]
