"""States that a user gives: normalised kets, or density matrices."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from qubatt.core.errors import ArgumentError
from qubatt.core.matrix import check_hermitian, freeze, read_entries
from qubatt.core.space import Operator

TOLERANCE = 1e-9
"""How far a trace may lie from 1, and an eigenvalue below 0."""


def check_state(argument: str, given: Any, dim: int) -> NDArray[Any] | Operator:
    """Return a ket ``(d,)`` as an array or a density matrix ``(d, d)`` as a sparse array.

    Parameters
    ----------
    argument : str
        Name that errors speak of.
    given : array_like, sparse matrix or QuTiP Qobj
        A ket of shape ``(d,)`` or ``(d, 1)``, or a density matrix of shape ``(d, d)``.
    dim : int
        Dimension d.

    Raises
    ------
    ArgumentError
        If it is no state: of another length, not normalised to 1e-9, or with an eigenvalue below
        −1e-9, which is named.
    """
    entries = read_entries(argument, given)
    if entries.shape in {(dim,), (dim, 1)}:
        return _ket(argument, entries, dim)
    if entries.shape != (dim, dim):
        requirement = f"be a ket of {dim} entries or a density matrix of shape ({dim}, {dim})"
        raise ArgumentError(argument, requirement, f"shape {entries.shape}")
    rho = check_hermitian(argument, entries)
    trace = float(rho.trace().real)
    if abs(trace - 1.0) > TOLERANCE:
        raise ArgumentError(argument, "have trace 1", trace, "Divide it by its trace.")
    smallest = _smallest_eigenvalue(rho)
    if smallest < -TOLERANCE:
        cure = "A density matrix has no negative eigenvalues."
        raise ArgumentError(argument, "be positive", f"eigenvalue {smallest:.6g}", cure)
    return freeze(rho)


def _ket(argument: str, entries: Any, dim: int) -> NDArray[Any]:
    """Return a normalised ket, real where it is real."""
    ket = (entries.toarray() if sp.issparse(entries) else entries).reshape(dim)
    norm = float(np.linalg.norm(ket))
    if abs(norm**2 - 1.0) > TOLERANCE:
        raise ArgumentError(argument, "have norm 1", norm, "Divide it by its norm.")
    result = np.array(ket if np.any(ket.imag) else ket.real)
    result.flags.writeable = False
    return result


def _smallest_eigenvalue(rho: Operator) -> float:
    """Return the smallest eigenvalue, or 0 where none lies below −1e-9.

    Only rows that are not empty count, and a Cholesky factor is quicker than eigenvalues.
    """
    kept = np.flatnonzero(np.diff(rho.indptr))
    block = rho[kept][:, kept].toarray()
    try:
        np.linalg.cholesky(block + 0.5 * TOLERANCE * np.eye(len(block)))
    except np.linalg.LinAlgError:
        return float(np.linalg.eigvalsh(block)[0])
    return 0.0
