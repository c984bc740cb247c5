"""A point of a study, and the kinds of runs that solve it."""

from __future__ import annotations

import functools
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import xarray as xr

from qubatt.charging.cutoff_error import CertificateMode, CertificateOptions
from qubatt.charging.propagate import Propagation
from qubatt.charging.request import Request
from qubatt.charging.steady_state import KeptState
from qubatt.core.declaration import parameters_of
from qubatt.environment import Dissipator
from qubatt.models import Battery
from qubatt.models.photon_cutoff import AUTO, max_photons
from qubatt.states import ChargerState
from qubatt.sweeps.study.key import canonical, hash_texts, to_text

SolvedState = Propagation | KeptState
"""Solution of a point as returned by the engine, from which further merits can be computed."""

Merits = Sequence[str] | None
"""Figures of merit; None selects the defaults."""


class RunSpec(ABC):
    """Base class of the kinds of runs, which are declared with ``@declare("run", name)``.

    Attributes
    ----------
    merits : sequence of str, or None
        Figures of merit; None selects the defaults.
    certificate, cutoff_tolerance
        As in `charge`.
    """

    merits: Merits
    certificate: CertificateMode
    cutoff_tolerance: float
    varies: ClassVar[tuple[str, ...]] = ()
    """Fields in which runs that share a propagation may differ."""
    usual: ClassVar[Merits] = None
    """Merits that ``merits = None`` selects, if they differ from the defaults of the battery."""

    def is_open(self, battery: Battery) -> bool:
        """Whether the cut-off or the times are ``"auto"``, so that the merits determine them."""
        return bool(max_photons(battery) == AUTO)

    @property
    def cutoff_options(self) -> CertificateOptions:
        """How the error of the photon cut-off is determined."""
        return CertificateOptions(self.certificate, self.cutoff_tolerance)

    @functools.cached_property
    def key_fields(self) -> dict[str, Any]:
        """Parameters that determine the result, except the merits, as JSON-compatible values."""
        fields = parameters_of(self)
        del fields["merits"]
        return fields

    @functools.cached_property
    def key_text(self) -> str:
        """String that represents `key_fields` in keys."""
        return to_text(canonical(self.key_fields))

    @functools.cached_property
    def family_text(self) -> str:
        """String that represents the `key_fields` in which runs that share a propagation agree."""
        fields = {k: v for k, v in self.key_fields.items() if k not in self.varies}
        return to_text(canonical(fields))

    @abstractmethod
    def solve(self, point: Point, keep: bool) -> tuple[xr.Dataset, SolvedState | None]:
        """Solve one point.

        Returns
        -------
        dataset : Dataset
            The merits.
        state : SolvedState or None
            The state from which `dataset_from` computes further merits; None unless `keep` is set.
        """

    def solve_together(
        self, points: Sequence[Point], keep: bool
    ) -> list[tuple[xr.Dataset, SolvedState | None]]:
        """Solve points that differ only in the initial state and in the fields of `varies`."""
        return [point.run.solve(point, keep) for point in points]

    def dataset_from(self, point: Point, state: SolvedState) -> xr.Dataset | None:  # noqa: ARG002  # by default
        """Return the merits of a point from an earlier state, or None if it is insufficient."""
        return None


@dataclass(frozen=True)
class Point:
    """One point of a study.

    Attributes
    ----------
    index : tuple of int
        Position in the grid.
    coordinates : dict
        Coordinates on the axes, and values of formulas.
    battery : Battery
        The battery.
    charger : ChargerState or None
        Initial state of the charger; None selects the default.
    environment : tuple of Dissipator
        The dissipators.
    run : RunSpec
        The run that solves the point.
    problem_key : str
        String that represents battery and environment in the key.
    initial_key : str
        String that represents the charger state in the key.
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
        """Key of the result: a hash of all parameters that determine it.

        The merits are included only if the times or the cut-off remain to be determined, because
        these depend on the merits.
        """
        text = self.run.key_text
        if self.run.is_open(self.battery):
            merits = self.run.merits
            names = None if merits is None else sorted(set(merits))
            text = to_text(canonical({**self.run.key_fields, "merits": names}))
        return hash_texts(self.problem_key, self.initial_key, text)

    @functools.cached_property
    def family(self) -> str:
        """Hash common to all points that can share a propagation, or the key if no others can."""
        if self.run.is_open(self.battery):
            return self.key
        return hash_texts(self.problem_key, self.run.family_text)

    @property
    def seed(self) -> int:
        """Seed of the random numbers at this point."""
        return int(self.key[:8], 16)

    @property
    def request(self) -> Request:
        """The validated request: battery, charger, environment and merits."""
        return Request.of(self.battery, self.charger, self.environment, self.run.merits)
