"""The master equation on the reachable part of ρ: vectors, functionals, products."""

from __future__ import annotations

import math
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from qubatt.core.fixed_pattern import zero
from qubatt.core.problem import Pulse, pulse_value
from qubatt.core.realization import Realization
from qubatt.core.space import Operator
from qubatt.engines.engine import MAX_EIGENVALUE_DIM, smallest_eigenvalue
from qubatt.engines.exact import kernels
from qubatt.engines.exact.kernels import Tables
from qubatt.engines.exact.layout import jump_blocks, layout_of
from qubatt.engines.exact.sectors import NO_ENTRIES, Entries, Pair, Sectors, find_sectors, split
from qubatt.engines.exact.tables import tables_of
from qubatt.engines.threads import thread_count

Vector = NDArray[np.float64]
"""Real parts of the stored entries of ρ, then their imaginary parts."""

MIN_ENTRIES_FOR_THREADS = 12_000
"""Number of stored entries above which a second thread saves more time than it costs."""

ROW_OVERHEAD = 8
"""Time overhead per row, in units of the time per column."""

TABLES_OF_H = (
    "row_energy",
    "energy",
    "left_value",
    "both_value",
    "band_value",
)
"""Tables that are linear in H apart from contributions of jumps and damping."""


class Functionals(NamedTuple):
    """Rows w with Tr(Oρ) = w · vector, as a sparse matrix stored by rows."""

    first: NDArray[np.int64]
    column: NDArray[np.int64]
    value: NDArray[np.float64]

    def followed_by(self, other: Functionals) -> Functionals:
        """Return the rows of this matrix followed by those of another one."""
        return Functionals(
            np.concatenate([self.first, self.first[-1] + other.first[1:]]),
            np.concatenate([self.column, other.column]),
            np.concatenate([self.value, other.value]),
        )

    def of(self, vector: Vector) -> NDArray[np.float64]:
        """Return the value of each functional."""
        products = np.append(self.value * vector[self.column], 0.0)
        return np.add.reduceat(products, self.first[:-1]) * (np.diff(self.first) > 0)


