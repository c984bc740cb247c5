"""A Problem as arrays in a basis: the one place where named operators become matrices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, get_args

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from qubatt.core.errors import UnsupportedError
from qubatt.core.matrix import tidy
from qubatt.core.problem import Jump, Problem, Pulse, Start, Term
from qubatt.core.space import WHOLE, Basis, Factor, Operator

FULL_DIM_LIMIT = 4096
"""Largest dimension for which the full basis is chosen without being asked for."""


@dataclass(frozen=True)
class Observable:
    """A Hermitian operator O + Σ f(t) O_k, each part of shape ``(D, D)``.

    Attributes
    ----------
    steady : sparse array
        O.
    pulsed : tuple of pairs
        (f, O_k).
    """

    steady: Operator
    pulsed: tuple[tuple[Pulse, Operator], ...] = ()


@dataclass(frozen=True)
class Realization:
    """Matrices of a problem in one basis; `D` is the dimension of the whole space.

    Attributes
    ----------
    problem : Problem
        What is realised.
    basis : {"symmetric", "full"}
        The basis of the atoms.
    """

    problem: Problem
    basis: Basis

    @property
    def dim(self) -> int:
        """Dimension D."""
        return self.problem.space.dim(self.basis)

    def starting(self, start: Start) -> Realization:
        """Return the same with another initial state; the matrices known already are kept."""
        other = Realization(replace(self.problem, initial=start), self.basis)
        own = {"problem", "initial"}
        vars(other).update({name: known for name, known in vars(self).items() if name not in own})
        return other

    def embed(self, parts: Mapping[str, Operator]) -> Operator:
        """Return the product of operators on some factors with identities on the others."""
        rows, columns, values = self._entries(parts)
        return sp.csr_array((values, (rows, columns)), shape=(self.dim, self.dim))

    def _entries(self, parts: Mapping[str, Operator]) -> tuple[NDArray[Any], ...]:
        """Return rows, columns and values of `embed`."""
        if WHOLE in parts:
            if len(parts) > 1:
                raise UnsupportedError("An operator on the whole space stands alone in its term.")
            coo = parts[WHOLE].tocoo()
            return (*coo.coords, coo.data)
        rows = columns = np.zeros(1, dtype=np.int64)
        values = np.ones(1)
        dims = self.problem.space.dims(self.basis)
        for name, dim in zip(self.problem.space.factors, dims, strict=True):
            if name in parts:
                coo = parts[name].tocoo()
                row, column = coo.coords
                value = coo.data
            else:
                row = column = np.arange(dim)
                value = np.ones(dim)
            rows = np.add.outer(rows * dim, row).ravel()
            columns = np.add.outer(columns * dim, column).ravel()
            values = np.multiply.outer(values, value).ravel()
        return rows, columns, values

    def operator(self, terms: Iterable[Term]) -> Operator:
        """Return Σ coefficient × product, shape ``(D, D)``, real if all of it is real.

        Pulses are left out: see `pulsed`.
        """
        none = np.zeros(0, dtype=np.int64)
        found: list[tuple[NDArray[Any], ...]] = [(none, none, np.zeros(0))]
        for term in terms:
            parts = {
                name: self._operator(name, product) for name, product in term.operators.items()
            }
            coefficient = complex(term.coefficient)
            value = coefficient if coefficient.imag else coefficient.real
            rows, columns, values = self._entries(parts)
            found.append((rows, columns, value * values))
        rows, columns, values = (np.concatenate(part) for part in zip(*found, strict=True))
        return tidy(sp.csr_array((values, (rows, columns)), shape=(self.dim, self.dim)))

    def _jump_operators(self, jump: Jump) -> list[Operator]:
        if jump.scope == "collective":
            return [self.operator([Term(1.0, jump.operators)])]
        if len(jump.operators) != 1:
            raise UnsupportedError(f"A local jump acts on one factor, not on {jump.operators}.")
        ((name, operator),) = jump.operators.items()
        factor = self._factor(name)
        parts = factor.local_operators(operator, self.basis)
        return [tidy(self.embed({name: part})) for part in parts]

    def _operator(self, where: str, product: str) -> Operator:
        if where != WHOLE:
            self._factor(where)
        return self.problem.space.operator(where, product, self.basis)

    def _factor(self, name: str) -> Factor:
        factors = self.problem.space.factors
        if name not in factors:
            known = ", ".join(f"`{known}`" for known in factors)
            raise UnsupportedError(f"There is no factor `{name}`; the space has {known}.")
        return factors[name]

    @cached_property
    def H_B(self) -> Operator:
        """Battery Hamiltonian, shape ``(D, D)``."""
        return self.operator(self.problem.battery_terms)

    @cached_property
    def H(self) -> Operator:
        """Hamiltonian without what is switched by pulses, shape ``(D, D)``."""
        steady = [term for term in self.problem.charging_terms if term.pulse is None]
        return self.operator([*self.problem.battery_terms, *steady])

    @cached_property
    def pulsed(self) -> tuple[tuple[Pulse, Operator], ...]:
        """Pairs (f, H_k) of the rest of the Hamiltonian, H(t) = H + Σ f(t) H_k."""
        if any(term.pulse is not None for term in self.problem.battery_terms):
            raise UnsupportedError("H_B cannot have pulses: the stored energy would change by it.")
        switched: dict[int, tuple[Pulse, list[Term]]] = {}
        for term in self.problem.charging_terms:
            if term.pulse is not None:
                switched.setdefault(id(term.pulse), (term.pulse, []))[1].append(term)
        return tuple((pulse, self.operator(terms)) for pulse, terms in switched.values())

    @cached_property
    def U(self) -> Operator:
        """Inner energy, H without drives and change of frame, shape ``(D, D)``."""
        inner = [term for term in self.problem.charging_terms if not term.agent]
        return self.operator([*self.problem.battery_terms, *inner])

    def driving(self, drive: str) -> Observable:
        """Return the part of H(t) that belongs to one drive."""
        terms = [term for term in self.problem.charging_terms if term.agent == drive]
        steady = self.operator([term for term in terms if term.pulse is None])
        pulsed = [(term.pulse, self.operator([term])) for term in terms if term.pulse is not None]
        return Observable(steady, tuple(pulsed))

    @cached_property
    def pattern(self) -> Operator:
        """Nonnegative matrix with entries wherever H(t) or the damping can have one."""
        return sp.csr_array(
            sum((abs(part) for _, part in self.pulsed), start=abs(self.H) + abs(self.no_jump))
        )

    @cached_property
    def jumps(self) -> tuple[tuple[float, Operator], ...]:
        """Pairs (γ, c) of all dissipators γ D[c], each c of shape ``(D, D)``."""
        return self.jumps_of(None)

    def jumps_of(self, source: str | None) -> tuple[tuple[float, Operator], ...]:
        """Return the pairs (γ, c) of one environment, or of all."""
        return tuple(
            (jump.rate, matrix)
            for jump in self.problem.jumps
            if source in (None, jump.source)
            for matrix in self._jump_operators(jump)
        )

    @cached_property
    def no_jump(self) -> Operator:
        """½ Σ γ c†c, the damping between jumps, shape ``(D, D)``."""
        total: Operator = sp.csr_array((self.dim, self.dim), dtype=np.float64)
        for rate, c in self.jumps:
            total = sp.csr_array(total + 0.5 * rate * (c.conj().T @ c))
        return tidy(total)

    @cached_property
    def initial(self) -> Operator:
        """Initial density matrix as a sparse matrix, shape ``(D, D)``."""
        space, given = self.problem.space, self.problem.initial
        if WHOLE in given:
            if given[WHOLE].shape[0] != self.dim:
                raise UnsupportedError(
                    f"The {self.basis} basis has {self.dim} states, but the initial state was"
                    f' given for {given[WHOLE].shape[0]}: use basis "symmetric", and no local'
                    " decay."
                )
            return tidy(_density(given[WHOLE], self.dim))
        ground = np.ones(1)
        parts = {
            name: _density(given.get(name, ground), dim)
            for name, dim in zip(space.factors, space.dims(self.basis), strict=True)
        }
        return tidy(self.embed(parts))

    @property
    def rho_0(self) -> NDArray[np.complex128]:
        """Initial density matrix, shape ``(D, D)``."""
        return np.asarray(self.initial.toarray(), dtype=np.complex128)

    def adjoint(self, operator: Operator) -> Operator:
        """Return L†(O) = i[H, O] + Σ γ (c†Oc − ½{c†c, O}), so that d⟨O⟩/dt = ⟨L†(O)⟩.

        The commutators with what pulses switch are apart: see `pulsed_adjoint`.
        """
        commutator = 1j * (self.H @ operator - operator @ self.H)
        return tidy(sp.csr_array(commutator + self.dissipated(operator)))

    def dissipated(self, operator: Operator, source: str | None = None) -> Operator:
        """Return Σ γ (c†Oc − ½{c†c, O}) over the jumps from one environment, or from all."""
        total: Operator = sp.csr_array((self.dim, self.dim), dtype=np.float64)
        for rate, c in self.jumps_of(source):
            loss = c.conj().T @ c
            gain = c.conj().T @ operator @ c - 0.5 * (loss @ operator + operator @ loss)
            total = sp.csr_array(total + rate * gain)
        return tidy(total)

    def pulsed_adjoint(self, operator: Operator) -> tuple[tuple[Pulse, Operator], ...]:
        """Return pairs (f, i[H_k, O]): d⟨O⟩/dt has f(t)⟨i[H_k, O]⟩ besides `adjoint`."""
        return tuple(
            (pulse, tidy(sp.csr_array(1j * (part @ operator - operator @ part))))
            for pulse, part in self.pulsed
        )


def choose_basis(problem: Problem, basis: Basis | None = None) -> Basis:
    """Return the basis named, or the smallest that holds the problem.

    Raises
    ------
    UnsupportedError
        If there is no such basis, or none is named and the one that holds the problem has more
        than 4096 states.
    """
    if basis is not None:
        if basis not in get_args(Basis):
            raise UnsupportedError(f'There is no basis {basis!r}, only "symmetric" and "full".')
        return basis
    if all(jump.scope == "collective" for jump in problem.jumps):
        return "symmetric"
    dim = problem.space.dim("full")
    if dim > FULL_DIM_LIMIT:
        raise UnsupportedError(
            f"Local decay needs the full basis, which has {dim} states here, more than"
            f" {FULL_DIM_LIMIT}. Use fewer atoms or photons, or collective decay."
        )
    return "full"


def realize(problem: Problem, basis: Basis | None = None) -> Realization:
    """Return the problem as arrays, in the smallest basis that holds it unless one is named.

    Raises
    ------
    UnsupportedError
        If the basis cannot hold the problem (local decay on the symmetric ladder), or is too
        large to be chosen without being named.
    """
    realization = Realization(problem, choose_basis(problem, basis))
    _ = realization.jumps
    return realization


def _density(state: Any, dim: int) -> Operator:
    """Return a ket, whose last entries may be left out if 0, or density matrix as ``(d, d)``."""
    if state.ndim != 1:
        return sp.csr_array(state, copy=True)
    levels = np.flatnonzero(state)
    values = np.multiply.outer(state[levels], state[levels].conj()).ravel()
    place = (np.repeat(levels, len(levels)), np.tile(levels, len(levels)))
    return sp.csr_array((values, place), shape=(dim, dim))
