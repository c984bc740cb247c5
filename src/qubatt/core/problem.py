"""Problem of a model: terms of named operators, jumps with their rates, an initial state."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from qubatt.core.errors import ArgumentError
from qubatt.core.space import Basis, Names, Space

ROTATING_FRAME = "frame"
"""Value of `drive` for a term that only changes the frame and does no work."""

Pulse = Callable[[float], float]
"""A real function of time; an optional ``breaks()`` returns times that no step may cross."""

Start = Mapping[str, Any]
"""Initial ket, density matrix or `Ensemble` of factors, by name; see `Problem`."""


def pulse_value(pulse: Pulse, time: float) -> float:
    """Return f(t) of a pulse.

    Raises
    ------
    ArgumentError
        If the value is not a finite real number; the message names the time.
    """
    value = pulse(float(time))
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise ArgumentError("pulse", f"be a finite real number at time {time:.6g}", value)
    return number


class OperatorProduct(Mapping[str, Names]):
    """A product of named operators on named factors, which compares and hashes by value.

    ``OperatorProduct({"cavity": "a", "atoms": ("J+", "J-")})`` is a ⊗ J₊J₋: the value is one
    name, or several names in the order of the product.
    """

    __slots__ = ("_hash", "_names")

    def __init__(self, names: Mapping[str, str | Iterable[str]]) -> None:
        self._names: dict[str, Names] = {
            factor: (part,) if isinstance(part, str) else tuple(part)
            for factor, part in names.items()
        }
        self._hash = hash(frozenset(self._names.items()))

    def __getitem__(self, factor: str) -> Names:
        return self._names[factor]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, OperatorProduct):
            return self._names == other._names
        if not isinstance(other, Mapping):
            return NotImplemented
        return self._names == OperatorProduct(other)._names

    def __hash__(self) -> int:
        return self._hash

    def __repr__(self) -> str:
        return f"OperatorProduct({self._names})"

    def __str__(self) -> str:
        return " ".join(" ".join([factor, *names]) for factor, names in self._names.items()) or "1"


Product = Mapping[str, "str | Iterable[str]"]
"""Accepted notations of a product of operators."""


@dataclass(frozen=True)
class Term:
    """A coefficient times a product of named operators on named factors.

    ``Term(0.5, {"cavity": "a", "atoms": "J+"})`` is 0.5 a J₊, and with ``("J+", "J-")`` for the
    atoms it is 0.5 a J₊J₋; without operators, it is a multiple of the identity. A pulse f
    multiplies the term by f(t). Named operators on the whole space are written
    ``Term(1.0, {"space": "H_charge"})``.

    A `drive` names the classical field that does work on the system through this term. A pulse also
    does work. Without a drive or pulse, the term is part of the internal energy U.
    `ROTATING_FRAME` marks a change of frame, which does not contribute to U.
    """

    coefficient: complex
    operators: OperatorProduct
    pulse: Pulse | None
    drive: str

    def __init__(
        self,
        coefficient: complex,
        operators: Product | None = None,
        pulse: Pulse | None = None,
        drive: str = "",
    ) -> None:
        object.__setattr__(self, "coefficient", coefficient)
        product = operators if isinstance(operators, OperatorProduct) else None
        object.__setattr__(self, "operators", product or OperatorProduct(operators or {}))
        object.__setattr__(self, "pulse", pulse)
        object.__setattr__(self, "drive", drive)

    def __hash__(self) -> int:
        return hash((self.coefficient, self.operators, self.drive))  # not all pulses can be hashed

    @property
    def agent(self) -> str:
        """Name of the drive or pulse that does work through this term, or an empty string."""
        return self.drive or ("switch" if self.pulse is not None else "")


@dataclass(frozen=True)
class Jump:
    """A dissipator γ D[c], with D[c]ρ = cρc† − ½{c†c, ρ}.

    Parameters
    ----------
    rate : float
        γ, in units of the reference frequency; c does not contain √γ.
    operators : mapping
        c as a product of named operators on named factors.
    scope : {"collective", "local"}
        ``"local"`` means one such dissipator per particle of the factor.
    source : str
        Name of the environment that causes the dissipator.
    """

    rate: float
    operators: OperatorProduct
    scope: Literal["collective", "local"]
    source: str

    def __init__(
        self,
        rate: float,
        operators: Product,
        scope: Literal["collective", "local"] = "collective",
        source: str = "",
    ) -> None:
        object.__setattr__(self, "rate", rate)
        product = operators if isinstance(operators, OperatorProduct) else None
        object.__setattr__(self, "operators", product or OperatorProduct(operators))
        object.__setattr__(self, "scope", scope)
        object.__setattr__(self, "source", source)


@dataclass(frozen=True)
class Problem:
    """An open battery in a form that every engine accepts.

    dρ/dt = −i[H, ρ] + Σ γ D[c]ρ with H = H_B + H_charge.

    Parameters
    ----------
    space : Space
        Named factors in order, each in its basis.
    battery : str
        The factor that stores the energy.
    battery_terms : tuple of Term
        H_B, the operator whose expectation value is the stored energy.
    charging_terms : tuple of Term
        Everything else in H: charger, coupling, drive, change of frame.
    jumps : tuple of Jump
        Dissipators; those with rate 0 are omitted.
    initial : mapping of str to array or Ensemble
        Initial ket ``(d,)``, density matrix ``(d, d)`` or kets with weights of a factor; factors
        left out start in their ground level. A single entry ``"space"`` is the
        initial state of the whole space.
    charger : str or None
        The factor that charger states are prepared in; None if there is none.
    """

    space: Space
    battery: str
    battery_terms: tuple[Term, ...]
    charging_terms: tuple[Term, ...]
    jumps: tuple[Jump, ...] = ()
    initial: Start = field(default_factory=dict)
    charger: str | None = None

    @property
    def breaks(self) -> set[float]:
        """Times at which pulses may jump."""
        pulses = [term.pulse for term in self.charging_terms if term.pulse is not None]
        return {float(time) for pulse in pulses for time in getattr(pulse, "breaks", tuple)()}

    @property
    def has_pulses(self) -> bool:
        """Whether the Hamiltonian depends on time."""
        return any(term.pulse is not None for term in self.charging_terms)

    @property
    def mode(self) -> str | None:
        """The mode whose photons are counted: the charger if it is one, else the first mode."""
        modes = self.space.modes
        return self.charger if self.charger in modes else next(iter(modes), None)

    def in_basis(self, basis: Basis | Mapping[str, Basis]) -> Problem:
        """Return the problem with its factors in another basis; see `Space.in_basis`."""
        space = self.space.in_basis(basis)
        return self if space is self.space else replace(self, space=space)

    def battery_alone(self) -> Problem:
        """Return the battery factor with H_B, without charger, drives or dissipators."""
        return Problem(self.space.only(self.battery), self.battery, self.battery_terms, ())
