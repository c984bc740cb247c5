"""The master equation on the part of ρ that is reached: vectors, functionals, products."""

from __future__ import annotations

import importlib.util
from functools import cached_property
from typing import NamedTuple

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from qubatt.core.realization import Realization
from qubatt.core.space import Operator
from qubatt.engines.layout import Layout, Tables
from qubatt.engines.sectors import Sectors, block, find_sectors

Vector = NDArray[np.float64]
"""Real parts of the stored entries of ρ, then their imaginary parts."""

WORTHWHILE = 12_000
"""Stored entries from which on a second thread gains more than it costs."""


class Functionals(NamedTuple):
    """Rows w with Tr(Oρ) = w · vector, as a sparse matrix row by row."""

    first: NDArray[np.int64]
    column: NDArray[np.int64]
    value: NDArray[np.float64]


class Reduced:
    """States, functionals and generator on the stored part of ρ, for one realisation."""

    def __init__(self, realization: Realization) -> None:
        self.realization = realization
        self.sectors: Sectors = find_sectors(realization)
        self.layout = Layout(realization, self.sectors)

    @property
    def entries(self) -> int:
        """Entries of ρ that can differ from zero."""
        return self.sectors.entries

    @property
    def nbytes(self) -> int:
        """Memory of one vector."""
        return 16 * self.layout.size

    @cached_property
    def tables(self) -> Tables:
        """What the kernels read."""
        return self.layout.tables(self.realization.H)

    def zeros(self) -> Vector:
        """Return a vector of zeros that begins at a multiple of 64 bytes."""
        length = 2 * self.layout.size
        room = np.zeros(length + 8)
        start = -room.ctypes.data // 8 % 8
        return room[start : start + length]

    def shares(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the ends of the shares of rows and of tiles that go to one thread each."""
        threads = thread_count() if self.layout.size >= WORTHWHILE else 1
        tables = self.tables
        done = np.cumsum(tables.row_end - tables.row_begin)
        goals = done[-1] * np.arange(1, threads) / threads
        rows = np.concatenate([[0], np.searchsorted(done, goals), [len(done)]])
        tiles = len(tables.tile_source) * np.arange(threads + 1) // threads
        return rows.astype(np.int64), tiles.astype(np.int64)

    def pack(self, rho: Operator) -> Vector:
        """Return the stored entries of ρ, a sparse Hermitian matrix of shape ``(D, D)``."""
        vector, members = self.zeros(), self.sectors.members
        for (S, T), place in self.layout.places.items():
            coo = block(rho, members[S], members[T]).tocoo()
            row, column = coo.coords
            stored = column >= place.kept[row]
            at = place.address[row[stored]] + column[stored]
            vector[at] = coo.data[stored].real
            vector[at + self.layout.size] = coo.data[stored].imag
        return vector

    def unpack(self, vector: Vector) -> NDArray[np.complex128]:
        """Return ρ, shape ``(D, D)``, of a vector."""
        D, members = self.realization.dim, self.sectors.members
        whole = np.zeros((D, D), dtype=np.complex128)
        for S, T in self.layout.pairs:
            rows = self.layout.places[S, T].address[: len(members[S])]
            at = rows[:, np.newaxis] + np.arange(len(members[T]))
            part = vector[at] + 1j * vector[at + self.layout.size]
            if S == T:
                part = np.triu(part) + np.triu(part, 1).conj().T
            whole[np.ix_(members[S], members[T])] = part
            whole[np.ix_(members[T], members[S])] = part.conj().T
        return whole

    def functionals(self, operators: list[Operator]) -> Functionals:
        """Return the functionals of Hermitian operators."""
        members = self.sectors.members
        columns, values, counts = [], [], [0]
        for operator in operators:
            transposed = sp.csr_array(operator.T)
            count = 0
            for S, T in self.layout.pairs:
                coo = block(transposed, members[S], members[T]).tocoo()
                row, column = coo.coords
                used = column >= row if S == T else np.ones(len(row), dtype=bool)
                at = self.layout.places[S, T].address[row[used]] + column[used]
                twice = np.where((column == row)[used] & (S == T), 1.0, 2.0) * coo.data[used]
                columns += [at, at + self.layout.size]
                values += [twice.real, -twice.imag]
                count += 2 * len(at)
            counts.append(count)
        column = np.concatenate(columns).astype(np.int64)
        return Functionals(np.cumsum(counts, dtype=np.int64), column, np.concatenate(values))


def thread_count() -> int:
    """Return how many threads a product may use: those of Numba, 1 without quick barriers."""
    import numba

    quick = ("numba.np.ufunc.omppool", "numba.np.ufunc.tbbpool")
    if not any(importlib.util.find_spec(name) for name in quick):
        return 1
    return int(numba.get_num_threads())
