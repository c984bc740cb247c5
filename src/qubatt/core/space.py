"""Hilbert spaces as named factors in a fixed order, and the bases a factor can be held in."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod
from typing import Any, Literal, TypeAlias

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from qubatt.core.errors import UnsupportedError, suggest

Basis = Literal["symmetric", "full"]
"""``"symmetric"``: permutation-symmetric states of the atoms only; ``"full"``: all d^N states."""

Operator: TypeAlias = sp.csr_array
"""A sparse matrix, CSR, real where its entries are real."""

WHOLE = "space"
"""Stands for all factors together where an operator or a state is no product."""


class Factor(ABC):
    """One factor of the Hilbert space, with named operators; index 0 is its ground level."""

    levels: tuple[str, ...] = ()
    """Names of the levels of one particle, lowest first; none for a mode."""

    @abstractmethod
    def dim(self, basis: Basis) -> int:
        """Return the dimension in `basis`."""

    @abstractmethod
    def operators(self, basis: Basis) -> Mapping[str, Operator]:
        """Return the collective operators by name, each of shape ``(dim, dim)``."""

    @abstractmethod
    def local_operators(self, name: str, basis: Basis) -> tuple[Operator, ...]:
        """Return the single-particle parts of the collective operator `name`.

        Raises
        ------
        UnsupportedError
            If the basis cannot hold them.
        """

    def operator(self, product: str, basis: Basis) -> Operator:
        """Return a product of named operators, ``"J+ J-"`` for J₊J₋.

        Raises
        ------
        UnsupportedError
            If a name is unknown; the nearest names are suggested.
        """
        return _multiply(product, self.operators(basis), type(self).__name__)


@dataclass(frozen=True)
class Space:
    """Tensor product of named factors; the order of names is the order of the product.

    Attributes
    ----------
    factors : mapping of str to Factor
        Factors by name.
    matrices : mapping of str to mapping of str to sparse array
        Further named operators, by the factor that they act on, or by `WHOLE` those that are no
        products. They are known in one basis only.
    """

    factors: Mapping[str, Factor]
    matrices: Mapping[str, Mapping[str, Operator]] = field(default_factory=dict)

    def dims(self, basis: Basis) -> tuple[int, ...]:
        """Return the dimension of every factor."""
        return tuple(factor.dim(basis) for factor in self.factors.values())

    def dim(self, basis: Basis) -> int:
        """Return the dimension D of the whole space."""
        return prod(self.dims(basis))

    def only(self, name: str) -> Space:
        """Return one factor alone, with what acts on it."""
        return Space({name: self.factors[name]}, {name: self.matrices.get(name, {})})

    def marginal(self, states: NDArray[Any], name: str, basis: Basis) -> NDArray[Any]:
        """Return the partial trace of matrices ``(…, D, D)`` over all factors but one.

        Returns
        -------
        array, shape (…, d, d)
            d is the dimension of the factor `name`.
        """
        dims, place = self.dims(basis), list(self.factors).index(name)
        before, d, after = prod(dims[:place]), dims[place], prod(dims[place + 1 :])
        split = states.reshape(*states.shape[:-2], before, d, after, before, d, after)
        return np.asarray(np.einsum("...idjiej->...de", split))  # (…, d, d)

    def operator(self, where: str, product: str, basis: Basis) -> Operator:
        """Return a product of named operators on one factor, or on `WHOLE`.

        Raises
        ------
        UnsupportedError
            If a name is unknown, or a matrix is not known in that basis.
        """
        added = self.matrices.get(where, {})
        if not added and where != WHOLE:
            return self.factors[where].operator(product, basis)
        whole = where == WHOLE
        dim = self.dim(basis) if whole else self.factors[where].dim(basis)
        for name in product.split():
            if name in added and added[name].shape != (dim, dim):
                raise UnsupportedError(
                    f"The {basis} basis has {dim} states, but {name} was given as a matrix of"
                    f' {added[name].shape[0]}: use basis "symmetric", and no local decay.'
                )
        known = {} if whole else self.factors[where].operators(basis)
        owner = "The whole space" if whole else type(self.factors[where]).__name__
        return _multiply(product, {**known, **added}, owner)


def _multiply(product: str, known: Mapping[str, Operator], owner: str) -> Operator:
    """Return a product of named operators, or suggest names that the owner has."""
    result: Operator | None = None
    for name in product.split():
        if name not in known:
            raise UnsupportedError(f"{owner} has no operator {name!r}. {suggest(name, known)}")
        result = known[name] if result is None else sp.csr_array(result @ known[name])
    if result is None:
        raise UnsupportedError("A product of operators must name at least one.")
    return result
