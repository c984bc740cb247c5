"""Levels of sparse Hermitian matrices, computed separately for each connected part."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from qubatt.core.input_matrix import tidy
from qubatt.core.space import Operator

LEVEL_TOLERANCE = 1e-10
"""Energy difference, relative to the width of the spectrum, below which states form one level."""


def connected_blocks(H: Operator) -> Iterator[tuple[NDArray[np.intp], NDArray[Any]]]:
    """Yield all connected parts of a matrix, grouped by size, in ascending order of size.

    Yields
    ------
    states : array, shape (K, s)
        The s basis states of each of the K parts.
    blocks : array, shape (K, s, s)
        The blocks of the matrix on these states.
    """
    count, label = connected_components(abs(H), directed=False)
    sizes = np.bincount(label, minlength=count)
    order = np.argsort(label, kind="stable")
    starts = np.cumsum(sizes) - sizes
    within = np.empty(len(label), dtype=np.intp)
    within[order] = np.arange(len(label)) - starts[label[order]]
    coo = H.tocoo()
    rows, columns = coo.coords
    part = label[rows]
    for size in np.unique(sizes):
        parts = np.flatnonzero(sizes == size)
        number = np.empty(count, dtype=np.intp)
        number[parts] = np.arange(len(parts))
        here = sizes[part] == size
        blocks = np.zeros((len(parts), size, size), dtype=coo.data.dtype)
        indices = (number[part[here]], within[rows[here]], within[columns[here]])
        blocks[indices] = coo.data[here]
        yield order[starts[parts][:, np.newaxis] + np.arange(size)], blocks


def eigenvalues(H: Operator) -> NDArray[np.float64]:
    """Return all eigenvalues of a sparse Hermitian matrix, in any order."""
    return np.concatenate([_energies(blocks).ravel() for _, blocks in connected_blocks(H)])


def _energies(blocks: NDArray[Any]) -> NDArray[np.float64]:
    """Return the eigenvalues of blocks ``(K, s, s)``, shape ``(K, s)``."""
    if blocks.shape[-1] == 1:  # diagonal already
        return np.asarray(blocks[:, :, 0].real, dtype=np.float64)
    return np.asarray(np.linalg.eigvalsh(blocks), dtype=np.float64)


@dataclass(frozen=True)
class OuterLevels:
    """The lowest and highest levels of a sparse Hermitian matrix, each computed when needed.

    Energies that differ by less than 1e-10 of the width of the spectrum, or by a rounding error,
    form one level.

    Attributes
    ----------
    H : sparse array, shape (d, d)
        The matrix.
    """

    H: Operator

    @cached_property
    def _energies(self) -> list[NDArray[np.float64]]:
        """Eigenvalues of the connected parts, in the order of `connected_blocks`."""
        return [_energies(blocks) for _, blocks in connected_blocks(self.H)]

    @cached_property
    def lowest(self) -> float:
        """The lowest energy."""
        return float(min(part.min() for part in self._energies))

    @cached_property
    def highest(self) -> float:
        """The highest energy."""
        return float(max(part.max() for part in self._energies))

    @property
    def tolerance(self) -> float:
        """Largest difference between energies that form one level."""
        rounding = 8.0 * self.H.shape[0] * np.finfo(np.float64).eps
        largest = max(abs(self.lowest), abs(self.highest))
        return float(max(LEVEL_TOLERANCE * (self.highest - self.lowest), rounding * largest))

    def is_lowest(self, state: int) -> bool:
        """Return whether the energy of a basis state is that of the lowest level."""
        return bool(self.H[state, state].real <= self.lowest + self.tolerance)

    @cached_property
    def ground(self) -> Operator:
        """Projector onto the lowest level, shape ``(d, d)``, sparse."""
        return self._projector(self.lowest)

    @cached_property
    def top(self) -> Operator:
        """Projector onto the highest level, shape ``(d, d)``, sparse."""
        return self._projector(self.highest)

    def _projector(self, energy: float) -> Operator:
        """Return the projector onto the level of a given energy, from the parts that contain it."""
        rows, columns, values = [], [], []
        for (states, blocks), energies in zip(
            connected_blocks(self.H), self._energies, strict=True
        ):
            reach = np.any(np.abs(energies - energy) <= self.tolerance, axis=1)
            if not reach.any():
                continue
            P = self._within(blocks[reach], energy)
            indices = np.broadcast_to(states[reach][:, :, np.newaxis], P.shape)
            rows.append(indices.ravel())
            columns.append(indices.swapaxes(1, 2).ravel())
            values.append(P.ravel())
        entries = (np.concatenate(rows), np.concatenate(columns))
        return tidy(sp.csr_array((np.concatenate(values), entries), shape=self.H.shape))

    def _within(self, blocks: NDArray[Any], energy: float) -> NDArray[Any]:
        """Return the projectors onto the level at `energy` in each block, shape ``(K, s, s)``."""
        if blocks.shape[-1] == 1:
            return np.ones(blocks.shape)
        energies, vectors = np.linalg.eigh(blocks)
        near = np.abs(energies - energy) <= self.tolerance
        V = vectors * near[:, np.newaxis, :]
        return np.asarray(V @ V.conj().swapaxes(1, 2))
