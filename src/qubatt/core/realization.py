"""A Problem as arrays in a basis; only this module converts named operators to matrices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Protocol

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from qubatt.core.errors import UnsupportedError
from qubatt.core.fixed_pattern import adjoint, combination, on_pattern, product, union
from qubatt.core.initial import Ensemble, density, ensemble
from qubatt.core.problem import Jump, OperatorProduct, Problem, Pulse, Start, Term
from qubatt.core.size import check_density, count_text
from qubatt.core.space import WHOLE_SPACE, Basis, Factor, Operator

FULL_DIM_LIMIT = 4096
"""Largest dimension for which the full basis is chosen automatically."""


class Measurable(Protocol):
    """An object with an operator, such as an observable of `qubatt.core.observable`."""

    def realize(self, realization: Realization) -> TimeDependent:
        """Return the operator."""


@dataclass(frozen=True)
class TimeDependent:
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
    """Matrices of a problem in the basis of its space; `D` is the dimension of the whole space.

    Each matrix is built once, at its first use.

    Attributes
    ----------
    problem : Problem
        The problem to represent.
    """

    problem: Problem

    @property
    def basis(self) -> str:
        """The basis in words; see `Space.basis`."""
        return self.problem.space.basis

    @property
    def dim(self) -> int:
        """Dimension D."""
        return self.problem.space.dim

    @cached_property
    def battery_alone(self) -> Realization:
        """The battery factor with H_B, without charger, drives or dissipators."""
        return Realization(self.problem.battery_alone())

    @cached_property
    def _observed(self) -> dict[Measurable, TimeDependent]:
        return {}

    def observe(self, observable: Measurable) -> TimeDependent:
        """Return the operator of an observable, which is built once."""
        if observable not in self._observed:
            self._observed[observable] = observable.realize(self)
        return self._observed[observable]

    def embed(self, parts: Mapping[str, Operator]) -> Operator:
        """Return the product of operators on some factors and identities on the others."""
        if WHOLE_SPACE in parts:
            if len(parts) > 1:
                raise UnsupportedError(
                    "A term with an operator on the whole space cannot contain other operators."
                )
            return on_pattern(parts[WHOLE_SPACE])
        rows = columns = np.zeros(1, dtype=np.int64)
        values = np.ones(1)
        space = self.problem.space
        for name, dim in zip(space.factors, space.dims, strict=True):
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
        return on_pattern(sp.csr_array((values, (rows, columns)), shape=(self.dim, self.dim)))

    @cached_property
    def _shared(self) -> dict[Any, Any]:
        """Operators without coefficients, shared by all problems on equal spaces."""
        space = self.problem.space
        return {} if space.matrices else _shared_operators(tuple(space.factors.items()))

    def product(self, operators: OperatorProduct) -> Operator:
        """Return a product of named operators, shape ``(D, D)``."""
        if operators not in self._shared:
            space = self.problem.space
            parts = {name: space.operator(name, names) for name, names in operators.items()}
            self._shared[operators] = self.embed(parts)
        shared: Operator = self._shared[operators]
        return shared

    def operator(self, terms: Iterable[Term]) -> Operator:
        """Return Σ coefficient × product, shape ``(D, D)``, real if all terms are real.

        Pulses are left out: see `pulsed`.
        """
        return combination(
            [(t.coefficient, self.product(t.operators)) for t in terms if t.coefficient], self.dim
        )

    def _jump_operators(self, jump: Jump) -> Sequence[Operator]:
        if jump.scope == "collective":
            return [self.product(jump.operators)]
        key = ("local", jump.operators)
        if key not in self._shared:
            self._shared[key] = self._local_operators(jump)
        operators: Sequence[Operator] = self._shared[key]
        return operators

    def _local_operators(self, jump: Jump) -> Sequence[Operator]:
        """Return the operators of a local jump, one for each particle."""
        if len(jump.operators) != 1:
            raise UnsupportedError(f"A local jump acts on one factor, not on {jump.operators}.")
        ((name, operators),) = jump.operators.items()
        parts = self.problem.space.factor(name).local_operators(" ".join(operators))
        return tuple(self.embed({name: part}) for part in parts)

    @cached_property
    def H_B(self) -> Operator:
        """Battery Hamiltonian, shape ``(D, D)``."""
        return self.operator(self.problem.battery_terms)

    @cached_property
    def empty_energy(self) -> float:
        """E_G, the energy of the empty battery: Tr[P H_B] / Tr P with P = P_ground."""
        alone = self.battery_alone
        P = alone.operator([Term(1.0, {self.problem.battery: "P_ground"})])
        return float(product(P, alone.H_B).trace().real / P.trace().real)

    @cached_property
    def H(self) -> Operator:
        """Hamiltonian without the pulsed terms, shape ``(D, D)``."""
        steady = [term for term in self.problem.charging_terms if term.pulse is None]
        return self.operator([*self.problem.battery_terms, *steady])

    @cached_property
    def pulsed(self) -> tuple[tuple[Pulse, Operator], ...]:
        """Pairs (f, H_k) of the time-dependent part of H(t) = H + Σ f(t) H_k."""
        if any(term.pulse is not None for term in self.problem.battery_terms):
            raise UnsupportedError(
                "H_B cannot contain pulses: they would make the definition of the stored energy"
                " depend on time."
            )
        switched: dict[int, tuple[Pulse, list[Term]]] = {}
        for term in self.problem.charging_terms:
            if term.pulse is not None:
                switched.setdefault(id(term.pulse), (term.pulse, []))[1].append(term)
        return tuple((pulse, self.operator(terms)) for pulse, terms in switched.values())

    @cached_property
    def U(self) -> Operator:
        """Internal energy, H without the drives and the change of frame, shape ``(D, D)``."""
        inner = [term for term in self.problem.charging_terms if not term.agent]
        return self.operator([*self.problem.battery_terms, *inner])

    def driving(self, drive: str) -> TimeDependent:
        """Return the terms of H(t) of one drive."""
        terms = [term for term in self.problem.charging_terms if term.agent == drive]
        steady = self.operator([term for term in terms if term.pulse is None])
        pulsed = [(term.pulse, self.operator([term])) for term in terms if term.pulse is not None]
        return TimeDependent(steady, tuple(pulsed))

    @cached_property
    def pattern(self) -> Operator:
        """Matrix with a one wherever H(t) or the damping can have a nonzero entry."""
        return union([self.H, self.no_jump, *(part for _, part in self.pulsed)])

    @cached_property
    def jumps(self) -> tuple[tuple[float, Operator], ...]:
        """Pairs (γ, c) of all dissipators γ D[c], each c of shape ``(D, D)``."""
        return tuple((rate, c) for _, rate, c in self._jumps)

    @cached_property
    def _jumps(self) -> tuple[tuple[str, float, Operator], ...]:
        """Source, γ and c of all dissipators."""
        return tuple(
            (jump.source, jump.rate, matrix)
            for jump in self.problem.jumps
            for matrix in self._jump_operators(jump)
        )

    def jumps_of(self, source: str | None) -> tuple[tuple[float, Operator], ...]:
        """Return the pairs (γ, c) of one environment, or of all."""
        return tuple((rate, c) for name, rate, c in self._jumps if source in (None, name))

    @cached_property
    def no_jump(self) -> Operator:
        """½ Σ γ c†c, the damping between jumps, shape ``(D, D)``."""
        losses = [(0.5 * rate, product(adjoint(c), c)) for rate, c in self.jumps]
        return combination(losses, self.dim)

    @cached_property
    def initial(self) -> Operator:
        """Initial density matrix as a sparse matrix, shape ``(D, D)``."""
        return self.density(self.problem.initial)

    def density(self, initial: Start) -> Operator:
        """Return an initial state of any kind as a sparse density matrix, shape ``(D, D)``."""
        return density(initial, self.problem.space)

    def ensemble(self, initial: Start) -> Ensemble:
        """Return an initial state of any kind as kets with weights."""
        return ensemble(initial, self.problem.space)

    @property
    def rho_0(self) -> NDArray[np.complex128]:
        """Initial density matrix, shape ``(D, D)``."""
        return np.asarray(self.initial.toarray(), dtype=np.complex128)

    def adjoint(self, operator: Operator) -> Operator:
        """Return L†(O) = i[H, O] + Σ γ (c†Oc − ½{c†c, O}), so that d⟨O⟩/dt = ⟨L†(O)⟩.

        Commutators with the pulsed parts of H are separate: see `pulsed_adjoint`.
        """
        operator = on_pattern(operator)
        parts = [(1.0, commutator(self.H, operator)), (1.0, self.dissipated(operator))]
        return combination(parts, self.dim)

    def dissipated(self, operator: Operator, source: str | None = None) -> Operator:
        """Return Σ γ (c†Oc − ½{c†c, O}) over the jumps from one environment, or from all."""
        operator, parts = on_pattern(operator), []
        for rate, c in self.jumps_of(source):
            raised = adjoint(c)
            loss = product(raised, c)
            parts += [
                (rate, product(product(raised, operator), c)),
                (-0.5 * rate, product(loss, operator)),
                (-0.5 * rate, product(operator, loss)),
            ]
        return combination(parts, self.dim)

    def pulsed_adjoint(self, operator: Operator) -> tuple[tuple[Pulse, Operator], ...]:
        """Return pairs (f, i[H_k, O]); each adds f(t)⟨i[H_k, O]⟩ to d⟨O⟩/dt."""
        operator = on_pattern(operator)
        return tuple((pulse, commutator(part, operator)) for pulse, part in self.pulsed)


def commutator(A: Operator, B: Operator) -> Operator:
    """Return i[A, B], shape ``(D, D)``."""
    return combination([(1j, product(A, B)), (-1j, product(B, A))], A.shape[0])


@lru_cache(maxsize=16)
def _shared_operators(factors: tuple[tuple[str, Factor], ...]) -> dict[Any, Any]:  # noqa: ARG001  # the key
    """Return the operators built so far on a space with these factors; do not modify them."""
    return {}


def in_smallest_basis(
    problem: Problem, basis: Basis | Mapping[str, Basis] | None = None
) -> Problem:
    """Return the problem in the named basis, or by default in the smallest suitable basis.

    A factor is restricted to its symmetric states unless a local jump acts on it.

    Raises
    ------
    UnsupportedError
        If there is no such basis, or if none is named and the smallest suitable basis has more
        than 4096 states.
    """
    if basis is not None:
        return problem.in_basis(basis)
    check_density(problem)
    local = {name for jump in problem.jumps if jump.scope == "local" for name in jump.operators}
    chosen: dict[str, Basis] = {}
    for name, factor in problem.space.factors.items():
        smallest = factor.basis_for(name in local)
        if smallest is not None:
            chosen[name] = smallest
    held = problem.in_basis(chosen)
    if local and held.space.dim > FULL_DIM_LIMIT:
        raise UnsupportedError(
            f"Local decay needs the full basis, which has {count_text(held.space.dim)} states here,"
            f" more than {FULL_DIM_LIMIT}. Use fewer atoms or photons, or collective decay."
        )
    return held


def realize(problem: Problem, basis: Basis | Mapping[str, Basis] | None = None) -> Realization:
    """Return the problem as arrays in the named basis, by default the smallest suitable one.

    Raises
    ------
    UnsupportedError
        If the basis cannot represent the problem (local decay on the symmetric ladder), or is too
        large to be chosen automatically.
    """
    realization = Realization(in_smallest_basis(problem, basis))
    _ = realization.jumps
    return realization
