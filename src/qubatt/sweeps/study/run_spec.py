"""What is done with a battery at a point: it is charged, brought to rest, discharged."""

from __future__ import annotations

import functools
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

import numpy as np
import xarray as xr
from pydantic import BeforeValidator, Field, WithJsonSchema

from qubatt.charging import discharge
from qubatt.charging.charge import check_state_times
from qubatt.charging.cutoff_search import converge
from qubatt.charging.discharge import FULL, USUAL
from qubatt.charging.propagate import Propagation, certified_run, propagate_each, solve
from qubatt.charging.request import Request
from qubatt.charging.settling_times import settling_times
from qubatt.charging.steady_state import (
    certified_steady,
    find_steady_state,
    find_steady_states,
    steady_request,
    suffices,
)
from qubatt.core.check import Count, FloatArray, Positive, check_times
from qubatt.core.declaration import declare, parameters_of
from qubatt.core.errors import ArgumentError
from qubatt.core.spec_string import from_text
from qubatt.engines.steady.selection import method_names, method_text
from qubatt.engines.steady.solve import SteadySolution
from qubatt.environment import Dissipator
from qubatt.models import Battery
from qubatt.models.photon_cutoff import AUTO, max_photons
from qubatt.states import ChargerState

Kept = Propagation | SteadySolution
"""What was solved, from which further merits may be read off."""

LONGEST = 10**5
"""Most output times."""

Merits = Sequence[str] | None

Listed = BeforeValidator(lambda given: given.tolist() if isinstance(given, np.ndarray) else given)
"""Lets a field of several numbers take an array too."""


METHODS = [*method_names()]
"""What the method of a steady state can be called."""

Method = Annotated[
    str,
    BeforeValidator(method_text),
    WithJsonSchema(
        {
            "type": "string",
            "anyOf": [{"enum": METHODS}, {"pattern": f"^({'|'.join(METHODS[1:])}):"}],
        }
    ),
]
"""How a steady state is computed, as text; a steady solver may be given, too."""


class Setting(NamedTuple):
    """A battery with its surroundings."""

    battery: Battery
    charger: ChargerState | None
    environment: tuple[Dissipator, ...]


class Solved(NamedTuple):
    """Merits of a point, and what they were read off."""

    dataset: xr.Dataset
    kept: Kept | None = None


class RunSpec(ABC):
    """What is done with a battery; declared with ``@declare("run", name)``.

    Attributes
    ----------
    merits : sequence of str, or None
        Figures of merit, None for the default ones.
    """

    merits: Merits
    varies: ClassVar[tuple[str, ...]] = ()
    """Fields in which runs that share a propagation may differ."""
    usual: ClassVar[Merits] = None
    """Merits meant by None, where they are not the default ones of the battery."""

    def is_open(self, battery: Battery) -> bool:
        """Tell whether a cut-off or times are to be found, which depends on the merits."""
        return bool(max_photons(battery) == AUTO)

    def determines(self) -> dict[str, Any]:
        """Return what the numbers depend on, but for the merits, ready for JSON."""
        fields = parameters_of(self)
        del fields["merits"]
        return fields

    @functools.cached_property
    def facts(self) -> Mapping[str, Any]:
        """What the numbers depend on; see `determines`."""
        return self.determines()

    @abstractmethod
    def request(self, setting: Setting) -> Request:
        """Return what is asked of a battery."""

    @abstractmethod
    def solve(self, setting: Setting, keep: bool) -> Solved:
        """Solve for one battery, keeping states of the battery if wanted."""

    def solve_together(
        self, settings: Sequence[Setting], run_specs: Sequence[RunSpec], keep: bool
    ) -> list[Solved]:
        """Solve for several that differ in the initial state and in what `varies` alone."""
        return [
            run_spec.solve(setting, keep)
            for setting, run_spec in zip(settings, run_specs, strict=True)
        ]

    def read(self, setting: Setting, kept: Kept) -> xr.Dataset | None:  # noqa: ARG002  # by default
        """Return the merits read off what was kept, None if it does not suffice."""
        return None


