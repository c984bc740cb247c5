"""Runs that solve for the steady state of a battery."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import xarray as xr
from pydantic import BeforeValidator, Field, WithJsonSchema

from qubatt.charging.cutoff_error import CertificateMode, CutoffTolerance
from qubatt.charging.request import Request
from qubatt.charging.steady_state import (
    KeptState,
    certified_states,
    find_steady_state,
    recertified_state,
    steady_request,
)
from qubatt.core.declaration import declare
from qubatt.engines.steady.selection import method_names, method_text
from qubatt.models.photon_cutoff import AUTO
from qubatt.sweeps.study.point import Merits, Point, RunSpec, SolvedState
from qubatt.sweeps.study.run_fields import certificate_field, cutoff_tolerance_field

METHODS = [*method_names()]
"""Names of the steady-state methods."""

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
"""Steady-state method as a string; a steady-state solver is accepted as well."""


@declare("run", "steady")
class SteadyRun(RunSpec):
    """Steady state reached from the empty battery: `qubatt.steady_state` at every point.

    The result of a point has the variables, shapes and units of `qubatt.steady_state`.

    Examples
    --------
    >>> import qubatt as qb
    >>> study = qb.Study(
    ...     battery=qb.DrivenBattery(n_atoms=2, drive=1.0),
    ...     environment=[qb.CollectiveDecay(0.5)],
    ...     run=qb.SteadyRun(gap=True),
    ...     sweep={"battery.drive": [0.5, 1.0]},
    ... )
    >>> qb.sweep(study).energy.values.round(6).tolist()
    [0.090024, 0.278788]
    """

    merits: Merits = Field(
        default=None, description="Figures of merit; None selects the defaults", examples=[None]
    )
    method: Method = Field(default=AUTO, description=f"{', '.join(METHODS[:-1])} or {METHODS[-1]}")
    gap: bool = Field(
        default=False, strict=True, description="Whether to compute the relaxation rate as well"
    )

    certificate: CertificateMode = certificate_field()
    cutoff_tolerance: CutoffTolerance = cutoff_tolerance_field()

    def _request(self, point: Point) -> Request:
        return steady_request(point.battery, point.charger, point.environment, self.merits)

    def solve(self, point: Point, keep: bool) -> tuple[xr.Dataset, SolvedState | None]:
        """Find one steady state; see `RunSpec.solve`."""
        request = self._request(point)
        if request.auto_cutoff:
            options = self.cutoff_options
            return find_steady_state(request, self.method, self.gap, None, options).dataset, None
        return self._solve([request], keep)[0]

    def solve_together(
        self, points: Sequence[Point], keep: bool
    ) -> list[tuple[xr.Dataset, SolvedState | None]]:
        """Find the steady states reached from several initial states."""
        return self._solve([self._request(point) for point in points], keep)

    def _solve(
        self, requests: Sequence[Request], keep: bool
    ) -> list[tuple[xr.Dataset, SolvedState | None]]:
        options = self.cutoff_options
        results = certified_states(requests, self.method, self.gap, None, options, keep)
        return [(result.dataset, kept if keep else None) for result, kept in results]

    def dataset_from(self, point: Point, state: SolvedState) -> xr.Dataset | None:
        """Return the merits computed from an earlier steady state; see `RunSpec.dataset_from`."""
        if not isinstance(state, KeptState):
            return None
        result = recertified_state(self._request(point), state, self.cutoff_options)
        return None if result is None else result.dataset
