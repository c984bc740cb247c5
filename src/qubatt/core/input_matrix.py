"""Matrices given by the user, checked and converted to one sparse format."""

from __future__ import annotations

import hashlib
from numbers import Number
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from qubatt.core.errors import ArgumentError
from qubatt.core.fixed_pattern import on_pattern
from qubatt.core.space import Operator

HERMITICITY_TOLERANCE = 1e-12
"""Largest |M − M†| accepted as Hermitian, relative to the larger of 1 and the largest entry."""


def tidy(matrix: Any) -> Operator:
    """Drop explicit zeros, sort indices, and make a matrix without an imaginary part real.

    A sparse array already in this form may be changed in place.
    """
    if hasattr(matrix, "pattern"):
        return on_pattern(matrix)
    result = sp.csr_array(matrix)
    if np.iscomplexobj(result.data) and not np.any(result.data.imag):
        result = sp.csr_array(result.real)
    result.sum_duplicates()
    result.eliminate_zeros()
    return result


def read_entries(argument: str, given: Any) -> Any:
    """Return a copy of the given matrix as a complex NumPy array or SciPy sparse array.

    Parameters
    ----------
    argument : str
        Name of the argument in error messages.
    given : array_like, sparse matrix or QuTiP Qobj
        Matrix in any of these forms; sparse matrices stay sparse.

    Raises
    ------
    ArgumentError
        If an entry is not a number or not finite.
    """
    plain = _plain(given)
    try:
        if sp.issparse(plain):
            entries = sp.csr_array(plain, dtype=np.complex128, copy=True)
            entries.sum_duplicates()
        else:
            raw = np.asarray(plain)
            if raw.dtype.kind not in "biufc" and not all(isinstance(x, Number) for x in raw.flat):
                raise TypeError
            entries = np.array(raw, dtype=np.complex128)
    except (TypeError, ValueError):
        raise ArgumentError(argument, "be a matrix of numbers", given) from None
    values = entries.data if sp.issparse(entries) else entries
    if not np.all(np.isfinite(values)):
        entry = _first(entries, ~np.isfinite(values))
        raise ArgumentError(argument, "be finite", f"entry ({', '.join(map(str, entry))})")
    return entries


def read_matrix(argument: str, given: Any) -> Operator:
    """Return a square matrix, shape ``(d, d)``, as a new sparse array, real if possible.

    Parameters
    ----------
    argument : str
        Name of the argument in error messages.
    given : array_like, sparse matrix or QuTiP Qobj, shape (d, d)
        Nested list, NumPy array or SciPy matrix of any format.

    Raises
    ------
    ArgumentError
        If the argument is not a square matrix of finite numbers.
    """
    entries = read_entries(argument, given)
    shape = entries.shape
    if len(shape) != 2 or shape[0] != shape[1] or 0 in shape:
        raise ArgumentError(argument, "be a square matrix", f"shape {shape}")
    return tidy(entries)


def check_hermitian(
    argument: str, matrix: Any, tolerance: float = HERMITICITY_TOLERANCE
) -> Operator:
    """Return a Hermitian matrix, shape ``(d, d)``, as a sparse array.

    A difference M − M† below the tolerance counts as rounding; the result is ½(M + M†).

    Parameters
    ----------
    argument : str
        Name of the argument in error messages.
    matrix : array_like, sparse matrix or QuTiP Qobj, shape (d, d)
        The matrix M.
    tolerance : float
        Largest |M − M†|, relative to the larger of 1 and the largest |M|.

    Raises
    ------
    ArgumentError
        If M is not square, finite and Hermitian; the message names the worst entry.
    """
    M = read_matrix(argument, matrix)
    adjoint = sp.csr_array(M.conj().T)
    skew = tidy(abs(M - adjoint))
    if not skew.nnz:
        return M
    if skew.data.max() > tolerance * max(np.abs(M.data).max(), 1.0):
        row, column = worst_entry(skew)
        cure = f"Entries ({row}, {column}) and ({column}, {row}) must be complex conjugates."
        raise ArgumentError(argument, "be Hermitian", complex(M[row, column]), cure)
    return tidy(0.5 * (M + adjoint))


def worst_entry(matrix: Operator) -> tuple[int, int]:
    """Return the row and column of the first entry of largest magnitude."""
    coo = matrix.tocoo()
    entry = int(np.argmax(np.abs(coo.data)))
    rows, columns = coo.coords
    return int(rows[entry]), int(columns[entry])


def freeze(matrix: Operator) -> Operator:
    """Return the matrix with its entries made read-only."""
    for part in (matrix.data, matrix.indices, matrix.indptr):
        part.flags.writeable = False
    return matrix


def fingerprint(matrix: Operator) -> dict[str, Any]:
    """Return the shape, the number of nonzero entries and the SHA-256 of a matrix, ready for JSON.

    Equal matrices have equal fingerprints: the hash covers the row pointers, the columns and the
    complex values of the sorted entries.
    """
    entries = tidy(matrix.copy())
    digest = hashlib.sha256()
    for part, kind in ((entries.indptr, "<i8"), (entries.indices, "<i8")):
        digest.update(np.ascontiguousarray(part, dtype=kind).tobytes())
    values = entries.data.astype("<c16") + 0.0  # no negative zeros
    digest.update(values.tobytes())
    return {"shape": list(matrix.shape), "nnz": int(entries.nnz), "sha256": digest.hexdigest()}


def is_qobj(given: Any) -> bool:
    """Return whether an object has the interface of a Qobj of QuTiP."""
    return callable(getattr(given, "full", None)) and hasattr(given, "dims")


def _plain(given: Any) -> Any:
    """Return the entries of a Qobj, sparse if it is sparse, and any other object unchanged."""
    if not is_qobj(given):
        return given
    try:
        return given.data_as()
    except (AttributeError, ValueError):  # kinds of data that only `full` turns into an array
        return given.full()


def _first(entries: Any, where: NDArray[np.bool_]) -> tuple[int, ...]:
    """Return the index of the first entry for which `where` is true."""
    if sp.issparse(entries):
        coo = entries.tocoo()
        return tuple(int(axis[where][0]) for axis in coo.coords)
    return tuple(int(index) for index in np.argwhere(where)[0])
