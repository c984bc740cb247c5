"""Initial states in matrix form: a density matrix, or kets with weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from qubatt.core.errors import UnsupportedError
from qubatt.core.fixed_pattern import from_entries, on_pattern
from qubatt.core.space import WHOLE_SPACE, Factor, Operator, Space

STATE_ROUNDING = 1e-15
"""Weight of a ket, relative to the largest weight, below which it counts as 0."""


@dataclass(frozen=True)
class Ensemble:
    """A state as kets with weights, ρ = Σ w_k |ψ_k⟩⟨ψ_k|.

    Attributes
    ----------
    weights : array, shape (K,)
        Weights w_k > 0 with sum 1; in descending order if they were computed.
    kets : array, shape (K, D)
        Normalised ψ_k as rows, real if all of them are real; they need not be orthogonal.
    """

    weights: NDArray[np.float64]
    kets: NDArray[Any]

    @property
    def pure(self) -> bool:
        """Whether the ensemble is a single ket."""
        return len(self.weights) == 1

    def density(self) -> NDArray[np.complex128]:
        """Return ρ, shape ``(D, D)``."""
        return np.asarray((self.weights * self.kets.T) @ self.kets.conj(), dtype=np.complex128)


def density(initial: Mapping[str, Any], space: Space) -> Operator:
    """Return the density matrix of an initial state, shape ``(D, D)``.

    Parameters
    ----------
    initial : mapping of str to array or Ensemble
        Kets, density matrices or ensembles of factors, or of the whole space; see `Problem`.
    space : Space
        The Hilbert space, with the basis chosen for each factor.

    Raises
    ------
    UnsupportedError
        If a state was given in another basis.
    """
    if WHOLE_SPACE in initial:
        return on_pattern(_density(_whole(initial, space), space.dim))
    rows, columns, values = reduce(
        _kron, [(*_entries(state, dim), dim) for state, dim in _factors(initial, space)]
    )[:3]
    return from_entries(rows, columns, values, space.dim)


def _kron(left: tuple[Any, ...], right: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the rows, columns, values and dimension of a tensor product."""
    dim = right[3]
    return (
        np.add.outer(left[0] * dim, right[0]).ravel(),
        np.add.outer(left[1] * dim, right[1]).ravel(),
        np.multiply.outer(left[2], right[2]).ravel(),
        left[3] * dim,
    )


def ensemble(initial: Mapping[str, Any], space: Space) -> Ensemble:
    """Return an initial state as kets with weights; a mixture is decomposed into eigenvectors.

    Parameters and errors are those of `density`. Negligible weights are omitted, and the
    others are rescaled to the same trace.
    """
    if WHOLE_SPACE in initial:
        return _ensemble(_whole(initial, space), space.dim)
    parts = [_ensemble(state, dim) for state, dim in _factors(initial, space)]
    weights = reduce(np.multiply.outer, [part.weights for part in parts]).ravel()
    kets = reduce(_products, [part.kets for part in parts])
    order = np.argsort(-weights, kind="stable")
    return _kept(weights[order], kets[order])


def _whole(initial: Mapping[str, Any], space: Space) -> Any:
    state = initial[WHOLE_SPACE]
    given = state.kets.shape[1] if isinstance(state, Ensemble) else state.shape[0]
    if given != space.dim:
        raise UnsupportedError(
            f"The {space.basis} basis has {space.dim} states, but the initial state was given for"
            f' {given}: use basis "symmetric", and no local decay.'
        )
    return state


def _factors(initial: Mapping[str, Any], space: Space) -> list[tuple[Any, int]]:
    """Return the state of every factor in its basis, and the dimension of the factor."""
    ground = np.ones(1)
    return [
        (_embedded(initial.get(name, ground), factor), factor.dim)
        for name, factor in space.factors.items()
    ]


def _embedded(state: Any, factor: Factor) -> Any:
    """Return a state of a factor in its basis."""
    if isinstance(state, Ensemble):
        return Ensemble(state.weights, np.array([factor.embed(ket) for ket in state.kets]))
    return factor.embed(state)


def _entries(state: Any, dim: int) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Return the rows, columns and values of the density matrix of a ket or mixture."""
    if isinstance(state, Ensemble):
        state = state.density()
    if state.ndim == 1:
        levels = np.flatnonzero(state)
        values = np.multiply.outer(state[levels], state[levels].conj()).ravel()
        return np.repeat(levels, len(levels)), np.tile(levels, len(levels)), values
    coo = sp.coo_array(state, shape=(dim, dim))
    return coo.coords[0].astype(np.int64), coo.coords[1].astype(np.int64), coo.data


def _density(state: Any, dim: int) -> Operator:
    """Return the density matrix of a ket, padded with zeros, or of a mixture, shape ``(d, d)``."""
    return from_entries(*_entries(state, dim), dim)


def _ensemble(state: Any, dim: int) -> Ensemble:
    """Return a ket or density matrix as kets with weights, or an ensemble unchanged."""
    if isinstance(state, Ensemble):
        return state
    if state.ndim == 1:
        return Ensemble(np.ones(1), np.pad(state, (0, dim - len(state)))[np.newaxis])
    rho = state.toarray() if sp.issparse(state) else state
    weights, vectors = np.linalg.eigh(rho)
    return _kept(weights[::-1], vectors.T[::-1])


def _kept(weights: NDArray[np.float64], kets: NDArray[Any]) -> Ensemble:
    """Return an ensemble with descending weights, without weights below the rounding error."""
    count = int(np.count_nonzero(weights > STATE_ROUNDING * weights[0]))
    scale = weights.sum() / weights[:count].sum()
    return Ensemble(weights[:count] * scale, np.ascontiguousarray(kets[:count]))


def _products(left: NDArray[Any], right: NDArray[Any]) -> NDArray[Any]:
    """Return the Kronecker products of all pairs of rows, shape ``(K K', d d')``."""
    shape = (len(left) * len(right), left.shape[1] * right.shape[1])
    return np.asarray(np.einsum("ka,lb->klab", left, right).reshape(shape))
