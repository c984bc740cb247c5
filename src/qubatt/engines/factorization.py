"""(σ − 𝓛)x = b by a sparse LU factorisation, for problems where that stays small."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import splu

from qubatt.core.check import FloatArray
from qubatt.core.errors import ResourceError
from qubatt.engines.coordinates import Coordinates
from qubatt.engines.limit import spare_memory
from qubatt.engines.resolvent import Shifted

PER_ENTRY = 12.0
"""Bytes per entry of a factorisation: a number and its row."""


class Factorization(Shifted):
    """Sparse LU of σ − 𝓛 in real coordinates, ordered by minimum degree.

    Those of the first and of the last σ are held, where memory allows it.
    """

    method = "direct"

    def __init__(self, coordinates: Coordinates) -> None:
        self._L = sp.csc_array(coordinates.generator)
        magnitude = abs(self._L)
        norm = np.sqrt(magnitude.sum(axis=0).max() * magnitude.sum(axis=1).max())
        self.floor = 8 * np.finfo(float).eps * float(norm)
        self._count = 0
        self._held: dict[float, Any] = {}
        self._first = self._sigma = math.nan

    def prepare(self, sigma: float) -> None:
        """Factor σ − 𝓛, unless it is held; see `Shifted.prepare`.

        Raises
        ------
        ResourceError
            If memory runs out.
        """
        if math.isnan(self._first):
            self._first = sigma
        if sigma not in self._held:
            first = self._held.get(self._first)
            fits = first is not None and PER_ENTRY * first.nnz <= spare_memory()
            self._held = {self._first: first} if fits else {}
            del first  # one that does not fit goes before the next one is made
            self._held[sigma] = self._factored(sigma)
            self._count += 1
        self._sigma = sigma

    def _factored(self, sigma: float) -> Any:
        """Return the factorisation of σ − 𝓛."""
        size = self._L.shape[0]
        try:
            return splu(
                sp.csc_matrix(sigma * sp.eye_array(size, format="csc") - self._L),
                permc_spec="MMD_AT_PLUS_A",
                diag_pivot_thresh=0.1,
                options={"SymmetricMode": True},
            )
        except MemoryError:
            raise ResourceError(
                f"The direct method ran out of memory on {size:,} unknowns."
                ' Use method "flow" or "secular".'
            ) from None

    def apply(self, x: FloatArray) -> FloatArray:
        """Return 𝓛x."""
        return np.asarray(self._L @ x)

    def solve(self, b: FloatArray) -> FloatArray:
        """Return (σ − 𝓛)⁻¹b."""
        return np.asarray(self._held[self._sigma].solve(b))

    def statistics(self) -> dict[str, Any]:
        """Return what was counted."""
        return {"factorizations": self._count, "fill": int(self._held[self._sigma].nnz)}