class ReducedLindbladian:
    """States, functionals and generator on the stored part of ρ, for one realisation.

    The stored part consists of the blocks of `sectors`; by default, those that become nonzero from
    the initial state.
    """

    def __init__(self, realization: Realization, sectors: Sectors | None = None) -> None:
        self.realization = realization
        self.sectors = find_sectors(realization) if sectors is None else sectors
        self.layout = layout_of(realization, self.sectors)

    @property
    def entries(self) -> int:
        """Number of entries of ρ that can differ from zero."""
        return self.sectors.entries

    @property
    def nbytes(self) -> int:
        """Memory of one vector in bytes."""
        return 16 * self.layout.size

    @property
    def table_bytes(self) -> float:
        """Memory in bytes for building the tables: about 96 bytes per contribution to a row."""
        layout = self.layout
        counts = [
            (len(part.row), _shifts(part), size)
            for part, size in zip(layout.patterns, layout.sizes, strict=True)
        ]
        count = sum(counts[S][0] + counts[S][2] * counts[T][1] for S, T in layout.pairs)
        for (S, T), moves in layout.sources.items():
            for q, S_old, T_old in moves:
                blocks = self.jump_blocks[q]
                count += len(blocks[S, S_old].row) * _shifts(blocks[T, T_old])
        return 96.0 * count * (1 + len(self.realization.pulsed))

    @cached_property
    def jump_blocks(self) -> list[dict[Pair, Entries]]:
        """The blocks of every jump between sectors, with keys (new, old)."""
        return jump_blocks(self.realization, self.sectors)

    @cached_property
    def tables(self) -> Tables:
        """Input of the kernels, without pulses."""
        return tables_of(self.layout, self.realization, self.realization.H)

    @cached_property
    def _pulsed(self) -> list[tuple[Pulse, dict[str, NDArray[np.float64]]]]:
        """Pulses, and the change of the tables per unit of each pulse."""
        nothing = tables_of(self.layout, self.realization, zero(self.realization.dim))
        parts = []
        for pulse, part in self.realization.pulsed:
            with_part = tables_of(self.layout, self.realization, part)
            changes = {
                name: getattr(with_part, name) - getattr(nothing, name)
                for name in TABLES_OF_H
                if len(getattr(nothing, name))
            }
            parts.append((pulse, changes))
        return parts

    def tables_at(self, time: float) -> Tables:
        """Return the input of the kernels at a time, including pulses."""
        strengths = [(pulse_value(pulse, time), changes) for pulse, changes in self._pulsed]
        present = {
            name: getattr(self.tables, name) + sum(f * changes[name] for f, changes in strengths)
            for name in (strengths[0][1] if strengths else ())
        }
        return self.tables._replace(**present)

    @property
    def threads(self) -> int:
        """Number of threads that share a product."""
        return len(self.shares[0]) - 1

    def recur(self, vectors: tuple[Vector, Vector, Vector], *arguments: Any) -> int:
        """Run `kernels.recur` on one or several threads; return the next k."""
        compiled = kernels.recur if self.threads == 1 else kernels.recur_parallel
        return int(compiled(self.tables, self.shares, vectors, *arguments))

    def apply(self, time: float, vector: Vector) -> Vector:
        """Return 𝓛(t) × vector, the right-hand side of the master equation."""
        compiled = kernels.apply if self.threads == 1 else kernels.apply_parallel
        tables = self.tables_at(time) if self.realization.pulsed else self.tables
        out = self.zeros()
        compiled(tables, self.shares, vector, out)
        return out

    def zeros(self) -> Vector:
        """Return a vector of zeros, aligned to 64 bytes."""
        length = 2 * self.layout.size
        room = np.zeros(length + 8)
        start = -room.ctypes.data // 8 % 8
        return room[start : start + length]

    @cached_property
    def shares(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Limits of the shares of rows, in whole tiles, and of the tiles filled from these rows.

        Every share belongs to one thread, which reads nothing that another thread writes.
        """
        threads = thread_count() if self.layout.size >= MIN_ENTRIES_FOR_THREADS else 1
        lengths = self.tables.row_end - self.tables.row_begin
        done = np.cumsum(lengths + ROW_OVERHEAD)
        starts = self.layout.panels
        goals = np.searchsorted(done, done[-1] * np.arange(1, threads) / threads)
        cuts = starts[np.searchsorted(starts, goals, side="right") - 1]
        rows = np.concatenate([[0], cuts, [len(done)]]).astype(np.int64)
        return rows, np.searchsorted(self.layout.tiles[0], rows).astype(np.int64)

    def pack(self, rho: Operator) -> Vector:
        """Return the vector of ρ, a sparse Hermitian matrix of shape ``(D, D)``."""
        vector, blocks = self.zeros(), split(rho, self.sectors)
        for pair, block in self.layout.places.items():
            entries = blocks.get(pair, NO_ENTRIES)
            entries = entries.where(entries.column >= block.kept[entries.row])
            at = block.address[entries.row] + entries.column
            vector[at] = entries.value.real
            vector[at + self.layout.size] = entries.value.imag
        return vector

    def unpack(self, vector: Vector) -> NDArray[np.complex128]:
        """Return the density matrix of a vector, shape ``(D, D)``."""
        return self._block(vector, np.arange(self.realization.dim))

    def _block(self, vector: Vector, states: NDArray[np.intp]) -> NDArray[np.complex128]:
        """Return ρ restricted to the basis states of some sectors."""
        members = self.sectors.members
        index = np.full(self.realization.dim, -1)
        index[states] = np.arange(len(states))
        rho = np.zeros((len(states),) * 2, dtype=np.complex128)
        for S, T in self.layout.pairs:
            rows_inside, columns = index[members[S]], index[members[T]]
            if rows_inside[0] < 0 or columns[0] < 0:
                continue
            rows = self.layout.places[S, T].address[: len(rows_inside)]
            at = rows[:, np.newaxis] + np.arange(len(columns))
            part = vector[at] + 1j * vector[at + self.layout.size]
            if S == T:
                part = np.triu(part) + np.triu(part, 1).conj().T
            rho[np.ix_(rows_inside, columns)] = part
            rho[np.ix_(columns, rows_inside)] = part.conj().T
        return rho

    def smallest_eigenvalue(self, vector: Vector) -> float:
        """Return the smallest eigenvalue of ρ; NaN if a block is too large."""
        members, pairs = self.sectors.members, self.layout.pairs
        links = sp.csr_array((np.ones(len(pairs)), tuple(np.transpose(pairs))), (len(members),) * 2)
        _, label = connected_components(links, directed=False)
        reached = {label[S] for S, _ in pairs}
        eigenvalues = [0.0] if len(reached) < label.max() + 1 else []  # for unreached states
        for component in reached:
            states = np.concatenate([members[S] for S in np.flatnonzero(label == component)])
            if len(states) > MAX_EIGENVALUE_DIM:
                return math.nan
            eigenvalues.append(smallest_eigenvalue(self._block(vector, states)))
        return float(np.min(eigenvalues))  # NaN if one of them is NaN

    @cached_property
    def battery(self) -> Functionals:
        """Functionals that yield the reduced state of the battery; see `battery_states`.

        Re ρ_ij for i ≤ j, then Im ρ_ij for i < j, in the order of ``np.triu_indices``.
        """
        problem = self.realization.problem
        dims, axis = problem.space.dims, problem.space.position(problem.battery)
        states = np.moveaxis(np.arange(self.realization.dim).reshape(dims), axis, 0)
        states = states.reshape(dims[axis], -1)  # (d, rest)
        i, j = np.triu_indices(dims[axis])
        entry = np.repeat(np.arange(len(i)), states.shape[1])
        above, below = states[i].ravel(), states[j].ravel()
        label, position = self.sectors.label, self.sectors.position
        count = len(self.sectors.members)
        entries, column, value = [], [], []
        for first, second, sign in ((above, below, 1.0), (below, above, -1.0)):
            pair = label[first] * count + label[second]
            order = np.argsort(pair, kind="stable")
            for S, T in self.layout.pairs:
                start, stop = np.searchsorted(
                    pair, (S * count + T, S * count + T + 1), sorter=order
                )
                held = order[start:stop]
                row, other = position[first[held]], position[second[held]]
                if S == T:  # the upper triangle suffices
                    upper = (row <= other) if sign > 0 else (row < other)
                    held, row, other = held[upper], row[upper], other[upper]
                at = self.layout.places[S, T].address[row] + other
                entries += [entry[held], entry[held] + len(i)]
                column += [at, at + self.layout.size]
                value += [np.ones(len(at)), np.full(len(at), sign)]
        rows = np.concatenate(entries)
        independent = (rows < len(i)) | (i != j)[rows % len(i)]
        rows, columns = rows[independent], np.concatenate(column)[independent]
        order = np.argsort(rows, kind="stable")
        counts = np.bincount(rows, minlength=2 * len(i))
        return Functionals(
            np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            columns[order].astype(np.int64),
            np.concatenate(value)[independent][order],
        )

    def battery_states(self, values: NDArray[np.float64]) -> NDArray[np.complex128]:
        """Return ρ_B, shape ``(T, d, d)``, from the values of `battery`, ``(T, d(d + 1))``."""
        half = values.shape[1] // 2
        d = (math.isqrt(8 * half + 1) - 1) // 2
        i, j = np.triu_indices(d)
        upper = values[:, :half] + 1j * values[:, half:]
        rho = np.empty((len(values), d, d), dtype=np.complex128)
        rho[:, j, i] = upper.conj()
        rho[:, i, j] = upper
        return rho

    def functionals(self, operators: list[Operator]) -> Functionals:
        """Return the functionals of ρ that give the expectation values of Hermitian operators."""
        columns, values, counts = [], [], [0]
        for operator in operators:
            blocks, count = split(operator, self.sectors), 0
            for S, T in self.layout.pairs:
                entries = blocks.get((T, S), NO_ENTRIES)  # O_ji, to be multiplied by ρ_ij
                if S == T:
                    entries = entries.where(entries.row >= entries.column)
                at = self.layout.places[S, T].address[entries.column] + entries.row
                once = (entries.row == entries.column) & (S == T)
                value = np.where(once, 1.0, 2.0) * entries.value
                real, imaginary = value.real != 0, value.imag != 0
                columns += [at[real], at[imaginary] + self.layout.size]
                values += [value.real[real], -value.imag[imaginary]]
                count += int(np.count_nonzero(real) + np.count_nonzero(imaginary))
            counts.append(count)
        column = np.concatenate(columns).astype(np.int64)
        return Functionals(np.cumsum(counts, dtype=np.int64), column, np.concatenate(values))


def _shifts(entries: Entries) -> int:
    """Return the number of diagonals on which entries lie."""
    return len(np.unique(entries.column - entries.row))
