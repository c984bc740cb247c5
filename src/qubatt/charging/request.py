"""What is asked: a battery, how it is charged and leaks, and which merits are wanted, checked."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import numpy as np

from qubatt.core.bibliography import BIBLIOGRAPHY
from qubatt.core.check import FloatArray
from qubatt.core.declaration import parameters_of
from qubatt.core.errors import ArgumentError
from qubatt.core.observable import Observable
from qubatt.core.problem import Problem
from qubatt.core.realization import Realization, realize
from qubatt.core.task import Save, Task
from qubatt.core.version import versions
from qubatt.engines.exact.sectors import find_sectors
from qubatt.environment import Dissipator
from qubatt.merits import Merit, select_merits
from qubatt.merits.cutoff_population import highest_levels
from qubatt.merits.merit import Needs
from qubatt.models import Battery
from qubatt.states import ChargerState, CutoffError

AUTO = "auto"
"""Value of `max_photons` that stands for one that is to be found."""

HIGHEST = 10**5
"""Cut-off above which no charger state is looked for."""

Environment = Dissipator | Sequence[Dissipator] | None

MeritNames = Iterable[str | Merit] | str | Merit | None
"""Merits, or their names with parameters after a colon; None for the default ones."""

B = TypeVar("B", bound=Battery)


@dataclasses.dataclass(frozen=True)
class Request:
    """A battery with its surroundings, and what is wanted of it.

    Attributes
    ----------
    battery : Battery
        With a number for its photon cut-off.
    charger : ChargerState or None
        Initial state of the charger.
    surroundings : tuple of Dissipator
        What the battery loses energy to.
    merits : tuple of Merit
        What is wanted.
    realization : Realization
        The same for engines, its matrices made once; merits, engine and certificate share it.
    open_cutoff : bool
        Whether the photon cut-off is still to be found; the battery has the least that holds the
        charger state.
    """

    battery: Battery
    charger: ChargerState | None
    surroundings: tuple[Dissipator, ...]
    merits: tuple[Merit, ...]
    realization: Realization
    auto_cutoff: bool = False

    @property
    def problem(self) -> Problem:
        """The battery with its surroundings, every factor in its basis."""
        return self.realization.problem

    @classmethod
    def of(
        cls,
        battery: Battery,
        charger: ChargerState | None,
        environment: Environment,
        merits: MeritNames,
    ) -> Request:
        """Check what a user wrote.

        Raises
        ------
        ArgumentError
            Naming the argument, its value and the cure.
        UnsupportedError
            If a dissipator or merit does not fit the battery.
        """
        if not isinstance(battery, Battery):
            cure = "For example qb.DrivenBattery(n_atoms=4, drive=1.0)."
            raise ArgumentError("battery", "be a battery", battery, cure)
        surroundings = _surroundings(environment)
        if charger is None:
            charger = battery.default_charger()
        asked = battery
        if max_photons(battery) == AUTO:
            battery = _smallest(battery, charger)
        realization = realize(battery.problem(charger, surroundings))
        chosen = select_merits(merits, realization)
        return cls(battery, charger, surroundings, chosen, realization, battery is not asked)

    def with_max_photons(self, cutoff: int) -> Request:
        """Return the same question with another photon cut-off."""
        battery = with_max_photons(self.battery, cutoff)
        realization = realize(battery.problem(self.charger, self.surroundings))
        return dataclasses.replace(self, battery=battery, realization=realization)

    def at_rest(self) -> Request:
        """Return the same question without the merits that steady states lack."""
        merits = tuple(merit for merit in self.merits if merit.has_steady_value)
        return dataclasses.replace(self, merits=merits)

    @property
    def observables(self) -> tuple[Observable, ...]:
        """Observables that the merits and the certificate need, each once."""
        needed = [each for merit in self.merits for each in merit.observables(self.problem)]
        return tuple(dict.fromkeys([*needed, *highest_levels(self.problem).values()]))

    def differs_by_charger_only(self, other: Request) -> bool:
        """Tell whether another question asks the same, but for the initial state of the cavity.

        The master equation is then the same, and both can be answered together. A cut-off that is
        to be found is not: it depends on the state.
        """
        same = (self.battery, self.surroundings, self.merits)
        return (
            not (self.auto_cutoff or other.auto_cutoff)
            and same == (other.battery, other.surroundings, other.merits)
        )  # fmt: skip

    def task(self, times: FloatArray, save: Save, requests: Sequence[Request] = ()) -> Task:
        """Return the task for an engine: this question, or several that differ in the charger."""
        initials = tuple(each.problem.initial for each in requests or [self])
        return Task.of(
            self.realization, times, observables=self.observables, save=save, initials=initials
        )

    def needs(self, what: Needs) -> bool:
        """Return whether one of the merits needs the curve, states of the battery, full states."""
        return any(merit.needs == what for merit in self.merits)

    @property
    def attributes(self) -> dict[str, str]:
        """Parameters, versions and citations, as attributes of a Dataset."""
        parameters = {
            "battery": parameters_of(self.battery),
            "charger": parameters_of(self.charger) if self.charger is not None else None,
            "environment": [parameters_of(part) for part in self.surroundings],
        }
        return {
            "parameters": json.dumps(parameters),
            "versions": json.dumps(versions()),
            "citations": json.dumps([BIBLIOGRAPHY[key] for key in self._citations]),
        }

    @property
    def _citations(self) -> tuple[str, ...]:
        """Keys into the bibliography, each once."""
        keys = [key for merit in self.merits for key in merit.citations]
        return tuple(dict.fromkeys([*self.battery.citations, *keys]))

    def reaches_above_cutoff(self) -> bool:
        """Return whether the state would ever reach a Fock level above those kept.

        As many levels are added as photons come at once: the next one alone may be of a parity
        that is never reached. A battery made of matrices has no more levels to try, so it may.
        """
        cutoff, space = max_photons(self.battery), self.problem.space
        if cutoff is None:
            return True
        steps = [getattr(space.factors[mode], "photons_at_once", 1) for mode in space.modes]
        larger = with_max_photons(self.battery, cutoff + max(steps, default=1))
        problem = larger.problem(self.charger, self.surroundings).in_basis(space.bases)
        sectors = find_sectors(Realization(problem))
        reached = np.unique(np.array(sectors.pairs))
        states = np.concatenate([sectors.members[sector] for sector in reached])
        return any(
            bool(np.any(problem.space.level_of(mode)[states] >= space.factors[mode].dim))
            for mode in space.modes
        )


def check_alike(requests: Sequence[Request]) -> Request:
    """Return the first of the questions, all of which must differ by their charger alone.

    Raises
    ------
    ArgumentError
        If they do not.
    """
    for request in requests[1:]:
        if not request.differs_by_charger_only(requests[0]):
            requirement = "differ by the charger state alone, with a cut-off that is given"
            raise ArgumentError("questions", requirement, request)
    return requests[0]


def max_photons(battery: Battery) -> Any:
    """Return the photon cut-off of a battery, None where it has no such parameter."""
    return getattr(battery, "max_photons", None)


def with_max_photons(battery: B, cutoff: int) -> B:
    """Return the battery with another photon cut-off."""
    # every registered battery is a dataclass, which its abstract base cannot say
    return dataclasses.replace(battery, max_photons=cutoff)  # type: ignore[type-var]


def _smallest(battery: B, charger: ChargerState | None) -> B:
    """Return the battery with the lowest cut-off that holds the charger state."""
    cutoff = 1
    while True:
        smallest = with_max_photons(battery, cutoff)
        try:
            smallest.problem(charger)
        except CutoffError:
            if cutoff > HIGHEST:
                raise
            cutoff += max(1, cutoff // 4)
        else:
            return smallest


def _surroundings(environment: Environment) -> tuple[Dissipator, ...]:
    """Return the environment as a tuple of dissipators, or name what is not one."""
    parts: list[Any] = [] if environment is None else [environment]
    if isinstance(environment, Iterable) and not isinstance(environment, str):
        parts = list(environment)
    for part in parts:
        if not isinstance(part, Dissipator):
            cure = "For example qb.CavityLoss(0.5)."
            raise ArgumentError("environment", "hold dissipators only", part, cure)
    return tuple(parts)
