"""Base class of batteries: a space, two Hamiltonians, and the Problem made of them."""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from numpy.typing import NDArray

from qubatt.core.declaration import fields_of
from qubatt.core.errors import ArgumentError
from qubatt.core.html import object_html
from qubatt.core.problem import Jump, Problem, Term
from qubatt.core.space import Space
from qubatt.environment import Dissipator
from qubatt.states import ChargerState


class Battery(ABC):
    """An open quantum battery; declared with ``@declare("battery", name)``.

    Energies and rates are in units of a reference frequency, times in its inverse; ħ = k_B = 1.
    """

    citations: ClassVar[tuple[str, ...]] = ()
    """Keys into the bibliography."""

    has_text_form: ClassVar[bool] = True
    """Whether its fields can be typed on a command line."""

    latex: ClassVar[str] = ""
    """Hamiltonian H as LaTeX, shown in notebooks."""

    usual_charger: ClassVar[str] = ""
    """`default_charger` for N atoms as a command line says it, such as ``"fock:2N"``."""

    def _repr_html_(self) -> str:
        """Return what notebooks show: the Hamiltonian, the fields and their values."""
        rows = [
            (name, "" if value is None else str(value), str(field.description or ""))
            for name, field in fields_of(type(self)).items()
            for value in [getattr(self, name)]
            if field.repr
        ]
        return object_html(type(self).__name__, self.latex, rows)

    @property
    @abstractmethod
    def space(self) -> Space:
        """Named factors in any order, with the battery among them."""

    @abstractmethod
    def battery_terms(self) -> tuple[Term, ...]:
        """Return H_B, the energy that is stored."""

    @abstractmethod
    def charging_terms(self) -> tuple[Term, ...]:
        """Return the rest of the Hamiltonian."""

    @abstractmethod
    def default_charger(self) -> ChargerState | None:
        """Return the charger state used when none is given; None for the ground level."""

    def problem(
        self, charger: ChargerState | None = None, environment: Sequence[Dissipator] = ()
    ) -> Problem:
        """Return the battery with its charger state and environment, ready for an engine.

        Parameters
        ----------
        charger : ChargerState, optional
            Initial state of the charger; `default_charger` by default.
        environment : sequence of Dissipator
            What the battery loses energy to; nothing by default.

        Raises
        ------
        ArgumentError
            If there is no charger, or it cannot hold the state.
        UnsupportedError
            If a dissipator does not fit the battery.
        """
        jumps = _named_apart([dissipator.jumps(self.space) for dissipator in environment])
        return Problem(
            space=self.space,
            battery=self.battery_factor,
            battery_terms=self.battery_terms(),
            charging_terms=self.charging_terms(),
            jumps=tuple(jump for jump in (*self.own_jumps(), *jumps) if jump.rate > 0),
            initial=self.initial_state(charger),
            charger=self.charger_factor,
        )

    @property
    def battery_factor(self) -> str:
        """The factor that stores the energy."""
        return "atoms"

    @property
    def charger_factor(self) -> str | None:
        """The factor that charger states are prepared in: the first mode that is no battery.

        None if there is none; a battery with another charger says so by a property of its own.
        """
        modes = (name for name in self.space.modes if name != self.battery_factor)
        return next(modes, None)

    def own_jumps(self) -> tuple[Jump, ...]:
        """Return the dissipators that belong to the battery itself; none for most."""
        return ()

    def initial_state(self, charger: ChargerState | None) -> Mapping[str, NDArray[Any]]:
        """Return the initial states of the factors that do not start in their ground level.

        Raises
        ------
        ArgumentError
            If there is no charger, or it cannot hold the state.
        """
        name = self.charger_factor
        if name is None:
            if charger is not None:
                cure = f"{type(self).__name__} has no charger that could be prepared in a state."
                raise ArgumentError("charger", "be left out", charger, cure)
            return {}
        charger = charger if charger is not None else self.default_charger()
        if charger is None:
            return {}
        if not isinstance(charger, ChargerState):
            cure = "For example qb.FockState(6)."
            raise ArgumentError("charger", "be a charger state", charger, cure)
        return {name: charger.prepared_in(name, self.space.factor(name))}


def _named_apart(parts: Sequence[Sequence[Jump]]) -> list[Jump]:
    """Return all jumps, with numbers behind the name of an environment that comes again."""
    counts: Counter[str] = Counter()
    names = []
    for jumps in parts:
        for name in {jump.source for jump in jumps}:
            counts[name] += 1
        for jump in jumps:
            count = counts[jump.source]
            name = f"{jump.source}-{count}"
            names.append(jump if count == 1 else dataclasses.replace(jump, source=name))
    return names
