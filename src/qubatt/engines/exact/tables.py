"""Input tables of the kernels: the contributions to each row of the stored part of ρ."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from qubatt.core.realization import Realization
from qubatt.core.space import Operator
from qubatt.engines.exact.kernels import Tables
from qubatt.engines.exact.layout import BlockAddress, Floats, Layout, Whole, jump_blocks, padded
from qubatt.engines.exact.sectors import NO_ENTRIES, Entries, split


class Bands:
    """Diagonals of matrices, stored as consecutive rows of coefficients.

    A band contains the entries of a matrix with column = row + shift, indexed by the row.
    """

    def __init__(self) -> None:
        self.values: list[Floats] = []
        self.length = 0

    def add(self, entries: Entries, length: int) -> list[tuple[int, int]]:
        """Store real entries; return the shift and the position of each of their bands."""
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
    """Contributions to the rows, collected block by block: addresses, bands and factors."""

    def __init__(self) -> None:
        self._parts: list[tuple[Whole, Whole, Whole, Floats]] = []

    def add(self, rows: Whole, address: Whole, band: int, value: Floats) -> None:
        """Add value × band × the row at `address` to each of `rows`."""
        self._parts.append((rows, address, np.full(len(rows), band), value))

    def arrays(self, count: int) -> tuple[Whole, Whole, Whole, Floats]:
        """Return the first contribution of each of `count` rows, and addresses, bands, factors."""
        if not self._parts:
            empty = np.zeros(0, dtype=np.int64)
            return np.zeros(count + 1, dtype=np.int64), empty, empty, np.zeros(0)
        rows, address, band, value = (
            np.concatenate(part) for part in zip(*self._parts, strict=True)
        )
        order = np.argsort(rows, kind="stable")
        first = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=count))])
        return first.astype(np.int64), address[order], band[order], value[order]


def tables_of(layout: Layout, realization: Realization, H: Operator) -> Tables:
    """Return the kernel input for a Hamiltonian within the sparsity pattern of the problem."""
    return _Assembly(layout, realization, H).tables()


class _Assembly:
    """Assembly of the tables of a layout."""

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
        """Collect all contributions."""
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
        """Add terms that occur in few problems: imaginary parts of H, off-diagonal damping."""
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
        """Add γ cρc† from one block, with separate real and imaginary parts of both factors."""
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
    """Extend entries by zeros to all off-diagonal positions of a pattern that contains them."""
    positions, nonzero = pattern.off_diagonal(), entries.off_diagonal()
    keys = positions.row * width + positions.column
    nonzero_keys = nonzero.row * width + nonzero.column
    order = np.argsort(keys)
    value = np.zeros(len(keys), dtype=nonzero.value.dtype)
    value[order[np.searchsorted(keys[order], nonzero_keys)]] = nonzero.value
    return Entries(positions.row, positions.column, value)