def output_times(t_end: float | None, points: int | None, times: Any) -> FloatArray | None:
    """Return output times, shape (T,); None where they are to be found.

    Raises
    ------
    ArgumentError
        If they are none.
    """
    for argument, given in (("t_end", t_end), ("points", points)):
        if times is not None and given is not None:
            raise ArgumentError(argument, "be left out with times", given)
    t_end, points = 10.0 if t_end is None else t_end, 101 if points is None else points
    if isinstance(times, str) and times != AUTO:
        raise ArgumentError("times", 'hold real numbers, or be "auto"', times)
    if isinstance(times, str):
        return None
    if times is not None:
        return check_times(np.asarray(times, dtype=float))
    if not 2 <= points <= LONGEST:
        raise ArgumentError("points", f"be from 2 to {LONGEST}", points)
    return np.linspace(0.0, t_end, points)


def _engine(name: str) -> Any:
    return name if name == AUTO else from_text("engine", name)


@declare("run", "charge")
class ChargeRun(RunSpec):
    """Charge a battery, from empty at time 0: `qubatt.charge` at every point."""

    t_end: Positive | None = Field(
        default=None, description="Last time; 10 if left out", examples=[2.0]
    )
    points: Count | None = Field(
        default=None, description="Output times from 0 to t_end; 101 if left out", examples=[5]
    )
    times: Annotated[Sequence[float] | Literal["auto"] | None, Listed] = Field(
        default=None,
        description="Output times instead, or auto: until nothing changes any more",
        examples=[None],
    )
    merits: Merits = Field(
        default=None, description="Figures of merit; the default ones if left out", examples=[None]
    )
    engine: str = Field(default=AUTO, description="auto, or an engine with options")
    state_times: Annotated[Sequence[float] | None, Listed] = Field(
        default=None, description="Times of merits of the full state; all times if left out"
    )

    varies: ClassVar[tuple[str, ...]] = ("t_end", "points", "times")

    def __post_init__(self) -> None:
        _ = self._times, _engine(self.engine)

    @property
    def _times(self) -> FloatArray | None:
        return output_times(self.t_end, self.points, self.times)

    def is_open(self, battery: Battery) -> bool:
        """Tell whether a cut-off or times are to be found; see `RunSpec.is_open`."""
        return self._times is None or super().is_open(battery)

    def determines(self) -> dict[str, Any]:
        """Return times, however they were given, engine and times of states."""
        fields = super().determines()
        chosen = self._times
        del fields["t_end"], fields["points"]
        return fields | {"times": AUTO if chosen is None else chosen.tolist()}

    def request(self, setting: Setting) -> Request:
        """Return what is asked of a battery; see `RunSpec.request`."""
        return Request.of(setting.battery, setting.charger, setting.environment, self.merits)

    def _looks(self, request: Request) -> FloatArray | None:
        return None if self.state_times is None else check_state_times(request, self.state_times)

    def solve(self, setting: Setting, keep: bool) -> Solved:
        """Charge one battery; see `RunSpec.solve`."""
        if not self.is_open(setting.battery):
            return self.solve_together([setting], [self], keep)[0]
        request, engine = self.request(setting), _engine(self.engine)
        looks, time = self._looks(request), self._times
        time = settling_times(request) if time is None else time
        if not request.auto_cutoff:
            return Solved(solve(request, time, engine, None, looks).dataset)
        found = converge(request, lambda asked: solve(asked, time, engine, None, looks))
        return Solved(found.dataset)

    def solve_together(
        self, settings: Sequence[Setting], run_specs: Sequence[RunSpec], keep: bool
    ) -> list[Solved]:
        """Propagate to the last of all times, what the initial states have in common once."""
        own = {id(setting.charger): self.request(setting) for setting in settings}
        grids = [run_spec._times for run_spec in run_specs]  # type: ignore[attr-defined]  # same class
        times = {grid.tobytes(): grid for grid in grids}
        requests, looks = list(own.values()), self._looks(next(iter(own.values())))
        engine = _engine(self.engine)
        runs = propagate_each(requests, [*times.values()], engine, None, looks, keep)
        at = {
            charger: dict(zip(times, row, strict=True))
            for charger, row in zip(own, runs, strict=True)
        }
        found = []
        for setting, grid in zip(settings, grids, strict=True):
            run = at[id(setting.charger)][grid.tobytes()]
            found.append(Solved(certified_run(own[id(setting.charger)], run).dataset, run))
        return found

    def read(self, setting: Setting, kept: Kept) -> xr.Dataset | None:
        """Return the merits read off a run; see `RunSpec.read`."""
        request = self.request(setting)
        if not isinstance(kept, Propagation) or not kept.suffices(request):
            return None
        return certified_run(request, kept).dataset


