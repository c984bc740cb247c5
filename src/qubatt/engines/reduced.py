"""The master equation on the blocks of ρ that are reached, in real numbers where possible."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from qubatt.core.realization import Realization
from qubatt.core.space import Operator
from qubatt.engines.sectors import Pair, Sectors, block, find_sectors

Vector = NDArray[Any]
"""Entries of all blocks, one after the other, rows stacked; real or complex."""


class Reduced:
    """Generator, functionals and states on the entries of ρ that are kept.

    Where H and all jumps are real, ρ = A + iB is held as the real M = A + B, whose symmetric and
    antisymmetric parts are A and B, with the same Frobenius norm::

        dM/dt = MᵀH − HMᵀ − ΓM − MΓ + Σ γ cMcᵀ,   Γ = ½ Σ γ cᵀc

    Otherwise ρ itself is held.
    """

    def __init__(self, realization: Realization) -> None:
        self.realization = realization
        self.sectors: Sectors = find_sectors(realization)
        matrices = [realization.H, *(c for _, c in realization.jumps)]
        self.real = not any(np.iscomplexobj(matrix.data) for matrix in matrices)
        sizes = [len(states) for states in self.sectors.members]
        counts = [sizes[row] * sizes[column] for row, column in self.sectors.pairs]
        self._offset = dict(
            zip(self.sectors.pairs, np.concatenate([[0], np.cumsum(counts)]).tolist(), strict=False)
        )

    @property
    def entries(self) -> int:
        """Length of the vectors."""
        return self.sectors.entries

    @cached_property
    def nonzeros(self) -> int:
        """Upper estimate of the nonzero entries of the generator, from the patterns alone."""
        R, members = self.realization, self.sectors.members
        patterns = [abs(R.H) + abs(R.no_jump), *(c for _, c in R.jumps)]
        per_sector = [
            np.array([int(np.diff(p.indptr)[states].sum()) for states in members]) for p in patterns
        ]
        sizes = [len(states) for states in members]
        total = 0
        for row, column in self.sectors.pairs:
            total += per_sector[0][row] * sizes[column] + sizes[row] * per_sector[0][column]
            total += sum(int(counts[row] * counts[column]) for counts in per_sector[1:])
        return int(total)

    def _blocks(self, matrix: Operator, pairs: Iterable[Pair]) -> dict[Pair, Operator]:
        """Return the blocks of a matrix between sectors."""
        members = self.sectors.members
        return {(r, c): block(matrix, members[r], members[c]) for r, c in set(pairs)}

    @cached_property
    def generator(self) -> sp.csr_array:
        """The generator as a sparse matrix on the vectors."""
        R, sectors = self.realization, self.sectors
        diagonal = [(sector, sector) for pair in sectors.pairs for sector in pair]
        H, damping = self._blocks(R.H, diagonal), self._blocks(R.no_jump, diagonal)
        parts: list[sp.coo_array] = []
        for S, T in sectors.pairs:
            one_S, one_T = sp.eye_array(H[S, S].shape[0]), sp.eye_array(H[T, T].shape[0])
            damped = sp.kron(damping[S, S], one_T) + sp.kron(one_S, damping[T, T].T)
            turned = sp.kron(one_S, H[T, T].T) - sp.kron(H[S, S], one_T)
            if self.real:
                parts.append(self._placed(-damped, (S, T), (S, T)))
                parts.append(self._placed(turned, (S, T), (S, T), transposed=True))
            else:
                parts.append(self._placed(1j * turned - damped, (S, T), (S, T)))
        for (rate, c), targets in zip(R.jumps, sectors.targets, strict=True):
            moves = [(t, s) for s, reached in enumerate(targets) for t in reached]
            blocks = self._blocks(c, moves)
            for S, T in sectors.pairs:
                for S_new in targets[S]:
                    for T_new in targets[T]:
                        moved = rate * sp.kron(blocks[S_new, S], blocks[T_new, T].conj())
                        parts.append(self._placed(moved, (S_new, T_new), (S, T)))
        rows = np.concatenate([part.coords[0] for part in parts])
        columns = np.concatenate([part.coords[1] for part in parts])
        values = np.concatenate([part.data for part in parts])
        shape = (self.entries, self.entries)
        matrix = sp.csr_array(sp.coo_array((values, (rows, columns)), shape=shape))
        matrix.sum_duplicates()
        matrix.eliminate_zeros()
        return matrix

    def _placed(self, part: Any, target: Pair, source: Pair, transposed: bool = False) -> Any:
        """Return a part of the generator with indices of the whole vectors.

        With `transposed`, the part acts on the transposed source: its columns are those of the
        partner block, read column by column.
        """
        coo = sp.coo_array(part)
        columns = coo.coords[1]
        if transposed:
            S, T = source
            width, height = len(self.sectors.members[T]), len(self.sectors.members[S])
            columns = (columns % width) * height + columns // width + self._offset[T, S]
        else:
            columns = columns + self._offset[source]
        return sp.coo_array(
            (coo.data, (coo.coords[0] + self._offset[target], columns)),
            shape=(self.entries, self.entries),
        )

    def pack(self, rho: Operator) -> Vector:
        """Return the kept entries of ρ, a sparse matrix of shape ``(D, D)``, as a vector."""
        members = self.sectors.members
        parts = [block(rho, members[S], members[T]).toarray() for S, T in self.sectors.pairs]
        vector = np.concatenate([part.ravel() for part in parts])
        if self.real:
            return np.asarray(vector.real + vector.imag, dtype=np.float64)
        return np.asarray(vector, dtype=np.complex128)

    def unpack(self, vector: Vector) -> NDArray[np.complex128]:
        """Return ρ, shape ``(D, D)``, of a vector."""
        D, members = self.realization.dim, self.sectors.members
        whole = np.zeros((D, D), dtype=vector.dtype)
        for S, T in self.sectors.pairs:
            start, shape = self._offset[S, T], (len(members[S]), len(members[T]))
            entries = vector[start : start + shape[0] * shape[1]]
            whole[np.ix_(members[S], members[T])] = entries.reshape(shape)
        if self.real:
            whole = (whole + whole.T + 1j * (whole - whole.T)) / 2
        return np.asarray(whole, dtype=np.complex128)

    def functional(self, operator: Operator) -> sp.csr_array:
        """Return the row w with Tr(Oρ) = Re(w · vector), shape ``(1, entries)``.

        In the real form w_ij = Re O_ji − Im O_ji.
        """
        transposed = sp.csr_array(operator.T)
        if self.real and np.iscomplexobj(transposed.data):
            transposed = sp.csr_array(transposed.real - transposed.imag)
        members = self.sectors.members
        parts = [
            sp.csr_array(block(transposed, members[S], members[T]).reshape((1, -1)))
            for S, T in self.sectors.pairs
        ]
        return sp.csr_array(sp.hstack(parts))
