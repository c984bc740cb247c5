"""GMRES: the Krylov space of an operator, built vector by vector, and its least residual."""

from __future__ import annotations

import numpy as np

from qubatt.core.check import FloatArray

EPSILON = float(np.finfo(np.float64).eps)
"""Relative rounding error of one operation."""


class KrylovSpace:
    """Orthonormal vectors V of span{b, Ab, A²b, …} with A Vₖ = Vₖ₊₁ H (Arnoldi).

    The caller computes the image of the last vector under A, calls `extend`, and stops when the
    residual of `solve` is small enough. Solvers differ in their stopping rules and in the treatment
    of images that cannot be computed. Vectors are orthogonalised twice to limit rounding errors.

    Parameters
    ----------
    b : array, shape (n,)
        Right-hand side.
    max_vectors : int
        Largest dimension of the space.
    constraint : array, shape (n,), optional
        Vector to which all others are kept orthogonal.
    """

    def __init__(
        self, b: FloatArray, max_vectors: int, constraint: FloatArray | None = None
    ) -> None:
        self.norm = float(np.linalg.norm(b))
        self.dim = 0
        self._first = 0 if constraint is None else 1
        self._V = np.empty((self._first + max_vectors + 1, len(b)))
        self._H = np.zeros((max_vectors + 1, max_vectors))
        if constraint is not None:
            self._V[0] = constraint / np.linalg.norm(constraint)
            b = b - (self._V[0] @ b) * self._V[0]
        self._V[self._first] = b / self.norm

    @property
    def last(self) -> FloatArray:
        """The last vector, whose image under A is needed next."""
        return np.asarray(self._V[self._first + self.dim])

    @property
    def hessenberg(self) -> FloatArray:
        """H without its last row, shape ``(dim, dim)``: A restricted to the space."""
        return np.asarray(self._H[: self.dim, : self.dim])

    def extend(self, image: FloatArray) -> float:
        """Add the image A × `last`; return the norm of its part orthogonal to the space."""
        k = self.dim
        basis = self._V[: self._first + k + 1]
        for _ in range(2):
            overlaps = basis @ image
            image = image - overlaps @ basis
            self._H[: k + 1, k] += overlaps[self._first :]
        self._H[k + 1, k] = remainder = float(np.linalg.norm(image))
        self._V[self._first + k + 1] = image / (remainder or 1.0)
        self.dim += 1
        return remainder

    def solve(self, rounding: float = EPSILON) -> tuple[FloatArray, float]:
        """Return the coefficients y that minimise ‖b − Ax‖ / ‖b‖, and this minimum.

        Singular values of H below `rounding`, the rounding error of an image, count as 0.
        """
        H = self._H[: self.dim + 1, : self.dim]
        target = np.eye(self.dim + 1, 1)[:, 0]
        cutoff = min(1.0, rounding / float(np.linalg.norm(H)))
        y = np.asarray(np.linalg.lstsq(H, target, rcond=cutoff)[0], dtype=np.float64)
        return y, float(np.linalg.norm(H @ y - target))

    def combine(self, y: FloatArray) -> FloatArray:
        """Return x for the coefficients y that `solve` returns."""
        return np.asarray(self.norm * (y @ self._V[self._first : self._first + self.dim]))
