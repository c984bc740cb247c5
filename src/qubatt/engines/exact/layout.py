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
"""Entries of a block that stays in a cache while it is computed."""

TILE = 8
"""Rows and columns of a tile; rows of ρ begin and end at multiples of it."""


class BlockAddress(NamedTuple):
    """Where a block lies: number and address of column 0 of every row, the first columns."""

    rows: Whole  # in the order of computation; none for a block that is filled by reflection
    address: Whole
    begin: Whole  # first column computed
    kept: Whole  # first column stored


def padded(count: int) -> int:
    """Return the next multiple of the tile."""
    return -(-count // TILE) * TILE


class Layout:
    """Storage of ρ and the generator on it.

    Since ρ = ρ†, only blocks (S, T) with S ≤ T are computed, and of blocks (S, S) only tiles of
    8 × 8 from the diagonal on. What a row needs to the left of that is stored as well, and filled
    by reflection: as many tiles as the bandwidth of H and of the jumps asks for. A jump that
    reads a block (T, S) from the wrong side has the whole of it stored.
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
        """Return for every block computed the jumps and blocks that it is fed from."""
        sources: dict[Pair, list[tuple[int, int, int]]] = {pair: [] for pair in self.pairs}
        for q, targets in enumerate(self.sectors.targets):
            for S, T in self.sectors.pairs:
                for S_new in targets[S]:
                    for T_new in targets[T]:
                        if S_new <= T_new:
                            sources[S_new, T_new].append((q, S, T))
        return sources

    def _required(self) -> list[int]:
        """Return for every sector how many columns left of the diagonal tile rows must have."""
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
        """Lay the blocks out one after the other, with room to read past the ends."""
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

        Blocks that do not fit into a cache take turns, since jumps read from rows of one that
        stand about as far down as those of the other that they add to; smaller ones do not.
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
        """Where the states of every sector begin in arrays of energies and dampings."""
        return np.cumsum([0, *(padded(size) for size in self.sizes)], dtype=np.int64)

    @cached_property
    def tiles(self) -> tuple[Whole, ...]:
        """Tiles filled by reflection, by the number of the first row that they are read from.

        Returns that number, source, its stride, target, its stride.
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
        """Return numbers by basis state in the order of the sectors, rows padded with 0."""
        ordered = np.zeros(int(self.bases[-1]) + 64)
        for S, members in enumerate(self.sectors.members):
            ordered[self.bases[S] : self.bases[S] + len(members)] = diagonal[members]
        return ordered

    @property
    def nbytes(self) -> float:
        """Bytes that it holds, about."""
        return 40.0 * self.rows + 200.0 * len(self.places) + sum(part.nbytes for part in self.tiles)


def layout_of(realization: Realization, sectors: Sectors) -> Layout:
    """Return the layout of a problem, shared by those with the same places of entries."""
    pattern = pattern_of(realization.pattern)
    jumps = [pattern_of(c) for _, c in realization.jumps]
    return planned(
        "layout",
        [sectors, pattern, *jumps],
        lambda: Layout(sectors, pattern, jumps),
        lambda layout: layout.nbytes,
    )


def jump_blocks(realization: Realization, sectors: Sectors) -> list[dict[Pair, Entries]]:
    """Return for every jump its blocks from sectors to sectors: keys (new, old)."""
    return [split(c, sectors) for _, c in realization.jumps]
