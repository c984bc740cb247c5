"""A Problem as arrays in a basis: the one place where named operators become matrices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from qubatt.core.errors import UnsupportedError
from qubatt.core.problem import Jump, Problem, Term
from qubatt.core.space import Basis, Operator

FULL_DIM_LIMIT = 4096
"""Largest dimension for which the full basis is chosen without being asked for."""


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

    def embed(self, parts: dict[str, Operator]) -> Operator:
        """Return the product of operators on some factors with identities on the others."""
        factors = self.problem.space.factors
        unknown = set(parts) - set(factors)
        if unknown:
            known = ", ".join(f"`{name}`" for name in factors)
            raise UnsupportedError(f"There is no factor `{unknown.pop()}`; the space has {known}.")
        dims = self.problem.space.dims(self.basis)
        matrices = [
            parts.get(name, sp.eye_array(dim, format="csr"))
            for name, dim in zip(factors, dims, strict=True)
        ]
        return sp.csr_array(reduce(lambda left, right: sp.kron(left, right, "csr"), matrices))

    def operator(self, terms: Iterable[Term]) -> Operator:
        """Return Σ coefficient × product, shape ``(D, D)``, real if all of it is real."""
        factors = self.problem.space.factors
        total: Operator = sp.csr_array((self.dim, self.dim), dtype=np.float64)
        for term in terms:
            parts = {
                name: factors[name].operator(product, self.basis) if name in factors else None
                for name, product in term.operators.items()
            }
            coefficient = complex(term.coefficient)
            value = coefficient if coefficient.imag else coefficient.real
            total = sp.csr_array(total + value * self.embed(parts))
        return _tidy(total)

    def _jump_operators(self, jump: Jump) -> list[Operator]:
        if jump.scope == "collective":
            return [self.operator([Term(1.0, jump.operators)])]
        ((name, product),) = jump.operators.items()
        locals_ = self.problem.space.factors[name].local_operators(product, self.basis)
        return [_tidy(self.embed({name: matrix})) for matrix in locals_]

    @cached_property
    def H_B(self) -> Operator:
        """Battery Hamiltonian, shape ``(D, D)``."""
        return self.operator(self.problem.battery_terms)

    @cached_property
    def H(self) -> Operator:
        """Whole Hamiltonian, shape ``(D, D)``."""
        return _tidy(sp.csr_array(self.H_B + self.operator(self.problem.charging_terms)))

    @cached_property
    def jumps(self) -> tuple[tuple[float, Operator], ...]:
        """Pairs (γ, c) of all dissipators γ D[c], each c of shape ``(D, D)``."""
        return tuple(
            (jump.rate, matrix)
            for jump in self.problem.jumps
            for matrix in self._jump_operators(jump)
        )

    @cached_property
    def no_jump(self) -> Operator:
        """½ Σ γ c†c, the damping between jumps, shape ``(D, D)``."""
        total: Operator = sp.csr_array((self.dim, self.dim), dtype=np.float64)
        for rate, c in self.jumps:
            total = sp.csr_array(total + 0.5 * rate * (c.conj().T @ c))
        return _tidy(total)

    @cached_property
    def rho_0(self) -> NDArray[np.complex128]:
        """Initial density matrix, shape ``(D, D)``."""
        parts = []
        for name, dim in zip(
            self.problem.space.factors, self.problem.space.dims(self.basis), strict=True
        ):
            state = self.problem.initial.get(name)
            if state is None:
                state = np.eye(dim)[0]
            parts.append(np.outer(state, state.conj()) if state.ndim == 1 else state)
        return np.asarray(reduce(np.kron, parts), dtype=np.complex128)

    def adjoint(self, operator: Operator) -> Operator:
        """Return L†(O) = i[H, O] + Σ γ (c†Oc − ½{c†c, O}), so that d⟨O⟩/dt = ⟨L†(O)⟩."""
        damping = self.no_jump @ operator + operator @ self.no_jump
        total = 1j * (self.H @ operator - operator @ self.H) - damping
        for rate, c in self.jumps:
            total = total + rate * (c.conj().T @ operator @ c)
        return _tidy(sp.csr_array(total))


def realize(problem: Problem, basis: Basis | None = None) -> Realization:
    """Return the problem as arrays, in the smallest basis that holds it unless one is named.

    Raises
    ------
    UnsupportedError
        If the basis cannot hold the problem (local decay on the symmetric ladder), or if none is
        named and the one that holds it has more than 4096 states.
    """
    if basis is not None:
        chosen = Realization(problem, basis)
        _ = chosen.jumps
        return chosen
    if all(jump.scope == "collective" for jump in problem.jumps):
        return Realization(problem, "symmetric")
    dim = problem.space.dim("full")
    if dim > FULL_DIM_LIMIT:
        raise UnsupportedError(
            f"Local decay needs the full basis, which has {dim} states here, more than"
            f" {FULL_DIM_LIMIT}. Use fewer atoms or photons, or collective decay."
        )
    return Realization(problem, "full")


def _tidy(matrix: Any) -> Operator:
    """Drop explicit zeros, sort indices, and make a matrix without imaginary part real."""
    result = sp.csr_array(matrix)
    if np.iscomplexobj(result.data) and not np.any(result.data.imag):
        result = sp.csr_array(result.real)
    result.sum_duplicates()
    result.eliminate_zeros()
    return result
