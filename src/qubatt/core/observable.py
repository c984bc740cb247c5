"""Observables that merits request from engines: declared objects with unique labels.

An engine that uses matrices calls `Realization.observe`; any other engine reads terms, names and
sources. Observables compare and hash by value, and their labels are keys in a `Solution`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from qubatt.core.errors import UnsupportedError
from qubatt.core.fixed_pattern import combination, identity, product, zero
from qubatt.core.problem import Pulse, Term
from qubatt.core.realization import Realization, TimeDependent, commutator
from qubatt.core.space import Names, Operator

COMMUTATOR_TOLERANCE = 1e-13
"""Largest entry of [V, H_B], as a fraction of the product of the largest entries of V and H_B, at
which V counts as commuting with H_B.
"""


class Observable(ABC):
    """A Hermitian operator of a problem whose expectation value is requested."""

    matrices: ClassVar[bool] = False
    """Whether the observable is known only as a matrix, so that the engine needs matrices."""

    @property
    @abstractmethod
    def label(self) -> str:
        """Name within one problem, the key in `Solution.moments`."""

    @abstractmethod
    def realize(self, realization: Realization) -> TimeDependent:
        """Return the operator, each part of shape ``(D, D)``."""


@dataclass(frozen=True)
class StoredEnergy(Observable):
    """H_B, or H_B − E_G with the energy E_G of the empty battery.

    Subtracting E_G avoids a difference of large numbers in the variance of an almost empty battery.
    """

    above_empty: bool = False

    @property
    def label(self) -> str:
        """``H_B`` or ``H_B - E_G``."""
        return "H_B - E_G" if self.above_empty else "H_B"

    def realize(self, realization: Realization) -> TimeDependent:
        """Return the operator."""
        H_B = realization.H_B
        if not self.above_empty:
            return TimeDependent(H_B)
        parts = [(1.0, H_B), (-realization.empty_energy, identity(realization.dim))]
        return TimeDependent(combination(parts, realization.dim))


@dataclass(frozen=True)
class InnerEnergy(Observable):
    """The internal energy U, which is H without the drives and the change of frame."""

    @property
    def label(self) -> str:
        """``U``."""
        return "U"

    def realize(self, realization: Realization) -> TimeDependent:
        """Return the operator."""
        return TimeDependent(realization.U)


@dataclass(frozen=True)
class ChargingEnergy(Observable):
    """V, the terms of H that do not commute with H_B."""

    @property
    def label(self) -> str:
        """``V``."""
        return "V"

    def realize(self, realization: Realization) -> TimeDependent:
        """Return the operator."""
        H_B, parts = realization.H_B, []
        for term in realization.problem.charging_terms:
            part = realization.operator([Term(term.coefficient, term.operators)])
            change = commutator(part, H_B)
            least = COMMUTATOR_TOLERANCE * abs(part).max() * abs(H_B).max()
            if change.nnz and abs(change).max() > least:
                parts.append((term.pulse, part))
        return sum_of_parts(realization.dim, parts)


@dataclass(frozen=True)
class Expectation(Observable):
    """Σ coefficient × product of named operators on named factors; the sum is Hermitian."""

    terms: tuple[Term, ...]

    @classmethod
    def of(cls, factor: str, names: Names) -> Expectation:
        """Return a product of named operators on one factor."""
        return cls((Term(1.0, {factor: names}),))

    @property
    def label(self) -> str:
        """The terms, for example ``cavity n n`` for a term with coefficient 1."""
        return " + ".join(
            f"{term.operators}" if term.coefficient == 1 else f"{term.coefficient} {term.operators}"
            for term in self.terms
        )

    def realize(self, realization: Realization) -> TimeDependent:
        """Return the operator."""
        return TimeDependent(realization.operator(self.terms))


@dataclass(frozen=True)
class Derivative(Observable):
    """L†(O) of an observable O, pulses included: its expectation value is d⟨O⟩/dt."""

    of: Observable

    @property
    def label(self) -> str:
        """``dO/dt``, or ``d2O/dt2`` for a second derivative."""
        order, base = 1, self.of
        while isinstance(base, Derivative):
            order, base = order + 1, base.of
        return f"d{base.label}/dt" if order == 1 else f"d{order}{base.label}/dt{order}"

    def realize(self, realization: Realization) -> TimeDependent:
        """Return the operator.

        Raises
        ------
        UnsupportedError
            If O itself depends on time.
        """
        operator = _steady(self.of, realization)
        return TimeDependent(realization.adjoint(operator), realization.pulsed_adjoint(operator))


@dataclass(frozen=True)
class HeatFlow(Observable):
    """D†(O) of an observable O with the dissipator D of one environment.

    Its expectation value is the contribution of this environment to d⟨O⟩/dt, for O = U the heat
    current.
    """

    of: Observable
    source: str

    @property
    def label(self) -> str:
        """``heat SOURCE of O``."""
        return f"heat {self.source} of {self.of.label}"

    def realize(self, realization: Realization) -> TimeDependent:
        """Return the operator."""
        return TimeDependent(realization.dissipated(_steady(self.of, realization), self.source))


@dataclass(frozen=True)
class WorkFlow(Observable):
    """i[H_drive(t), O] of an observable O with the terms of one drive.

    Its expectation value is the contribution of this drive to d⟨O⟩/dt, for O = U the work flow.
    """

    of: Observable
    drive: str

    @property
    def label(self) -> str:
        """``work DRIVE of O``."""
        return f"work {self.drive} of {self.of.label}"

    def realize(self, realization: Realization) -> TimeDependent:
        """Return the operator."""
        observed, part = _steady(self.of, realization), realization.driving(self.drive)

        pulsed = tuple((pulse, commutator(operator, observed)) for pulse, operator in part.pulsed)
        return TimeDependent(commutator(part.steady, observed), pulsed)


@dataclass(frozen=True)
class Product(Observable):
    """½(AB + BA) of two observables, or A² if they are equal."""

    first: Observable
    second: Observable

    @property
    def label(self) -> str:
        """``(A)(B)``."""
        return f"({self.first.label})({self.second.label})"

    def realize(self, realization: Realization) -> TimeDependent:
        """Return the operator."""
        A, B = (realization.observe(each) for each in (self.first, self.second))
        dim = realization.dim
        pairs = [(times_of(f, g), one, other) for f, one in _parts(A) for g, other in _parts(B)]
        if self.first == self.second:
            products = [(f, product(one, other)) for f, one, other in pairs]
        else:
            products = [
                (f, combination([(0.5, product(one, other)), (0.5, product(other, one))], dim))
                for f, one, other in pairs
            ]
        return sum_of_parts(dim, products)


@dataclass(frozen=True)
class MatrixObservable(Observable):
    """An operator that is built from the matrices of the problem."""

    matrices: ClassVar[bool] = True

    name: str
    build: Callable[[Realization], Operator | TimeDependent]

    @property
    def label(self) -> str:
        """The name given to the operator."""
        return self.name

    def realize(self, realization: Realization) -> TimeDependent:
        """Return the operator."""
        built = self.build(realization)
        return built if isinstance(built, TimeDependent) else TimeDependent(built)


ENERGY = StoredEnergy()
"""The battery energy ⟨H_B⟩."""

POWER = Derivative(ENERGY)
"""The charging power d⟨H_B⟩/dt."""

CURVATURE = Derivative(POWER)
"""The curvature d²⟨H_B⟩/dt² of the energy, for Hamiltonians without pulses."""

ENERGY_SQUARE = Product(StoredEnergy(above_empty=True), StoredEnergy(above_empty=True))
"""The mean square ⟨(H_B − E_G)²⟩ of the energy above the empty battery."""


def _steady(observable: Observable, realization: Realization) -> Operator:
    """Return the operator of a time-independent observable."""
    matrices = realization.observe(observable)
    if matrices.pulsed:
        raise UnsupportedError(
            f"The time derivative of {observable.label} is not available if it contains pulses."
        )
    return matrices.steady


Parts = list[tuple[Pulse | None, Operator]]


def _parts(operator: TimeDependent) -> Parts:
    """Return the parts of an operator, with None as the pulse of the constant part."""
    return [*([(None, operator.steady)] if operator.steady.nnz else []), *operator.pulsed]


def sum_of_parts(dim: int, parts: Parts) -> TimeDependent:
    """Return Σ f(t) O with one operator per pulse."""
    steady = zero(dim)
    pulsed: dict[tuple[int, ...], tuple[Pulse, Operator]] = {}
    for pulse, part in parts:
        if pulse is None:
            steady = combination([(1.0, steady), (1.0, part)], dim)
        else:
            same = tuple(sorted(map(id, _factors(pulse))))  # not all pulses can be hashed
            _, before = pulsed.get(same, (pulse, zero(dim)))
            pulsed[same] = (pulse, combination([(1.0, before), (1.0, part)], dim))
    return TimeDependent(steady, tuple(pulsed.values()))


class _PulseProduct:
    """The product of two pulses."""

    def __init__(self, one: Pulse, other: Pulse) -> None:
        self.factors = one, other

    def __call__(self, time: float) -> float:
        one, other = self.factors
        return one(time) * other(time)


def _factors(pulse: Pulse) -> tuple[Pulse, ...]:
    """Return the factors of a product of pulses, or a single pulse alone."""
    return pulse.factors if isinstance(pulse, _PulseProduct) else (pulse,)


def times_of(one: Pulse | None, other: Pulse | None) -> Pulse | None:
    """Return the product of two pulses, None standing for 1."""
    if one is None or other is None:
        return other if one is None else one
    return _PulseProduct(one, other)
