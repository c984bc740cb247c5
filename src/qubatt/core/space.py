"""Hilbert spaces as named factors in a fixed order, each factor in its own basis."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import prod
from typing import Any, ClassVar, Literal, TypeAlias, get_args

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from qubatt.core.errors import UnsupportedError, suggest

Basis = Literal["symmetric", "full"]
"""``"symmetric"``: permutation-symmetric states of the atoms only; ``"full"``: all d^N states."""

Role = Literal["mode", "spins", "levels"]
"""Role of a factor: an oscillator in Fock levels, identical particles, or plain levels."""

Operator: TypeAlias = sp.csr_array
"""A sparse matrix in CSR format, real if its entries are real."""

Names: TypeAlias = tuple[str, ...]
"""Names of operators in a product, such as ``("J+", "J-")`` for J₊J₋."""

WHOLE_SPACE = "space"
"""Name of the whole space, for an operator or a state that is not a product."""


class Factor(ABC):
    """One factor of the Hilbert space in one basis, with named operators.

    Index 0 is its ground level.
    """

    role: ClassVar[Role]
    """Role of the factor in the space."""

    levels: Names = ()
    """Names of the levels of one particle, lowest first; empty for a mode."""

    bases: ClassVar[tuple[Basis, ...]] = ()
    """Available bases, the smallest first; empty if there is only one."""

    @property
    @abstractmethod
    def dim(self) -> int:
        """Dimension."""

    @property
    @abstractmethod
    def operators(self) -> Mapping[str, Operator]:
        """Collective operators by name, each of shape ``(dim, dim)``."""

    @property
    def ladder(self) -> int | None:
        """Highest level of a ladder |0⟩, |1⟩, …, or None if the levels do not form a ladder."""
        return self.dim - 1

    def small(self) -> Factor | None:
        """Return a small factor of the same kind, or None if the levels do not form a lattice.

        An operator shifts the coordinates of both factors in the same way.
        """
        return None

    def coordinates(self) -> NDArray[np.int64]:
        """Return the lattice coordinates of every level, shape ``(dim, coordinates)``."""
        return np.arange(self.dim)[:, np.newaxis]

    def in_basis(self, basis: Basis) -> Factor:  # noqa: ARG002  # for factors with a choice
        """Return the factor in another basis, or unchanged if there is only one."""
        return self

    def basis_for(self, local: bool) -> Basis | None:  # noqa: ARG002  # as above
        """Return the smallest basis; if `local`, one that represents single-particle operators."""
        return None

    def local_operators(self, name: str) -> tuple[Operator, ...]:
        """Return the single-particle parts of the collective operator `name`.

        Raises
        ------
        UnsupportedError
            If there are no particles, or if the basis cannot represent single-particle operators.
        """
        raise UnsupportedError(f"{self.noun} has no single-particle part of {name!r}.")

    @property
    def noun(self) -> str:
        """Description of the factor in error messages."""
        return f"A factor of role {self.role!r}"

    def embed(self, state: Any) -> Any:
        """Convert a ket ``(d,)`` or density matrix ``(d, d)`` of the ladder to this basis.

        Kets may omit trailing entries that are 0.
        """
        return state

    def operator(self, names: Names) -> Operator:
        """Return a product of named operators.

        Raises
        ------
        UnsupportedError
            If a name is unknown; the error suggests the nearest names.
        """
        return _multiply(names, (self.operators,), type(self).__name__)


@dataclass(frozen=True)
class Space:
    """Tensor product of named factors; the order of names is the order of the product.

    Attributes
    ----------
    factors : mapping of str to Factor
        Factors by name, each in its basis.
    matrices : mapping of str to mapping of str to sparse array
        Further named operators, by the factor that they act on, or by `WHOLE_SPACE` for those
        that are not products. Their matrices are given in one basis only.
    """

    factors: Mapping[str, Factor]
    matrices: Mapping[str, Mapping[str, Operator]] = field(default_factory=dict)

    @cached_property
    def dims(self) -> tuple[int, ...]:
        """Dimension of every factor."""
        return tuple(factor.dim for factor in self.factors.values())

    @cached_property
    def dim(self) -> int:
        """Dimension D of the whole space."""
        return prod(self.dims)

    @property
    def modes(self) -> Names:
        """Factors that are oscillators, cut off at a highest Fock level."""
        return tuple(name for name, factor in self.factors.items() if factor.role == "mode")

    @cached_property
    def bases(self) -> dict[str, Basis]:
        """The chosen basis of every factor that offers a choice of bases."""
        return {
            name: getattr(factor, "basis")  # noqa: B009  # only those with a choice have one
            for name, factor in self.factors.items()
            if factor.bases
        }

    @property
    def basis(self) -> str:
        """The basis in one word if all factors share it, otherwise the basis of each factor."""
        chosen = self.bases
        if len({*chosen.values()}) == 1:
            return next(iter(chosen.values()))
        return ", ".join(f"{name} {basis}" for name, basis in chosen.items()) or "symmetric"

    def in_basis(self, basis: Basis | Mapping[str, Basis]) -> Space:
        """Return the space with all factors in one basis, or with the named factors in given bases.

        Raises
        ------
        UnsupportedError
            If there is no such basis or factor.
        """
        wanted = dict.fromkeys(self.factors, basis) if isinstance(basis, str) else dict(basis)
        for name, each in wanted.items():
            _ = self.factor(name)
            if each not in get_args(Basis):
                raise UnsupportedError(f'There is no basis {each!r}, only "symmetric" and "full".')
        factors = {
            name: factor.in_basis(wanted[name]) if name in wanted else factor
            for name, factor in self.factors.items()
        }
        unchanged = all(factors[name] is self.factors[name] for name in factors)
        return self if unchanged else Space(factors, self.matrices)

    def factor(self, name: str) -> Factor:
        """Return a factor by name.

        Raises
        ------
        UnsupportedError
            If there is no such factor; the error lists the existing factors.
        """
        if name not in self.factors:
            names = ", ".join(f"`{factor}`" for factor in self.factors)
            raise UnsupportedError(f"There is no factor `{name}`; the space has {names}.")
        return self.factors[name]

    def position(self, name: str) -> int:
        """Return the position of a factor in the product."""
        return list(self.factors).index(name)

    def only(self, name: str) -> Space:
        """Return one factor alone, with its operators."""
        return Space({name: self.factors[name]}, {name: self.matrices.get(name, {})})

    def marginal(self, states: NDArray[Any], name: str) -> NDArray[Any]:
        """Return the partial trace of matrices ``(…, D, D)`` over all factors except one.

        Returns
        -------
        array, shape (…, d, d)
            d is the dimension of the factor `name`.
        """
        dims, position = self.dims, self.position(name)
        before, d, after = prod(dims[:position]), dims[position], prod(dims[position + 1 :])
        split = states.reshape(*states.shape[:-2], before, d, after, before, d, after)
        return np.asarray(np.einsum("...idjiej->...de", split))  # (…, d, d)

    def level_of(self, name: str) -> NDArray[np.intp]:
        """Return the level of one factor in every basis state, shape ``(D,)``."""
        return np.asarray(np.unravel_index(np.arange(self.dim), self.dims)[self.position(name)])

    def places_in(self, larger: Space) -> NDArray[np.intp]:
        """Return the index of every basis state in a larger space, shape ``(D,)``.

        The factors are the same, some with more levels above those of this space.
        """
        levels = np.unravel_index(np.arange(self.dim), self.dims)
        return np.asarray(np.ravel_multi_index(levels, larger.dims))

    def operator(self, where: str, names: Names) -> Operator:
        """Return a product of named operators on one factor, or on `WHOLE_SPACE`.

        Raises
        ------
        UnsupportedError
            If a name is unknown, or if a matrix is not available in the basis.
        """
        added = self.matrices.get(where, {})
        if not added and where != WHOLE_SPACE:
            return self.factor(where).operator(names)
        whole = where == WHOLE_SPACE
        dim = self.dim if whole else self.factor(where).dim
        for name in names:
            if name in added and added[name].shape != (dim, dim):
                raise UnsupportedError(
                    f"The {self.basis} basis has {dim} states, but {name} was given as a matrix of"
                    f' {added[name].shape[0]}: use basis "symmetric", and no local decay.'
                )
        factor_operators: Mapping[str, Operator] = {} if whole else self.factors[where].operators
        owner = "The whole space" if whole else type(self.factors[where]).__name__
        return _multiply(names, (added, factor_operators), owner)


def _multiply(names: Names, sources: tuple[Mapping[str, Operator], ...], owner: str) -> Operator:
    """Return a product of named operators, each from the first table that contains its name."""
    result: Operator | None = None
    for name in names:
        operators = next((each for each in sources if name in each), None)
        if operators is None:
            every = {other for each in sources for other in each}
            raise UnsupportedError(f"{owner} has no operator {name!r}. {suggest(name, every)}")
        matrix = operators[name]
        result = matrix if result is None else sp.csr_array(result @ matrix)
    if result is None:
        raise UnsupportedError("A product of operators must contain at least one operator.")
    return result
