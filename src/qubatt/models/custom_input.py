"""Hamiltonians and jumps in matrix form, in the notations that QuTiP accepts."""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Number
from typing import Any

import numpy as np
import scipy.sparse as sp

from qubatt.core.check import plain_number
from qubatt.core.errors import ArgumentError
from qubatt.core.input_matrix import check_hermitian, freeze, is_qobj, read_matrix, tidy
from qubatt.core.space import Operator
from qubatt.pulses import ConstantPulse, FunctionPulse, Pulse

Switched = tuple[Operator, Pulse]
"""A Hermitian matrix and the function of time that multiplies it."""

Rated = tuple[float, Operator]
"""The rate γ and the jump operator c of γ D[c]."""


def matrices_in(hamiltonian: Any) -> list[Any]:
    """Return the unconverted matrices of a Hamiltonian, without pulses."""
    entries = hamiltonian if _is_several(hamiltonian) else [hamiltonian]
    return [(_pair(entry) or (entry, None))[0] for entry in entries]


def read_hamiltonian(argument: str, hamiltonian: Any) -> tuple[Operator, tuple[Switched, ...]]:
    """Return H₀ and the pairs (H_k, f_k) of H(t) = H₀ + Σ f_k(t) H_k.

    Parameters
    ----------
    argument : str
        Name of the argument in error messages.
    hamiltonian : matrix, or sequence of matrices and pairs (matrix, pulse)
        QuTiP's list notation ``[H0, [H1, f]]``; matrices without a pulse are summed.

    Raises
    ------
    ArgumentError
        If a matrix is not Hermitian, if the shapes differ, or if a pulse is not a function.
    """
    if not _is_several(hamiltonian):
        return freeze(check_hermitian(argument, hamiltonian)), ()
    steady: list[Operator] = []
    switched: list[Switched] = []
    for k, entry in enumerate(hamiltonian):
        name = f"{argument}[{k}]"
        part, pulse = _pair(entry) or (entry, None)
        if not _is_matrix(part):
            cure = "Example: [H0, (H1, f)] with a function of time f."
            raise ArgumentError(name, "be a matrix or a pair (matrix, pulse)", entry, cure)
        matrix = check_hermitian(name, part)
        first = (steady or [other for other, _ in switched] or [matrix])[0]
        if matrix.shape != first.shape:
            requirement = f"have the shape of the first matrix, {first.shape}"
            raise ArgumentError(name, requirement, matrix.shape)
        function = None if pulse is None else _pulse(name, pulse)
        if isinstance(function, ConstantPulse):
            matrix, function = tidy(function.value * matrix), None
        if function is None:
            steady.append(matrix)
        else:
            switched.append((freeze(matrix), function))
    shape = (steady or [matrix for matrix, _ in switched])[0].shape
    return freeze(tidy(sum(steady, start=sp.csr_array(shape)))), tuple(switched)


def read_jumps(argument: str, entries: Any) -> tuple[Rated, ...]:
    """Return the pairs (γ, c) of Σ γ D[c]; a matrix without a rate has γ = 1.

    Raises
    ------
    ArgumentError
        If a rate is negative, or an entry is not a matrix.
    """
    if _is_matrix(entries) or not isinstance(entries, Iterable) or isinstance(entries, str):
        cure = "Example: [c] or [(rate, c)]."
        raise ArgumentError(argument, "be a sequence of matrices", type(entries).__name__, cure)
    jumps = []
    for k, entry in enumerate(entries):
        name = f"{argument}[{k}]"
        rate, c = entry if _is_rated(entry) else (1.0, entry)
        try:
            rate = float(plain_number(rate))
        except ValueError as error:
            raise ArgumentError(f"{name} rate", str(error), rate) from None
        if rate < 0:
            cure = "To describe gain instead of loss, use the adjoint of c."
            raise ArgumentError(f"{name} rate", "be non-negative", rate, cure)
        jumps.append((rate, freeze(read_matrix(name, c))))
    return tuple(jumps)


def _pulse(argument: str, pulse: Any) -> Pulse:
    """Return a pulse unchanged, or a function as a pulse."""
    if isinstance(pulse, Pulse):
        return pulse
    cure = "Example: lambda t: math.exp(-t), or qb.GaussianPulse(1.0, 5.0, 1.0)."
    if isinstance(pulse, str) or not callable(pulse):
        raise ArgumentError(argument, "be multiplied by a function of time", pulse, cure)
    try:
        return FunctionPulse(pulse)
    except ArgumentError as error:
        requirement = f"have a function that can {error.requirement}"
        raise ArgumentError(argument, requirement, pulse, cure) from None


def _is_number(value: Any) -> bool:
    return isinstance(value, Number | np.generic)


def _is_matrix(value: Any) -> bool:
    """Return whether a value represents one matrix: an array, or a list of rows of numbers."""
    if sp.issparse(value) or is_qobj(value):
        return True
    if isinstance(value, np.ndarray):
        return value.ndim == 2
    if not isinstance(value, list | tuple) or not value:
        return False
    return all(
        isinstance(row, list | tuple | np.ndarray) and all(map(_is_number, row)) for row in value
    )


def _is_several(value: Any) -> bool:
    """Return whether a value is a sequence of matrices, with or without pulses."""
    if not isinstance(value, list | tuple) or not value:
        return False
    return _is_matrix(value[0]) or _pair(value[0]) is not None


def _pair(entry: Any) -> tuple[Any, Any] | None:
    """Return the matrix and the pulse of an entry, or None if the entry is not such a pair."""
    if not isinstance(entry, list | tuple) or len(entry) != 2:
        return None
    matrix, pulse = entry
    return (matrix, pulse) if _is_matrix(matrix) and not _is_matrix(pulse) else None


def _is_rated(entry: Any) -> bool:
    """Return whether an entry is a pair of a rate and a matrix."""
    return isinstance(entry, list | tuple) and len(entry) == 2 and _is_matrix(entry[1])
