"""States given by the user: kets or density matrices."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from qubatt.core.errors import ArgumentError
from qubatt.core.input_matrix import check_hermitian, freeze, read_entries
from qubatt.core.space import Operator

HERMITICITY_TOLERANCE = 1e-9
"""Largest |ρ − ρ†| and magnitude of a negative eigenvalue that count as rounding errors."""

NORM_TOLERANCE = 1e-6
"""Largest |Tr ρ − 1| that is corrected, for states truncated or integrated less accurately."""


def check_state(argument: str, given: Any, dim: int | None = None) -> NDArray[Any] | Operator:
    """Return a ket ``(d,)`` as an array or a density matrix ``(d, d)`` as a sparse array.

    The array is normalised, read-only, and real if it has no imaginary part.

    Parameters
    ----------
    argument : str
        Name of the argument in error messages.
    given : array_like, sparse matrix or QuTiP Qobj
        A ket of shape ``(d,)`` or ``(d, 1)``, or a density matrix of shape ``(d, d)``.
    dim : int, optional
        Dimension d; by default any dimension is accepted.

    Raises
    ------
    ArgumentError
        If the argument has another shape, or is not finite, Hermitian or normalised to 1e-6, or has
        an eigenvalue below −1e-9; the message names the worst entry or eigenvalue.
    """
    entries = read_entries(argument, given)
    shape = entries.shape
    d = dim if dim is not None else (shape[0] if shape else 1)
    if d == 0:
        raise ArgumentError(argument, "hold at least one level", f"shape {shape}")
    if shape in {(d,), (d, 1)}:
        return _ket(argument, entries)
    if shape != (d, d):
        requirement = "be a ket or a square matrix"
        if dim is not None:
            requirement = f"be a ket of {d} entries or a density matrix of shape ({d}, {d})"
        row = len(shape) == 2 and shape[0] == 1
        cure = "A ket is a column; use its ravel()." if row else ""
        raise ArgumentError(argument, requirement, f"shape {shape}", cure)
    rho = check_hermitian(argument, entries, HERMITICITY_TOLERANCE)
    trace = float(rho.trace().real)
    if abs(trace - 1.0) > NORM_TOLERANCE:
        cure = "If normalisation is intended, divide it by its trace."
        raise ArgumentError(argument, "have trace 1", trace, cure)
    smallest = _smallest_eigenvalue(rho)
    if smallest < -HERMITICITY_TOLERANCE:
        cure = "A density matrix has no negative eigenvalues."
        raise ArgumentError(argument, "be positive", f"eigenvalue {smallest:.6g}", cure)
    return freeze(sp.csr_array(rho / trace))


def _ket(argument: str, entries: Any) -> NDArray[Any]:
    """Return a normalised ket, real if possible."""
    ket = (entries.toarray() if sp.issparse(entries) else entries).ravel()
    norm = float(np.linalg.norm(ket))
    if abs(norm**2 - 1.0) > NORM_TOLERANCE:
        cure = "If normalisation is intended, divide it by its norm."
        raise ArgumentError(argument, "have norm 1", norm, cure)
    result = np.array(ket if np.any(ket.imag) else ket.real) / norm
    result.flags.writeable = False
    return result


def _smallest_eigenvalue(rho: Operator) -> float:
    """Return the smallest eigenvalue, or 0 if none lies below −1e-9.

    Empty rows are skipped, and a Cholesky factorisation, faster than eigenvalues, is tried first.
    """
    occupied = np.flatnonzero(np.diff(rho.indptr))
    block = rho[occupied][:, occupied].toarray()
    try:
        np.linalg.cholesky(block + 0.5 * HERMITICITY_TOLERANCE * np.eye(len(block)))
    except np.linalg.LinAlgError:
        return float(np.linalg.eigvalsh(block)[0])
    return 0.0
