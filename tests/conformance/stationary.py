"""Where states end, from the dense superoperator alone: null vectors, eigenvalues, what is met."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from qubatt.core.realization import Realization
from qubatt.engines.dense import superoperator

ZERO = 1e-11
"""Singular values of 𝓛 below this share of the largest count as 0."""


class Stationary(NamedTuple):
    """Where ρ(0) ends: P₀ρ(0), and the part of it that oscillates for ever."""

    state: NDArray[Any]
    lasting: float


def stationary(realization: Realization) -> Stationary:
    """Project ρ(0) on the null space of 𝓛, along its range, and on the imaginary axis.

    With right and left null vectors R and Y of 𝓛 the projector is R(Y†R)⁻¹Y†; eigenvalues iω ≠ 0
    in the same way with those of 𝓛 − iω.
    """
    L, D = superoperator(realization), realization.dim
    rho = realization.rho_0.ravel()
    values = np.linalg.eigvals(L)
    scale = np.abs(values).max()
    on_axis = values[np.abs(values.real) < 1e-10 * scale].imag
    energy_rate = np.unique(np.round(on_axis[np.abs(on_axis) > 1e-8 * scale], 8))
    lasting = sum(
        np.linalg.norm(_project(L - 1j * omega * np.eye(D * D), rho)) for omega in energy_rate
    )
    return Stationary(_project(L, rho).reshape(D, D), float(lasting))


def _project(matrix: NDArray[Any], vector: NDArray[Any]) -> NDArray[Any]:
    """Return the part of a vector in the null space of a matrix, along its range."""
    U, sizes, V = np.linalg.svd(matrix)
    null = sizes < ZERO * sizes[0]
    if not null.any():
        return np.zeros_like(vector)
    R, Y = V[null].conj().T, U[:, null]
    return np.asarray(R @ np.linalg.solve(Y.conj().T @ R, Y.conj().T @ vector))


def eigenvalues_within_reach(realization: Realization) -> NDArray[np.complex128]:
    """Return the eigenvalues of 𝓛 on the span of the Hermitian B_k that ρ(0) can reach.

    The B_k are |i⟩⟨i|, (|i⟩⟨j| + |j⟩⟨i|)/√2 and i(|i⟩⟨j| − |j⟩⟨i|)/√2, and B_k leads to B_l where
    Tr(B_l 𝓛 B_k) ≠ 0.
    """
    D = realization.dim
    basis = []
    for i in range(D):
        for j in range(i, D):
            B = np.zeros((D, D), dtype=complex)
            B[i, j] = 1.0
            if i == j:
                basis.append(B)
            else:
                basis += [(B + B.T) / np.sqrt(2), 1j * (B - B.T) / np.sqrt(2)]
    U = np.array([B.ravel() for B in basis]).T
    L = (U.conj().T @ superoperator(realization) @ U).real
    met = np.abs((U.conj().T @ realization.rho_0.ravel()).real) > 1e-14
    leads = np.abs(L) > 1e-13 * np.abs(L).max()
    while True:
        more = met | (leads[:, met].any(axis=1))
        if (more == met).all():
            return np.asarray(np.linalg.eigvals(L[np.ix_(met, met)]), dtype=np.complex128)
        met = more
