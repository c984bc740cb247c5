"""Base class of batteries: space, Hamiltonians, and the Problem built from them."""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from numpy.typing import NDArray

from qubatt.core.declaration import fields_of
from qubatt.core.errors import ArgumentError, UnsupportedError
from qubatt.core.html import object_html
from qubatt.core.problem import Jump, Problem, Term
from qubatt.core.size import check_space
from qubatt.core.space import Space
from qubatt.environment import Dissipator
from qubatt.environment.dissipator import fitting_dissipators
from qubatt.states import ChargerState


class Battery(ABC):
    """Base class of open quantum batteries, which are declared with ``@declare("battery", name)``.

    Energies and rates are in units of a reference frequency ω_ref, times in units of 1/ω_ref,
    and ħ = k_B = 1.
    """

    citations: ClassVar[tuple[str, ...]] = ()
    """Keys into the bibliography."""

    has_text_form: ClassVar[bool] = True
    """Whether the fields can be written as text on a command line."""

    latex: ClassVar[str] = ""
    """Hamiltonian H as LaTeX, shown in notebooks."""

    usual_charger: ClassVar[str] = ""
    """`default_charger` for N atoms in command-line notation, such as ``"fock:2N"``."""

    def _repr_html_(self) -> str:
        """Return the notebook representation: Hamiltonian, fields and values."""
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
        """Named tensor factors of the Hilbert space in any order, including the battery."""

    @abstractmethod
    def battery_terms(self) -> tuple[Term, ...]:
        """Return the terms of H_B, which defines the stored energy."""

    @abstractmethod
    def charging_terms(self) -> tuple[Term, ...]:
        """Return the remaining terms of the Hamiltonian."""

    @abstractmethod
    def default_charger(self) -> ChargerState | None:
        """Return the default charger state, or None for the ground level."""

    def problem(
        self, charger: ChargerState | None = None, environment: Sequence[Dissipator] = ()
    ) -> Problem:
        """Return the problem to solve: the battery with its charger state and environment.

        Parameters
        ----------
        charger : ChargerState, optional
            Initial state of the charger. Default: `default_charger`.
        environment : sequence of Dissipator, optional
            Dissipators. Default: none.

        Raises
        ------
        ArgumentError
            If the battery has no charger, or if the charger cannot hold the state.
        UnsupportedError
            If a dissipator cannot act on this battery.
        """
        check_space(self.space)
        jumps = _named_apart([self._jumps(dissipator) for dissipator in environment])
        return Problem(
            space=self.space,
            battery=self.battery_factor,
            battery_terms=self.battery_terms(),
            charging_terms=self.charging_terms(),
            jumps=tuple(jump for jump in (*self.own_jumps(), *jumps) if jump.rate > 0),
            initial=self.initial_state(charger),
            charger=self.charger_factor,
        )

    def _jumps(self, dissipator: Dissipator) -> tuple[Jump, ...]:
        """Return the jumps of a dissipator; errors list the dissipators that fit the battery."""
        try:
            return dissipator.jumps(self.space)
        except UnsupportedError as error:
            if not self.has_text_form:
                raise
            names = ", ".join(fitting_dissipators(self.space))
            raise UnsupportedError(f"{error} Environments of this battery are: {names}.") from None

    @property
    def battery_factor(self) -> str:
        """Name of the factor that stores the energy."""
        return "atoms"

    @property
    def charger_factor(self) -> str | None:
        """Name of the factor in which charger states are prepared, or None if there is none.

        By default it is the first mode other than the battery; subclasses may override this.
        """
        modes = (name for name in self.space.modes if name != self.battery_factor)
        return next(modes, None)

    def own_jumps(self) -> tuple[Jump, ...]:
        """Return dissipators that are part of the battery model; none by default."""
        return ()

    def initial_state(self, charger: ChargerState | None) -> Mapping[str, NDArray[Any]]:
        """Return the initial states of the factors that do not start in their ground level.

        Raises
        ------
        ArgumentError
            If the battery has no charger, or if the charger cannot hold the state.
        """
        name = self.charger_factor
        if name is None:
            if charger is not None:
                cure = f"{type(self).__name__} has no charger whose state could be set."
                raise ArgumentError("charger", "be omitted", charger, cure)
            return {}
        charger = charger if charger is not None else self.default_charger()
        if charger is None:
            return {}
        if not isinstance(charger, ChargerState):
            cure = "Example: qb.FockState(6)."
            raise ArgumentError("charger", "be a charger state", charger, cure)
        return {name: charger.prepared_in(name, self.space.factor(name))}


def _named_apart(parts: Sequence[Sequence[Jump]]) -> list[Jump]:
    """Return all jumps, with numbers appended to the names of repeated environments."""
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
