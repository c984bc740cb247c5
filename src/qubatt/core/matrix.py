"""Matrices that users hand over, from any library, checked once."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp

from qubatt.core.errors import ArgumentError
from qubatt.core.space import Operator

SKEW = 1e-12
"""Largest |A − A†| of a Hermitian matrix, relative to the larger of 1 and its largest entry."""


def entries_of(argument: str, given: Any) -> Any:
    """Return a complex NumPy array, or a sparse COO array, all finite.

    Parameters
    ----------
    argument : str
        Name of the argument, for errors.
    given : array_like, sparse, or anything with a method ``full()``
        Numbers; QuTiP's ``Qobj`` has ``full()``, which needs no import of QuTiP here.

    Raises
    ------
    ArgumentError
        If it does not hold numbers, or names the first entry that is not finite.
    """
    try:
        if sp.issparse(given):
            found = sp.coo_array(given).astype(np.complex128)
        else:
            full = getattr(given, "full", None)
            found = np.asarray(full() if callable(full) else given, dtype=np.complex128)
    except (TypeError, ValueError):
        raise ArgumentError(argument, "be a matrix of numbers", given) from None
    values = found.data if sp.issparse(found) else found
    if not np.all(np.isfinite(values)):
        bad = np.argwhere(~np.isfinite(values))[0]
        place = [axis[bad[0]] for axis in found.coords] if sp.issparse(found) else bad
        entry = ", ".join(str(int(index)) for index in place)
        raise ArgumentError(argument, "be finite", f"entry ({entry})")
    return found


def check_square(argument: str, matrix: Any) -> Operator:
    """Return a square matrix in CSR form, real where it has no imaginary part.

    Parameters
    ----------
    argument : str
        Name of the argument, for errors.
    matrix : array_like, sparse, or anything with ``full()``, shape (d, d)
        Any matrix of numbers; sparse ones stay sparse.

    Raises
    ------
    ArgumentError
        If it is not a square matrix of finite numbers.
    """
    found = entries_of(argument, matrix)
    if len(found.shape) != 2 or found.shape[0] != found.shape[1] or found.shape[0] == 0:
        raise ArgumentError(argument, "be a square matrix", f"shape {found.shape}")
    result = sp.csr_array(found)
    if not np.any(result.data.imag):
        result = sp.csr_array(result.real)
    result.sum_duplicates()
    result.eliminate_zeros()
    return result


def check_hermitian(argument: str, matrix: Any, tolerance: float = SKEW) -> Operator:
    """Return a Hermitian matrix in CSR form, real where it has no imaginary part.

    It is returned as it was given: the skew part that the tolerance allows is left in.

    Parameters
    ----------
    argument : str
        Name of the argument, for errors.
    matrix : array_like, sparse, or anything with ``full()``, shape (d, d)
        Any matrix of numbers; sparse ones stay sparse.
    tolerance : float
        Largest |A − A†|, relative to the larger of 1 and the largest |A|.

    Raises
    ------
    ArgumentError
        If it is not a square matrix of finite numbers, or names its worst entry.
    """
    found = check_square(argument, matrix)
    skew = sp.coo_array(abs(found - found.conj().T))
    largest = float(np.max(np.abs(found.data), initial=0.0))
    if np.max(skew.data, initial=0.0) > tolerance * max(largest, 1.0):
        worst = skew.data >= skew.data.max()
        row, column = min(zip(*(axis[worst].tolist() for axis in skew.coords), strict=True))
        cure = f"Entries ({row}, {column}) and ({column}, {row}) must be complex conjugates."
        raise ArgumentError(argument, "be Hermitian", complex(found[row, column]), cure)
    return found
