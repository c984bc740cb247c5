"""Rate at which a truncated state departs from the exact one, from expectation values."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, ClassVar, NamedTuple

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from qubatt.core.errors import UnsupportedError
from qubatt.core.fixed_pattern import on_pattern
from qubatt.core.observable import Observable, Parts, sum_of_parts, times_of
from qubatt.core.problem import OperatorProduct, Problem
from qubatt.core.realization import Realization, TimeDependent
from qubatt.core.resize import with_levels
from qubatt.core.space import WHOLE_SPACE, Operator

ROUNDING = 1e-11
"""Largest entry of a defect, relative to the operator, that counts as a rounding error."""


@dataclass(frozen=True, eq=False)
class DefectOperator(Observable):
    """A positive operator X†X or Y†Y of a `CutoffDefect`."""

    matrices: ClassVar[bool] = True

    name: str
    operator: TimeDependent
    norm: float
    """Upper estimate of the largest eigenvalue, without pulses."""

    @property
    def label(self) -> str:
        """Label of the operator, such as ``cutoff K``."""
        return f"cutoff {self.name}"

    @property
    def matrices_by_pulse(self) -> list[Operator]:
        """All parts of the operator."""
        return _matrices(self.operator)

    def realize(self, realization: Realization) -> TimeDependent:  # noqa: ARG002  # built already
        """Return the operator."""
        return self.operator


class JumpDefect(NamedTuple):
    """Defect of one dissipator γ D[c]: γ, J†J, c†c and M†M, and the matrices J, c and M.

    The matrices have a row for each state of the larger space, and a column for each retained one.
    """

    rate: float
    JJ: DefectOperator
    cc: DefectOperator
    MM: DefectOperator
    J: Operator
    c: Operator
    M: Operator


Number = Any
"""A number or an array."""


@dataclass(frozen=True)
class CutoffDefect:
    """The part of the generator that a photon cut-off removes, 𝓛̂ρ − 𝓛ρ for ρ below the cut-off.

    With the projector P onto the retained levels and untruncated operators under a hat,

        K = ĤP − H,   J = ĉP − c,   M = ĉ†ĉP − c†c,
        (𝓛̂ − 𝓛)ρ = −i(Kρ − ρK†) + Σ γ [Jρc† + cρJ† + JρJ† − ½(Mρ + ρM†)]

    and ‖Xρ‖₁ ≤ √Tr[ρX†X] gives the rate

        b = 2√⟨K†K⟩ + Σ γ [⟨J†J⟩ + 2√(⟨J†J⟩⟨c†c⟩) + √⟨M†M⟩]  ≥  ‖(𝓛̂ − 𝓛)ρ‖₁ .

    The exact flow contracts the trace norm, so ‖ρ̂(t) − ρ(t)‖₁ ≤ ‖ρ̂(0) − ρ(0)‖₁ + ∫ b dt.
    Source: etienney2025.

    Attributes
    ----------
    KK : DefectOperator or None
        K†K; None if it is zero.
    jumps : tuple of JumpDefect
        Dissipators with J ≠ 0 or M ≠ 0.
    K : sparse array or None
        The part of K without pulses, a row for each state of the larger space; None if it is zero.
    embedding : sparse array or None
        Map from the retained levels into the larger space; None if there is no defect.
    """

    KK: DefectOperator | None
    jumps: tuple[JumpDefect, ...]
    K: Operator | None = None
    embedding: Operator | None = None

    @property
    def operators(self) -> tuple[DefectOperator, ...]:
        """All operators that `rate` needs."""
        own = () if self.KK is None else (self.KK,)
        return (*own, *(operator for jump in self.jumps for operator in jump[1:4]))

    @property
    def is_zero(self) -> bool:
        """Whether no operator leads above the cut-off."""
        return self.KK is None and not self.jumps

    def rate(self, value: Callable[[DefectOperator], Number]) -> Number:
        """Return b for given expectation values."""
        return self._sum(value, value)

    def integral(self, length: Number, integral: Callable[[DefectOperator], Number]) -> Number:
        """Return a bound on ∫ b dt over an interval from the integrals of all expectation values.

        2√(h∫⟨K†K⟩) + Σ γ [∫⟨J†J⟩ + 2√(∫⟨J†J⟩ ∫⟨c†c⟩) + √(h∫⟨M†M⟩)] for an interval of length h.
        """
        return self._sum(lambda X: length * integral(X), integral)

    def _sum(
        self,
        alone: Callable[[DefectOperator], Number],
        paired: Callable[[DefectOperator], Number],
    ) -> Number:
        total: Number = 0.0
        if self.KK is not None:
            total = total + 2.0 * np.sqrt(alone(self.KK))
        for rate, JJ, cc, MM, *_ in self.jumps:
            jumping = paired(JJ)
            total = total + rate * (
                jumping + 2.0 * np.sqrt(jumping * paired(cc)) + np.sqrt(alone(MM))
            )
        return total

    def norm(self, rho: NDArray[Any]) -> float:
        """Return the Frobenius norm of (𝓛̂ − 𝓛)ρ for a density matrix, shape ``(D, D)``.

        It is sharper than `rate`, which contains square roots of populations where ρ is mixed.
        """
        E = self.embedding
        if E is None:
            return 0.0
        total = np.zeros((E.shape[0],) * 2, dtype=np.complex128)
        if self.K is not None:
            total += -1j * _right(self.K @ rho, E)
        for rate, _, _, _, J, c, M in self.jumps:
            total += rate * (_right(J @ rho, c) - 0.5 * _right(M @ rho, E))
            total += 0.5 * rate * _right(J @ rho, J)
        return float(np.linalg.norm(total + total.conj().T))


def _right(left: NDArray[Any], right: Operator) -> NDArray[Any]:
    """Return A B† of a dense A and a sparse B."""
    return np.asarray((right.conj() @ left.T).T)


def cutoff_defect(realization: Realization) -> CutoffDefect | None:
    """Return the defect of the cut-offs of all modes; None if it is not known.

    The problem is realised with a few more levels, and its operators are compared. The defect is
    not known if a matrix cannot be continued to more levels; see `with_levels`.
    """
    problem = realization.problem
    extra = reach(problem)
    if not any(extra.values()):
        return CutoffDefect(None, ())
    dims = {mode: problem.space.factors[mode].dim + more for mode, more in extra.items()}
    try:
        larger = Realization(with_levels(_leading_up(problem), dims))
        small = Realization(_leading_up(problem))
        rest = _Restriction(larger, realization)
        pairs = zip(larger.jumps, small.jumps, strict=True)
        jumps = [rest.jump(k, *pair) for k, pair in enumerate(pairs)]
        K: Parts = [(None, rest.defect(larger.H, small.H))]
        K += [
            (pulse, rest.defect(H, part))
            for (pulse, H), (_, part) in zip(larger.pulsed, small.pulsed, strict=True)
        ]
    except UnsupportedError:
        return None
    K = [(pulse, part) for pulse, part in K if part.nnz]
    KK = rest.square("K", K) if K else None
    steady = next((part for pulse, part in K if pulse is None), None)
    present = tuple(jump for jump in jumps if jump is not None)
    return CutoffDefect(KK, present, steady, rest.embedding)


def reach(problem: Problem) -> dict[str, int]:
    """Return, for each mode, how many levels a product of operators can lead above the cut-off."""
    terms = (*problem.battery_terms, *problem.charging_terms)
    products = [term.operators for term in terms if term.coefficient]
    products += [jump.operators for jump in problem.jumps]
    return {
        mode: max(
            (
                sum(int(abs(part).max()) for part in _shifts(problem, mode, each))
                for each in products
            ),
            default=0,
        )
        for mode in problem.space.modes
    }


def _leading_up(problem: Problem) -> Problem:
    """Return the problem with only the terms and jumps that can lead to higher levels.

    The others have no defect: terms that raise no level, and jumps that change the levels by one
    fixed number ≤ 0.
    """
    changes = {
        product: [part for mode in problem.space.modes for part in _shifts(problem, mode, product)]
        for product in {
            *(term.operators for term in (*problem.battery_terms, *problem.charging_terms)),
            *(jump.operators for jump in problem.jumps),
        }
    }
    raising = {each for each, parts in changes.items() if any(part.max() > 0 for part in parts)}
    mixed = {each for each, parts in changes.items() if any(len(part) > 1 for part in parts)}
    return replace(
        problem,
        battery_terms=tuple(term for term in problem.battery_terms if term.operators in raising),
        charging_terms=tuple(term for term in problem.charging_terms if term.operators in raising),
        jumps=tuple(jump for jump in problem.jumps if jump.operators in raising | mixed),
    )


def _shifts(problem: Problem, mode: str, product: OperatorProduct) -> list[NDArray[np.int64]]:
    """Return the distinct changes of the level of a mode by each factor of a product."""
    space = problem.space
    parts = []
    for where, names in product.items():
        if where in (mode, WHOLE_SPACE):
            whole = where == WHOLE_SPACE
            level = space.level_of(mode) if whole else np.arange(space.factors[mode].dim)
            for name in names:
                row, column = space.operator(where, (name,)).tocoo().coords
                parts.append(np.unique(level[row] - level[column]))
    return [part for part in parts if len(part)]


class _Restriction:
    """Comparison of operators on a larger space with those on the retained levels."""

    def __init__(self, larger: Realization, realization: Realization) -> None:
        space = realization.problem.space
        self._kept = space.places_in(larger.problem.space)
        ones = np.ones(len(self._kept))
        entries = (ones, (self._kept, np.arange(space.dim)))
        self.embedding = sp.csr_array(entries, shape=(larger.dim, space.dim))

    def defect(self, larger: Operator, small: Operator) -> Operator:
        """Return X̂P − X, one column per retained state, without rounding errors."""
        restricted = larger @ self.embedding
        difference = sp.csr_array(restricted - self.embedding @ small)
        least = ROUNDING * float(np.abs(restricted.data).max(initial=0.0))
        difference.data[np.abs(difference.data) <= least] = 0.0
        difference.eliminate_zeros()
        return difference

    def square(self, name: str, parts: Iterable[tuple[Any, Operator]]) -> DefectOperator:
        """Return X†X of X = Σ f X_f with pulses f, or None in place of f."""
        parts, dim = list(parts), self.embedding.shape[1]
        products: Parts = []
        for f, one in parts:
            for g, other in parts:
                matrix = sp.csr_array(one.conj().T @ other)
                products.append((times_of(f, g), on_pattern(matrix)))
        operator = sum_of_parts(dim, products)
        norms = [float(abs(part).sum(axis=0).max()) for part in _matrices(operator)]
        return DefectOperator(name, operator, math.fsum(norms))

    def jump(
        self, k: int, larger: tuple[float, Operator], small: tuple[float, Operator]
    ) -> JumpDefect | None:
        """Return the defect of one dissipator, or None if it is zero."""
        rate, c = small
        J = self.defect(larger[1], c)
        M = self.defect(_loss(larger[1]), _loss(c))
        if not J.nnz and not M.nnz:
            return None
        X = {"J": J, "c": self.embedding @ c, "M": M}
        squares = [self.square(f"{name}{k}", [(None, part)]) for name, part in X.items()]
        return JumpDefect(rate, *squares, *X.values())


def _loss(c: Operator) -> Operator:
    return sp.csr_array(c.conj().T @ c)


def _matrices(operator: TimeDependent) -> list[Operator]:
    return [operator.steady, *(part for _, part in operator.pulsed)]
