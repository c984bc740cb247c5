"""Real orthonormal coordinates of the stored part of ρ, and the generator as a sparse matrix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from qubatt.core.check import FloatArray
from qubatt.core.fixed_pattern import combination
from qubatt.core.space import Operator
from qubatt.engines.exact import kernels
from qubatt.engines.exact.reduced_lindbladian import ReducedLindbladian, Vector
from qubatt.engines.exact.sectors import Entries, Pair, split

UNREACHED_CHANGE = 1e-14
"""Change of a coordinate, relative to the largest one, that counts as a rounding error.
"""


class Coordinates:
    """Real coordinates x of ρ = Σ x_k B_k for Hermitian matrices B_k.

    The B_k are |i⟩⟨i|, (|i⟩⟨j| + |j⟩⟨i|)/√2 and i(|i⟩⟨j| − |j⟩⟨i|)/√2. They are orthonormal, so
    ‖x‖ is the Frobenius norm of ρ. Only coordinates reachable from an initial state are kept.
    Each is stored once, whereas the vectors of `ReducedLindbladian` contain some entries twice.
    """

    def __init__(
        self, reduced: ReducedLindbladian, initials: Sequence[Operator] | None = None
    ) -> None:
        self.reduced = reduced
        at, scale, self.first = [], [], {}
        below, above = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        count = 0
        for S, T in reduced.layout.pairs:
            block, sizes = reduced.layout.places[S, T], reduced.layout.sizes
            address = block.address[: sizes[S], np.newaxis] + np.arange(sizes[T])
            row, column = np.indices(address.shape)
            real = address[row <= column] if S == T else address.ravel()
            imaginary = address[row < column] if S == T else address.ravel()
            self.first[S, T] = count
            at += [real, imaginary + reduced.layout.size]
            diagonal = (row == column)[row <= column] if S == T else np.zeros(len(real), bool)
            scale += [np.where(diagonal, 1.0, np.sqrt(2.0)), np.full(len(imaginary), np.sqrt(2.0))]
            count += len(real) + len(imaginary)
            if S == T:  # tiles on the diagonal are stored completely
                lower = (row > column) & (column >= block.begin[: sizes[S], np.newaxis])
                below.append(address[lower])
                above.append(address.T[lower])
        self._below, self._above = np.concatenate(below), np.concatenate(above)
        self._at = np.concatenate(at)
        self._scale = np.concatenate(scale)
        self._count, self._kept = count, np.arange(count)
        densities = [reduced.realization.initial] if initials is None else initials
        self.initials = [self.of(reduced.pack(rho)) for rho in densities]
        self._restrict(self.reached_from(np.sum(np.abs(self.initials), axis=0)))

    def __len__(self) -> int:
        return len(self._at)

    @property
    def initial(self) -> FloatArray:
        """The first of the initial states."""
        return self.initials[0]

    def reached_from(self, x: FloatArray) -> NDArray[np.bool_]:
        """Return a mask of the coordinates that can become nonzero if the initial state is x.

        Sectors do not reveal all coordinates that stay 0; further ones can exist, for example, if H
        and ρ(0) are real. 𝓛 is therefore applied to a vector in which the coordinates that are
        nonzero so far have random values, so that no sum vanishes by chance, until no further
        coordinate becomes nonzero.
        """
        random = np.random.default_rng(0).uniform(0.5, 1.5, size=len(self))
        reached, before = x != 0, -1
        while int(np.sum(reached)) > before:
            before = int(np.sum(reached))
            change = np.abs(self.apply(random * reached))
            reached = reached | (change > UNREACHED_CHANGE * change.max(initial=0.0))
        return np.asarray(reached)

    def _restrict(self, mask: NDArray[np.bool_]) -> None:
        """Discard the coordinates outside a mask."""
        self._kept = np.flatnonzero(mask)
        self._at, self._scale = self._at[mask], self._scale[mask]
        self.initials = [x[mask] for x in self.initials]

    def of(self, vector: Vector) -> FloatArray:
        """Return the coordinates of a vector of `ReducedLindbladian`."""
        return np.asarray(vector[self._at] * self._scale)

    def vector(self, x: FloatArray) -> Vector:
        """Return the vector of `ReducedLindbladian` with these coordinates."""
        vector = self.reduced.zeros()
        vector[self._at] = x / self._scale
        size, tables = self.reduced.layout.size, self.reduced.tables
        vector[self._below] = vector[self._above]
        vector[self._below + size] = -vector[self._above + size]
        kernels.mirror(tables, 0, len(tables.tile_source), vector)
        return vector

    def blocks(self, x: FloatArray) -> dict[Pair, NDArray[np.complex128]]:
        """Return the blocks (S, T), S ≤ T, of ρ."""
        sizes, whole = self.reduced.layout.sizes, np.zeros(self._count)
        whole[self._kept] = x
        blocks = {}
        for (S, T), first in self.first.items():
            shape = (sizes[S], sizes[T])
            if S < T:
                middle, last = first + shape[0] * shape[1], first + 2 * shape[0] * shape[1]
                part = whole[first:middle] + 1j * whole[middle:last]
                blocks[S, T] = np.sqrt(0.5) * part.reshape(shape)
                continue
            rows, columns = self._upper[S]
            middle = first + len(rows)
            above, off = np.zeros(shape, dtype=np.complex128), rows < columns
            above[rows, columns] = whole[first:middle]
            above[rows[off], columns[off]] += 1j * whole[middle : middle + np.count_nonzero(off)]
            diagonal = np.diag(above).copy()
            above *= np.sqrt(0.5)
            blocks[S, T] = above + above.conj().T
            np.fill_diagonal(blocks[S, T], diagonal)
        return blocks

    def of_blocks(self, blocks: Mapping[Pair, NDArray[np.complex128]]) -> FloatArray:
        """Return the coordinates of a Hermitian matrix with these blocks (S, T), S ≤ T."""
        parts = []
        for S, T in self.first:
            block = blocks[S, T]
            if S < T:
                parts += [block.real.ravel(), block.imag.ravel()]
            else:
                rows, columns = self._upper[S]
                upper = block[rows, columns]
                parts += [upper.real, upper.imag[rows < columns]]
        return np.asarray(np.concatenate(parts)[self._kept] * self._scale)

    @cached_property
    def _upper(self) -> dict[int, tuple[NDArray[np.intp], NDArray[np.intp]]]:
        """Rows and columns of the upper triangle of every sector."""
        sizes = self.reduced.layout.sizes
        return {S: np.triu_indices(sizes[S]) for S, T in self.first if S == T}

    def apply(self, x: FloatArray) -> FloatArray:
        """Return 𝓛x."""
        return self.of(self.reduced.apply(0.0, self.vector(x)))

    @cached_property
    def one(self) -> FloatArray:
        """Coordinates of the identity matrix, so that Tr ρ = one · x."""
        dim = self.reduced.realization.dim
        return self.of(self.reduced.pack(sp.csr_array(sp.eye_array(dim))))

    @cached_property
    def generator(self) -> sp.csr_array:
        """𝓛 as a real sparse matrix, shape ``(len, len)``.

        With the rows of every block stacked, AρB becomes (A ⊗ Bᵀ) vec ρ. The columns of U are the
        vec B_k, and the matrix is U† 𝓛 U.
        """
        whole, U = self._superoperator(), self._basis()
        matrix = sp.csr_array((U.conj().T @ whole @ U).real)[self._kept][:, self._kept]
        matrix.eliminate_zeros()
        return matrix

    @cached_property
    def _offsets(self) -> dict[Pair, int]:
        """Index at which each block begins in vec ρ, which stacks the rows of all blocks."""
        sizes = self.reduced.layout.sizes
        pairs = self.reduced.sectors.pairs
        ends = np.cumsum([0, *(sizes[S] * sizes[T] for S, T in pairs)])
        return dict(zip(pairs, ends.tolist(), strict=False))

    def _superoperator(self) -> sp.csr_array:
        """Return the matrix of 𝓛 acting on vec ρ, for all blocks that can become nonzero."""
        realization, sectors = self.reduced.realization, self.reduced.sectors
        sizes, offsets = self.reduced.layout.sizes, self._offsets
        count = self.reduced.entries
        total = combination([(-1j, realization.H), (-1.0, realization.no_jump)], realization.dim)
        G = split(total, sectors)
        diagonal_blocks = {S: _matrix(G.get((S, S)), sizes[S], sizes[S]) for S in range(len(sizes))}
        parts = []
        for (S, T), offset in offsets.items():
            one, other = (sp.eye_array(sizes[k]) for k in (S, T))
            both = sp.kron(diagonal_blocks[S], other) + sp.kron(one, diagonal_blocks[T].conj())
            parts.append((both.tocoo(), offset, offset))
        for q, (rate, _) in enumerate(realization.jumps):
            blocks = self.reduced.jump_blocks[q]
            c = {
                (new, old): _matrix(entries, sizes[new], sizes[old])
                for (new, old), entries in blocks.items()
            }
            for (S, T), offset in offsets.items():
                for S_new in sectors.targets[q][S]:
                    for T_new in sectors.targets[q][T]:
                        jumped = rate * sp.kron(c[S_new, S], c[T_new, T].conj())
                        parts.append((jumped.tocoo(), offsets[S_new, T_new], offset))
        rows = np.concatenate([part.coords[0] + to for part, to, _ in parts])
        columns = np.concatenate([part.coords[1] + source for part, _, source in parts])
        values = np.concatenate([part.data for part, _, _ in parts])
        return sp.csr_array((values, (rows, columns)), shape=(count, count))

    def _basis(self) -> sp.csr_array:
        """Return U, whose columns are vec B_k."""
        sizes, offsets = self.reduced.layout.sizes, self._offsets
        rows, columns, values = [], [], []
        for (S, T), first in self.first.items():
            row, column = (part.ravel() for part in np.indices((sizes[S], sizes[T])))
            for factor, mask in (
                (1.0, row <= column if S == T else row >= 0),
                (1.0j, row < column if S == T else row >= 0),
            ):
                i, j = row[mask], column[mask]
                number = first + np.arange(len(i))
                first += len(i)
                once = (i == j) & (S == T)
                size = np.where(once, 1.0, np.sqrt(0.5))
                rows += [
                    offsets[S, T] + i * sizes[T] + j,
                    (offsets[T, S] + j * sizes[S] + i)[~once],
                ]
                columns += [number, number[~once]]
                values += [factor * size, np.conj(factor) * size[~once]]
        indices = (np.concatenate(rows), np.concatenate(columns))
        return sp.csr_array((np.concatenate(values), indices), shape=(self.reduced.entries,) * 2)


def largest_rate(coordinates: Coordinates) -> float:
    """Return the largest γ of the dissipators."""
    return max(rate for rate, _ in coordinates.reduced.realization.jumps)


def smallest_rate(coordinates: Coordinates) -> float:
    """Return the smallest γ of the dissipators, the scale of slow relaxation."""
    return min(rate for rate, _ in coordinates.reduced.realization.jumps)


def _matrix(entries: Entries | None, rows: int, columns: int) -> sp.csr_array:
    """Return a block as a sparse matrix."""
    if entries is None:
        return sp.csr_array((rows, columns))
    return sp.csr_array((entries.value, (entries.row, entries.column)), shape=(rows, columns))
