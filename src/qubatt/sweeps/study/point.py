"""A point of a study, and the kinds of runs that solve it."""

from __future__ import annotations

import functools
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import xarray as xr

from qubatt.charging.propagate import Propagation
from qubatt.charging.request import Request
from qubatt.core.declaration import parameters_of
from qubatt.engines.steady.solve_steady import SteadySolution
from qubatt.environment import Dissipator
from qubatt.models import Battery
from qubatt.models.photon_cutoff import AUTO, max_photons
from qubatt.states import ChargerState
from qubatt.sweeps.study.key import canonical, hash_texts, to_text

SolvedState = Propagation | SteadySolution
"""What engines returned for a point; further merits may be computed from it."""

Merits = Sequence[str] | None
"""Figures of merit, None for the default ones."""


class RunSpec(ABC):
    """A kind of run; declared with ``@declare("run", name)``.

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
        """Whether a cut-off or times are to be determined, which depends on the merits."""
        return bool(max_photons(battery) == AUTO)

    @functools.cached_property
    def key_fields(self) -> dict[str, Any]:
        """All parameters that determine the result, except for the merits, ready for JSON."""
        fields = parameters_of(self)
        del fields["merits"]
        return fields

    @abstractmethod
    def solve(self, point: Point, keep: bool) -> tuple[xr.Dataset, SolvedState | None]:
        """Solve one point.

        Returns
        -------
        dataset : Dataset
            The merits.
        state : SolvedState or None
            If `keep`, the state from which `dataset_from` computes further merits.
        """

    def solve_together(
        self, points: Sequence[Point], keep: bool
    ) -> list[tuple[xr.Dataset, SolvedState | None]]:
        """Solve points that differ only in the initial state and in the fields of `varies`."""
        return [point.run.solve(point, keep) for point in points]

    def dataset_from(self, point: Point, state: SolvedState) -> xr.Dataset | None:  # noqa: ARG002  # by default
        """Return the merits of a point computed from an earlier state, None if it lacks some."""
        return None


@dataclass(frozen=True)
class Point:
    """One point of a study.

    Attributes
    ----------
    index : tuple of int
        Position in the grid.
    coordinates : dict
        Its coordinates on the axes, and values of formulas.
    battery : Battery
        The battery.
    charger : ChargerState or None
        Initial state of the charger, None for the default.
    environment : tuple of Dissipator
        Its dissipators.
    run : RunSpec
        The run that solves it.
    problem_key : str
        Text of battery and environment in the key.
    initial_key : str
        Text of the charger state in the key.
    """

    index: tuple[int, ...]
    coordinates: dict[str, Any]
    battery: Battery
    charger: ChargerState | None
    environment: tuple[Dissipator, ...]
    run: RunSpec
    problem_key: str
    initial_key: str

    @functools.cached_property
    def key(self) -> str:
        """Address of the result: a hash of all parameters that determine it.

        The merits are part of it only where times or a cut-off are to be determined, which depends
        on them.
        """
        fields = dict(self.run.key_fields)
        if self.run.is_open(self.battery):
            merits = self.run.merits
            fields["merits"] = None if merits is None else sorted(set(merits))
        return hash_texts(self.problem_key, self.initial_key, to_text(canonical(fields)))

    @functools.cached_property
    def family(self) -> str:
        """Hash shared by points that share a propagation; the key where there are none."""
        if self.run.is_open(self.battery):
            return self.key
        fields = {k: v for k, v in self.run.key_fields.items() if k not in self.run.varies}
        return hash_texts(self.problem_key, to_text(canonical(fields)))

    @property
    def seed(self) -> int:
        """Seed of random numbers at this point."""
        return int(self.key[:8], 16)

    @property
    def request(self) -> Request:
        """Battery, charger, environment and merits, checked."""
        return Request.of(self.battery, self.charger, self.environment, self.run.merits)
