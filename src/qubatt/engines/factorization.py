"""(σ − 𝓛)x = b by a sparse LU factorisation, for problems where that stays small."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import splu

from qubatt.core.check import FloatArray
from qubatt.core.errors import ResourceError
from qubatt.engines.coordinates import Coordinates
from qubatt.engines.resolvent import Shifted


class Factorization(Shifted):
    """Sparse LU of σ − 𝓛 in real coordinates, ordered by minimum degree."""

    method = "direct"

    def __init__(self, coordinates: Coordinates) -> None:
        self._L = sp.csc_array(coordinates.generator)
        magnitude = abs(self._L)
        norm = np.sqrt(magnitude.sum(axis=0).max() * magnitude.sum(axis=1).max())
        self.floor = 8 * np.finfo(float).eps * float(norm)
        self._count = 0

    def prepare(self, sigma: float) -> None:
        """Factor σ − 𝓛.

        Raises
        ------
        ResourceError
            If memory runs out.
        """
        size = self._L.shape[0]
        try:
            self._lu = splu(
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
        self._count += 1

    def apply(self, x: FloatArray) -> FloatArray:
        """Return 𝓛x."""
        return np.asarray(self._L @ x)

    def solve(self, b: FloatArray) -> FloatArray:
        """Return (σ − 𝓛)⁻¹b."""
        return np.asarray(self._lu.solve(b))

    def statistics(self) -> dict[str, Any]:
        """Return what was counted."""
        return {"factorizations": self._count, "fill": int(self._lu.nnz)}
