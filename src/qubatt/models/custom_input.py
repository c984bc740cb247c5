"""Hamiltonians and jumps that are given as matrices, in the forms that QuTiP knows."""

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
"""A Hermitian matrix and the function of time that it is multiplied with."""

Rated = tuple[float, Operator]
"""A rate γ and the c of γ D[c]."""


def matrices_in(given: Any) -> list[Any]:
    """Return the matrices of a Hamiltonian as they were given, without pulses."""
    entries = given if _is_several(given) else [given]
    return [(_pair(entry) or (entry, None))[0] for entry in entries]


def read_hamiltonian(argument: str, given: Any) -> tuple[Operator, tuple[Switched, ...]]:
    """Return H₀ and the pairs (H_k, f_k) of H(t) = H₀ + Σ f_k(t) H_k.

    Parameters
    ----------
    argument : str
        Name that errors speak of.
    given : matrix, or sequence of matrices and pairs (matrix, pulse)
        The list form of QuTiP, ``[H0, [H1, f]]``; what has no pulse is added up.

    Raises
    ------
    ArgumentError
        If a part is not Hermitian, of another shape than the first, or not switched by a function.
    """
    if not _is_several(given):
        return freeze(check_hermitian(argument, given)), ()
    steady: list[Operator] = []
    switched: list[Switched] = []
    for k, entry in enumerate(given):
        name = f"{argument}[{k}]"
        part, pulse = _pair(entry) or (entry, None)
        if not _is_matrix(part):
            cure = "For example [H0, (H1, f)] with a function of time f."
            raise ArgumentError(name, "be a matrix or a pair (matrix, pulse)", entry, cure)
        matrix = check_hermitian(name, part)
        first = (steady or [other for other, _ in switched] or [matrix])[0]
        if matrix.shape != first.shape:
            raise ArgumentError(name, f"have the shape of the first, {first.shape}", matrix.shape)
        function = None if pulse is None else _pulse(name, pulse)
        if isinstance(function, ConstantPulse):
            matrix, function = tidy(function.value * matrix), None
        if function is None:
            steady.append(matrix)
        else:
            switched.append((freeze(matrix), function))
    shape = (steady or [matrix for matrix, _ in switched])[0].shape
    return freeze(tidy(sum(steady, start=sp.csr_array(shape)))), tuple(switched)


def read_jumps(argument: str, given: Any) -> tuple[Rated, ...]:
    """Return the pairs (γ, c) of Σ γ D[c]; a matrix without a rate has γ = 1.

    Raises
    ------
    ArgumentError
        If a rate is negative, or something is no matrix.
    """
    if _is_matrix(given) or not isinstance(given, Iterable) or isinstance(given, str):
        cure = "For example [c], or [(rate, c)]."
        raise ArgumentError(argument, "be a sequence of matrices", type(given).__name__, cure)
    jumps = []
    for k, entry in enumerate(given):
        name = f"{argument}[{k}]"
        rate, c = entry if _is_rated(entry) else (1.0, entry)
        try:
            rate = float(plain_number(rate))
        except ValueError as error:
            raise ArgumentError(f"{name} rate", str(error), rate) from None
        if rate < 0:
            cure = "A bath that gives energy has the adjoint of c as its jump."
            raise ArgumentError(f"{name} rate", "be non-negative", rate, cure)
        jumps.append((rate, freeze(read_matrix(name, c))))
    return tuple(jumps)


def _pulse(argument: str, given: Any) -> Pulse:
    """Return a pulse as it is, a function as a pulse."""
    if isinstance(given, Pulse):
        return given
    cure = "For example lambda t: math.exp(-t), or qb.GaussianPulse(1.0, 5.0, 1.0)."
    if isinstance(given, str) or not callable(given):
        raise ArgumentError(argument, "be switched by a function of time", given, cure)
    try:
        return FunctionPulse(given)
    except ArgumentError as error:
        requirement = f"have a function that can {error.requirement}"
        raise ArgumentError(argument, requirement, given, cure) from None


def _is_number(given: Any) -> bool:
    return isinstance(given, Number | np.generic)


def _is_matrix(given: Any) -> bool:
    """Return whether something stands for one matrix: an array, or a list of rows of numbers."""
    if sp.issparse(given) or is_qobj(given):
        return True
    if isinstance(given, np.ndarray):
        return given.ndim == 2
    if not isinstance(given, list | tuple) or not given:
        return False
    return all(
        isinstance(row, list | tuple | np.ndarray) and all(map(_is_number, row)) for row in given
    )


def _is_several(given: Any) -> bool:
    """Return whether something is a sequence of matrices, with or without pulses."""
    if not isinstance(given, list | tuple) or not given:
        return False
    return _is_matrix(given[0]) or _pair(given[0]) is not None


def _pair(entry: Any) -> tuple[Any, Any] | None:
    """Return matrix and pulse, or None where there are not both."""
    if not isinstance(entry, list | tuple) or len(entry) != 2:
        return None
    matrix, pulse = entry
    return (matrix, pulse) if _is_matrix(matrix) and not _is_matrix(pulse) else None


def _is_rated(entry: Any) -> bool:
    """Return whether something is a pair of a rate and a matrix."""
    return isinstance(entry, list | tuple) and len(entry) == 2 and _is_matrix(entry[1])
