"""A validated request: a battery, its charger state and environment, and the merits to compute."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, cached_property, lru_cache
from typing import Any

from qubatt.core.bibliography import BIBLIOGRAPHY
from qubatt.core.check import FloatArray
from qubatt.core.cutoff_defect import CutoffDefect, cutoff_defect
from qubatt.core.declaration import parameters_of
from qubatt.core.errors import ArgumentError
from qubatt.core.observable import ENERGY, Observable
from qubatt.core.problem import Problem
from qubatt.core.realization import Realization, realize
from qubatt.core.resize import with_levels
from qubatt.core.spec_string import to_declared
from qubatt.core.task import AT_REST, Save, Task
from qubatt.core.version import versions
from qubatt.environment import Dissipator
from qubatt.environment.reading import Environment, read_environment
from qubatt.merits import Merit, select_merits
from qubatt.merits.merit import Needs
from qubatt.models import Battery
from qubatt.models.photon_cutoff import (
    AUTO,
    max_photons,
    with_max_photons,
    with_smallest_cutoff,
)
from qubatt.states import ChargerState

ChargerOption = ChargerState | str | None
"""A charger state, or its name with arguments as in ``"fock:2"``; None for the default."""

MeritNames = Iterable[str | Merit] | str | Merit | None
"""Merits, or their names with parameters after a colon; None for the default merits."""


@dataclasses.dataclass(frozen=True)
class Request:
    """A battery with charger state and environment, and the merits to compute.

    Attributes
    ----------
    battery : Battery
        The battery, with a numerical photon cut-off.
    charger : ChargerState or None
        Initial state of the charger.
    environment : tuple of Dissipator
        Dissipators.
    merits : tuple of Merit
        Figures of merit to compute.
    realization : Realization
        The problem as matrices, each built once; shared by merits, engine and certificate.
    auto_cutoff : bool
        Whether the photon cut-off is still to be determined; the battery then has the lowest one
        that holds the charger state.
    """

    battery: Battery
    charger: ChargerState | None
    environment: tuple[Dissipator, ...]
    merits: tuple[Merit, ...]
    realization: Realization
    auto_cutoff: bool = False

    @property
    def problem(self) -> Problem:
        """The battery with its environment, each factor in its basis."""
        return self.realization.problem

    @classmethod
    def of(
        cls,
        battery: Battery,
        charger: ChargerOption,
        environment: Environment,
        merits: MeritNames,
    ) -> Request:
        """Return the request for validated arguments, which are those of `charge`.

        Raises
        ------
        ArgumentError
            If an argument has an invalid value; the message names it and says how to correct it.
        UnsupportedError
            If a dissipator or merit does not fit the battery.
        """
        if not isinstance(battery, Battery):
            cure = "For example qb.DrivenBattery(n_atoms=4, drive=1.0)."
            raise ArgumentError("battery", "be a battery", battery, cure)
        dissipators = read_environment(environment)
        state: ChargerState | None = to_declared("charger", charger)
        if state is None:
            state = battery.default_charger()
        as_given = battery
        if max_photons(battery) == AUTO:
            battery = with_smallest_cutoff(battery, state)
        realization = realize(battery.problem(state, dissipators))
        chosen = select_merits(merits, realization)
        return cls(battery, state, dissipators, chosen, realization, battery is not as_given)

    def with_max_photons(self, cutoff: int) -> Request:
        """Return a copy with another photon cut-off."""
        battery = with_max_photons(self.battery, cutoff)
        realization = realize(battery.problem(self.charger, self.environment))
        return dataclasses.replace(self, battery=battery, realization=realization)

    def at_rest(self) -> Request:
        """Return a copy without the merits that are not defined for steady states."""
        merits = tuple(merit for merit in self.merits if merit.has_steady_value)
        return dataclasses.replace(self, merits=merits)

    @property
    def observables(self) -> tuple[Observable, ...]:
        """Observables that the merits and the certificate need, without duplicates."""
        needed = [each for merit in self.merits for each in merit.observables(self.problem)]
        scales = [ENERGY] if self.problem.space.modes else []
        return tuple(dict.fromkeys([*needed, *scales]))

    @cached_property
    def defect(self) -> CutoffDefect | None:
        """The part of the generator that the photon cut-offs remove; None if it is not known."""
        return cutoff_defect(self.realization)

    def with_defect_of(self, other: Request) -> Request:
        """Return a copy with the defect of a request that differs only in the charger state."""
        copy = dataclasses.replace(self)
        copy.__dict__["defect"] = other.defect  # the value of the cached property
        return copy

    def with_levels(self, dims: Mapping[str, int]) -> Request:
        """Return a copy with other numbers of levels of the modes; see `with_levels`."""
        realization = Realization(with_levels(self.problem, dims))
        return dataclasses.replace(self, realization=realization)

    def differs_by_charger_only(self, other: Request) -> bool:
        """Return whether another request differs only in the initial state of the charger.

        The master equation is then the same, and both requests can be solved together. This
        excludes an automatic cut-off, which depends on the charger state.
        """
        same = (self.battery, self.environment, self.merits)
        return (
            not (self.auto_cutoff or other.auto_cutoff)
            and same == (other.battery, other.environment, other.merits)
        )  # fmt: skip

    def task(self, times: FloatArray, save: Save, requests: Sequence[Request] = ()) -> Task:
        """Return the task for an engine: this request, or several with different charger states."""
        initials = tuple(each.problem.initial for each in requests or [self])
        observables = self.observables
        if times is AT_REST and self.defect is not None:
            observables = (*observables, *self.defect.operators)
        return Task.of(
            self.realization, times, observables=observables, save=save, initials=initials
        )

    def needs(self, what: Needs) -> bool:
        """Return whether a merit needs the energy curve, battery states or full states."""
        return any(merit.needs == what for merit in self.merits)

    @cached_property
    def parameters(self) -> dict[str, Any]:
        """Battery, charger state and environment as JSON-compatible values."""
        return {
            "battery": parameters_of(self.battery),
            "charger": parameters_of(self.charger) if self.charger is not None else None,
            "environment": [parameters_of(part) for part in self.environment],
        }

    @property
    def attributes(self) -> dict[str, str]:
        """Parameters, Hamiltonian, versions and citations as attributes of a Dataset."""
        return {
            "parameters": json.dumps(self.parameters),
            "hamiltonian": self.battery.latex,
            "versions": _versions_text(),
            "citations": _citations_text(self._citations),
        }

    @property
    def _citations(self) -> tuple[str, ...]:
        """Unique keys into the bibliography."""
        keys = [key for merit in self.merits for key in merit.citations]
        return tuple(dict.fromkeys([*self.battery.citations, *keys]))


@cache
def _versions_text() -> str:
    return json.dumps(versions())


@lru_cache(maxsize=256)
def _citations_text(keys: tuple[str, ...]) -> str:
    return json.dumps([BIBLIOGRAPHY[key] for key in keys])


def check_alike(requests: Sequence[Request]) -> Request:
    """Return the first of the requests, which must differ only in the charger state.

    Raises
    ------
    ArgumentError
        If the requests differ in more than the charger state, or have an automatic cut-off.
    """
    for request in requests[1:]:
        if not request.differs_by_charger_only(requests[0]):
            requirement = "differ only in the charger state, with a given cut-off"
            raise ArgumentError("requests", requirement, request)
    return requests[0]
