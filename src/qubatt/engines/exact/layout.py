"""Memory layout of the stored part of ρ, and the contributions to each of its rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from qubatt.core.fixed_pattern import Pattern, pattern_of, planned
from qubatt.core.realization import Realization
from qubatt.core.space import Operator
from qubatt.engines.exact.sectors import NO_ENTRIES, Entries, Pair, Sectors, split

Whole = NDArray[np.int64]
Floats = NDArray[np.float64]

CACHED_ENTRIES = 20_000
"""Entries of a block that stays in a cache while it is computed."""

TILE = 8
"""Rows and columns of a tile; rows of ρ begin and end at multiples of it."""


class Tables(NamedTuple):
    """What the kernels read; addresses are positions in a vector, of column 0 of a row.

    A vector holds the real parts of all rows, then, `size` further on, the imaginary parts.
    """

    size: int
    row_address: Whole
    row_begin: Whole  # first column computed
    row_end: Whole
    row_column: Whole  # where energy and damping of the columns begin
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


class Bands:
    """Diagonals of matrices, as rows of coefficients that stand under each other.

    The part of a matrix with column = row + shift is a band; its coefficients follow the row.
    """

    def __init__(self) -> None:
        self.values: list[Floats] = []
        self.length = 0

    def add(self, entries: Entries, length: int) -> list[tuple[int, int]]:
        """Store real entries; return the shift and the place of each of their bands."""
        rows, shifts = entries.row, entries.column - entries.row
        bands = []
        for shift in np.unique(shifts):
            chosen = shifts == shift
            value = np.zeros(length)
            value[rows[chosen]] = entries.value[chosen]
            bands.append((int(shift), self.length))
            self.values.append(value)
            self.length += length
        return bands


class Contributions:
    """What is added to the rows, gathered block by block: addresses, bands and factors."""

    def __init__(self) -> None:
        self._parts: list[tuple[Whole, Whole, Whole, Floats]] = []

    def add(self, rows: Whole, address: Whole, band: int, value: Floats) -> None:
        """Add value × band × the row at `address` to each of `rows`."""
        self._parts.append((rows, address, np.full(len(rows), band), value))

    def arrays(self, count: int) -> tuple[Whole, Whole, Whole, Floats]:
        """Return for `count` rows where each one's begin, then addresses, bands, factors."""
        if not self._parts:
            empty = np.zeros(0, dtype=np.int64)
            return np.zeros(count + 1, dtype=np.int64), empty, empty, np.zeros(0)
        rows, address, band, value = (
            np.concatenate(part) for part in zip(*self._parts, strict=True)
        )
        order = np.argsort(rows, kind="stable")
        first = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=count))])
        return first.astype(np.int64), address[order], band[order], value[order]


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

    def tables(self, realization: Realization, H: Operator) -> Tables:
        """Return what the kernels read, for a Hamiltonian within the pattern of the problem."""
        return _Assembly(self, realization, H).tables()

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