@declare("run", "steady")
class SteadyRun(RunSpec):
    """The steady state that the empty battery ends in: `qubatt.steady_state` at every point."""

    merits: Merits = Field(
        default=None, description="Figures of merit; the default ones if left out", examples=[None]
    )
    method: Method = Field(default=AUTO, description=f"{', '.join(METHODS[:-1])} or {METHODS[-1]}")
    gap: bool = Field(
        default=False, strict=True, description="Whether the relaxation rate is wanted too"
    )

    def request(self, setting: Setting) -> Request:
        """Return what is asked of a battery; see `RunSpec.request`."""
        return steady_request(setting.battery, setting.charger, setting.environment, self.merits)

    def solve(self, setting: Setting, keep: bool) -> Solved:
        """Find one steady state; see `RunSpec.solve`."""
        request = self.request(setting)
        if request.auto_cutoff:
            return Solved(find_steady_state(request, self.method, self.gap).dataset)
        return self._settled([request], keep)[0]

    def solve_together(
        self,
        settings: Sequence[Setting],
        run_specs: Sequence[RunSpec],  # noqa: ARG002  # all alike
        keep: bool,
    ) -> list[Solved]:
        """Find the steady states that several initial states lead to."""
        return self._settled([self.request(setting) for setting in settings], keep)

    def _settled(self, requests: Sequence[Request], keep: bool) -> list[Solved]:
        solutions = find_steady_states(requests, self.method, self.gap, battery=keep)
        return [
            Solved(certified_steady(request, solution).dataset, solution)
            for request, solution in zip(requests, solutions, strict=True)
        ]

    def read(self, setting: Setting, kept: Kept) -> xr.Dataset | None:
        """Return the merits read off a steady state; see `RunSpec.read`."""
        request = self.request(setting)
        if not isinstance(kept, SteadySolution) or not suffices(request, kept):
            return None
        return certified_steady(request, kept).dataset


@declare("run", "discharge")
class DischargeRun(RunSpec):
    """What is left over time once the charger is off: `qubatt.discharge` at every point."""

    t_end: Positive | None = Field(
        default=None, description="Last time; 10 if left out", examples=[2.0]
    )
    points: Count | None = Field(
        default=None, description="Output times from 0 to t_end; 101 if left out", examples=[5]
    )
    times: Annotated[Sequence[float] | None, Listed] = Field(
        default=None, description="Output times instead", examples=[None]
    )
    start: float | str = Field(
        default=FULL, description="For how long it was charged, or full", examples=[FULL]
    )
    merits: Merits = Field(
        default=USUAL, description="Figures of merit of the battery", examples=[USUAL]
    )
    engine: str = Field(default=AUTO, description="auto, or an engine with options")

    usual: ClassVar[Merits] = USUAL

    def __post_init__(self) -> None:
        _ = self._times, _engine(self.engine)

    @property
    def _times(self) -> FloatArray:
        chosen = output_times(self.t_end, self.points, self.times)
        if chosen is None:
            raise ArgumentError("times", "hold real numbers", self.times)
        return chosen

    def determines(self) -> dict[str, Any]:
        """Return times, however they were given, start and engine."""
        fields = super().determines()
        del fields["t_end"], fields["points"]
        return fields | {"times": self._times.tolist()}

    def request(self, setting: Setting) -> Request:
        """Return what is asked of a battery; see `RunSpec.request`."""
        return Request.of(setting.battery, setting.charger, setting.environment, ())

    def solve(self, setting: Setting, keep: bool) -> Solved:  # noqa: ARG002  # nothing is kept
        """Discharge one battery; see `RunSpec.solve`."""
        merits = USUAL if self.merits is None else self.merits
        return Solved(
            discharge(
                setting.battery,
                self._times,
                setting.environment,
                self.start,  # type: ignore[arg-type]  # checked there
                setting.charger,
                merits,
                _engine(self.engine),
            )
        )
