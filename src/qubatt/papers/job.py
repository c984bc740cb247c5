"""What a reproduction computes: charging curves and steady states, each with a key in the cache."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
import warnings
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import final

import numpy as np
import xarray as xr

from qubatt.charging import charge, steady_state
from qubatt.core.check import FloatArray
from qubatt.core.declaration import parameters_of
from qubatt.core.errors import QubattWarning
from qubatt.core.version import __version__
from qubatt.engines import SteadySolver
from qubatt.engines.steady.selection import method_text
from qubatt.environment import Dissipator
from qubatt.models import Battery
from qubatt.models.photon_cutoff import AUTO, max_photons, with_max_photons
from qubatt.states import ChargerState

Values = dict[str, FloatArray]
"""Results by name, each with the batteries along its first axis."""

GUESS = 40
"""Photon cut-off in the rough cost of a job that is to find it."""


@dataclass(frozen=True)
class Job(ABC):
    """Several batteries in one environment, computed together: one entry of the cache."""

    batteries: tuple[Battery, ...]
    environment: tuple[Dissipator, ...]
    merits: tuple[str, ...] = field(default=("energy",), kw_only=True)
    charger: ChargerState | None = field(default=None, kw_only=True)

    @property
    @abstractmethod
    def names(self) -> tuple[str, ...]:
        """Names of the values."""

    @abstractmethod
    def solve(self, battery: Battery) -> xr.Dataset:
        """Return the values of one battery, by these names."""

    @abstractmethod
    def effort(self, dim: int) -> float:
        """Return the rough relative cost of one battery of `dim` states."""

    @final
    @functools.cached_property
    def key(self) -> str:
        """Name in the cache: a hash of all that determines the result."""
        content = {entry.name: getattr(self, entry.name) for entry in dataclasses.fields(self)} | {
            "kind": type(self).__name__,
            "batteries": [parameters_of(battery) for battery in self.batteries],
            "environment": [parameters_of(part) for part in self.environment],
            "charger": parameters_of(self.charger) if self.charger is not None else None,
            "version": __version__,
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:24]

    @final
    @property
    def cost(self) -> float:
        """Rough relative cost, for the order of work and the time left."""
        return float(sum(self.effort(_dim(battery)) + 2e4 for battery in self.batteries))

    @final
    def run(self) -> Values:
        """Compute the values; how far they can be trusted is for the claims to judge."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", QubattWarning)
            results = [self.solve(battery) for battery in self.batteries]
        return {name: np.stack([result[name] for result in results]) for name in self.names}


def _dim(battery: Battery) -> int:
    """Return the number of states, a guess where the photon cut-off is to be found."""
    if max_photons(battery) == AUTO:
        battery = with_max_photons(battery, GUESS)
    return battery.space.dim


@final
@dataclass(frozen=True)
class ChargingJob(Job):
    """Charging curves, each of shape ``(batteries, points)``.

    Output times are `points` even steps from 0 to `end`.
    """

    end: float
    points: int

    @property
    def times(self) -> FloatArray:
        """Output times, shape ``(points,)``."""
        return np.linspace(0.0, self.end, self.points)

    @property
    def names(self) -> tuple[str, ...]:
        """The figures of merit."""
        return self.merits

    def solve(self, battery: Battery) -> xr.Dataset:
        """Charge one battery."""
        return charge(battery, self.times, self.charger, self.environment, self.merits)

    def effort(self, dim: int) -> float:
        """Return about the number of multiplications."""
        return float(self.end * dim**2.6)


TRUST = ("trusted", "converged", "max_photons", "cutoff_change")
"""What a steady job tells beside the figures of merit."""


@final
@dataclass(frozen=True)
class SteadyJob(Job):
    """Steady states: figures of merit of shape ``(batteries,)``, and how far to trust them.

    ``trusted`` is 1 where the status is ``"ok"``, else 0; ``converged`` is 1 unless it is
    ``"not-converged"``; ``max_photons`` is the photon cut-off and, where it was to be found,
    ``cutoff_change`` what its last levels changed; NaN where there is none.
    """

    method: str | SteadySolver = AUTO

    def __post_init__(self) -> None:
        object.__setattr__(self, "method", method_text(self.method))  # so that it can be a key

    @property
    def names(self) -> tuple[str, ...]:
        """The figures of merit, and how far to trust them."""
        return (*self.merits, *TRUST)

    def solve(self, battery: Battery) -> xr.Dataset:
        """Find the steady state of one battery."""
        result = steady_state(
            battery, self.environment, self.charger, self.merits, method=self.method
        )
        used = json.loads(result.attrs["parameters"])["battery"].get("max_photons")
        change = json.loads(result.attrs["certificate"]).get("cutoff_change", np.nan)
        status = result.attrs["status"]
        return result.assign(
            trusted=float(status == "ok"),
            converged=float(status != "not-converged"),
            max_photons=np.nan if used is None else float(used),
            cutoff_change=change,
        )

    def effort(self, dim: int) -> float:
        """Return about the number of multiplications, those of charging for a long time."""
        return float(100.0 * dim**2.6)