class _Assembly:
    """The tables of a layout in the making."""

    def __init__(self, layout: Layout, realization: Realization, H: Operator) -> None:
        self._layout = layout
        self._rates_of_jumps = [rate for rate, _ in realization.jumps]
        self._jump_blocks = jump_blocks(realization, layout.sectors)
        no_jump = realization.no_jump
        blocks, damping = split(H, layout.sectors), split(no_jump, layout.sectors)
        sectors = range(len(layout.sizes))
        self._H = [
            _on_pattern(blocks.get((S, S), NO_ENTRIES), layout.patterns[S], layout.sizes[S])
            for S in sectors
        ]
        self._damping = [damping.get((S, S), NO_ENTRIES).off_diagonal() for S in sectors]
        # the same for every part of a Hamiltonian with pulses
        self._complex = any(
            np.iscomplexobj(part.data)
            for part in (realization.H, *(m for _, m in realization.pulsed))
        )
        self._energy = layout.by_state(H.diagonal().real)
        self._rates = layout.by_state(no_jump.diagonal().real)
        self._bands = Bands()
        self._kinds = {name: Contributions() for name in ("left", "right", "both", "turn")}

    def tables(self) -> Tables:
        """Gather all contributions."""
        layout = self._layout
        count = layout.rows
        widths = [padded(size) for size in layout.sizes]
        ones = []
        for size, width in zip(layout.sizes, widths, strict=True):
            diagonal = np.arange(size)
            ones.append(self._bands.add(Entries(diagonal, diagonal, np.ones(size)), width)[0][1])
        coherent = [
            self._bands.add(Entries(H.column, H.row, H.value.real), width)
            for H, width in zip(self._H, widths, strict=True)
        ]
        column = np.zeros(count, dtype=np.int64)
        state = np.zeros(count, dtype=np.int64)
        begin, end, address = (np.zeros(count, dtype=np.int64) for _ in range(3))
        for S, T in layout.pairs:
            block = layout.places[S, T]
            used = slice(layout.sizes[S])
            column[block.rows] = layout.bases[T]
            state[block.rows] = layout.bases[S] + np.arange(layout.sizes[S])
            begin[block.rows], end[block.rows] = block.begin[used], widths[T]
            address[block.rows] = block.address[used]
            H = self._H[S]
            self._left("left", block, H._replace(value=H.value.real), ones[T])
            self._right("right", block, coherent[T], 1.0)
            self._rare(block, S, T, ones[T])
            for move in layout.sources[S, T]:
                self._jump(block, S, T, *move)
        arrays = {name: kind.arrays(count) for name, kind in self._kinds.items()}
        left, right, both, turn = (arrays[name] for name in ("left", "right", "both", "turn"))
        return Tables(
            layout.size,
            address,
            begin,
            end,
            column,
            self._energy[state],
            self._rates[state],
            self._energy,
            self._rates,
            left[0],
            left[1],
            left[3],
            right[0],
            right[1],
            right[2],
            *both,
            *turn,
            np.concatenate([*self._bands.values, np.zeros(64)]),
            *layout.tiles[1:],
        )

    def _left(self, kind: str, block: BlockAddress, entries: Entries, band: int) -> None:
        """Add matrix × ρ."""
        if len(entries.row):
            rows, address = block.rows[entries.row], block.address[entries.column]
            self._kinds[kind].add(rows, address, band, entries.value)

    def _right(
        self, kind: str, block: BlockAddress, bands: Iterable[tuple[int, int]], factor: float
    ) -> None:
        """Add factor × ρ × the matrix whose transpose has these bands."""
        rows = block.rows
        address = block.address[: len(rows)]
        for shift, band in bands:
            self._kinds[kind].add(rows, address + shift, band, np.full(len(rows), factor))

    def _rare(self, block: BlockAddress, S: int, T: int, ones: int) -> None:
        """Add what only some problems have: imaginary parts of H, damping off the diagonal."""
        width = padded(self._layout.sizes[T])
        one, other = self._damping[S], self._damping[T]
        parts = [
            (one.part(-one.value.real), other.part(other.value.real), "both", -1.0),
            (one.part(-one.value.imag), other.part(other.value.imag), "turn", -1.0),
        ]
        if self._complex:
            one, other = self._H[S], self._H[T]
            left, right = (e._replace(value=e.value.imag) for e in (one, other))
            parts.append((left, right, "both", -1.0))
        for left, right, kind, factor in parts:
            self._left(kind, block, left, ones)
            turned = Entries(right.column, right.row, right.value)
            self._right(kind, block, self._bands.add(turned, width), factor)

    def _jump(self, block: BlockAddress, S: int, T: int, q: int, S_old: int, T_old: int) -> None:
        """Add γ cρc† from one block, real and imaginary parts of both factors apart."""
        layout = self._layout
        rate, blocks = self._rates_of_jumps[q], self._jump_blocks[q]
        left, right = blocks[S, S_old], blocks[T, T_old]
        source = layout.places[S_old, T_old]
        width = padded(layout.sizes[T])
        products = (
            (left.value.real, right.value.real, "both", 1.0),
            (left.value.imag, right.value.imag, "both", 1.0),
            (left.value.imag, right.value.real, "turn", 1.0),
            (left.value.real, right.value.imag, "turn", -1.0),
        )
        for left_value, right_value, kind, sign in products:
            one, other = left.part(left_value), right.part(right_value)
            if len(one.row):
                rows = block.rows[one.row]
                for shift, band in self._bands.add(other, width):
                    address = source.address[one.column] + shift
                    self._kinds[kind].add(rows, address, band, sign * rate * one.value)


def _on_pattern(entries: Entries, pattern: Entries, width: int) -> Entries:
    """Return entries within a pattern as all of its off-diagonal ones, zeros included."""
    offsets, wanted = pattern.off_diagonal(), entries.off_diagonal()
    keys, given = offsets.row * width + offsets.column, wanted.row * width + wanted.column
    order = np.argsort(keys)
    value = np.zeros(len(keys), dtype=wanted.value.dtype)
    value[order[np.searchsorted(keys[order], given)]] = wanted.value
    return Entries(offsets.row, offsets.column, value)
