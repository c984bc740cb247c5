"""Runs that charge a battery."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal

import xarray as xr
from pydantic import Field

from qubatt.charging.certified_run import RunOptions, certified_runs, recertified, solve
from qubatt.charging.charge import check_state_times
from qubatt.charging.cutoff_error import CertificateMode, CutoffTolerance
from qubatt.charging.propagate import Propagation
from qubatt.charging.request import Request
from qubatt.charging.settling_times import settling_times
from qubatt.core.check import Count, FloatArray, Positive
from qubatt.core.declaration import declare
from qubatt.models import Battery
from qubatt.models.photon_cutoff import AUTO
from qubatt.sweeps.study.point import Merits, Point, RunSpec, SolvedState
from qubatt.sweeps.study.run_fields import (
    as_list,
    certificate_field,
    cutoff_tolerance_field,
    engine_named,
    output_times,
)


@declare("run", "charge")
class ChargeRun(RunSpec):
    """Charging of the empty battery from t = 0: `qubatt.charge` at every point.

    Output times are in units of 1/ω_ref. The result of a point has the variables, shapes and units
    of `qubatt.charge`.

    Examples
    --------
    >>> import qubatt as qb
    >>> study = qb.Study(
    ...     battery=qb.DrivenBattery(n_atoms=2, drive=1.0, detuning=0.0),
    ...     run=qb.ChargeRun(t_end=4.0, points=41, merits=["maximum_energy"]),
    ...     sweep={"battery.drive": [1.0, 2.0]},
    ... )
    >>> qb.sweep(study).maximum_energy.values.round(6).tolist()
    [2.0, 2.0]
    """

    t_end: Positive | None = Field(
        default=None, description="Last output time; 10 by default", examples=[2.0]
    )
    points: Count | None = Field(
        default=None,
        description="Number of output times from 0 to t_end; 101 by default",
        examples=[5],
    )
    times: Annotated[Sequence[float] | Literal["auto"] | None, as_list] = Field(
        default=None,
        description="Explicit output times, or auto: until the battery no longer changes",
        examples=[None],
    )
    merits: Merits = Field(
        default=None, description="Figures of merit; None selects the defaults", examples=[None]
    )
    engine: str = Field(default=AUTO, description="auto, or an engine with its options")
    state_times: Annotated[Sequence[float] | None, as_list] = Field(
        default=None,
        description="Times at which merits of the full state are evaluated; all by default",
    )
    certificate: CertificateMode = certificate_field()
    cutoff_tolerance: CutoffTolerance = cutoff_tolerance_field()

    varies: ClassVar[tuple[str, ...]] = ("t_end", "points", "times")

    def __post_init__(self) -> None:
        _ = self._times, engine_named(self.engine)

    @functools.cached_property
    def _times(self) -> FloatArray | None:
        return output_times(self.t_end, self.points, self.times)

    def is_open(self, battery: Battery) -> bool:
        """Whether the cut-off or the times are ``"auto"``; see `RunSpec.is_open`."""
        return self._times is None or super().is_open(battery)

    @functools.cached_property
    def key_fields(self) -> dict[str, Any]:
        """Engine, state times, and output times as an explicit list."""
        fields, times = dict(super().key_fields), self._times
        del fields["t_end"], fields["points"]
        return fields | {"times": AUTO if times is None else times.tolist()}

    def _state_times(self, request: Request) -> FloatArray | None:
        return None if self.state_times is None else check_state_times(request, self.state_times)

    def _options(self, request: Request) -> RunOptions:
        return RunOptions(
            engine_named(self.engine), self.cutoff_options, self._state_times(request)
        )

    def solve(self, point: Point, keep: bool) -> tuple[xr.Dataset, SolvedState | None]:
        """Charge one battery; see `RunSpec.solve`."""
        if not self.is_open(point.battery):
            return self.solve_together([point], keep)[0]
        request, times = point.request, self._times
        times = settling_times(request) if times is None else times
        return solve(request, times, self._options(request)).dataset, None

    def solve_together(
        self, points: Sequence[Point], keep: bool
    ) -> list[tuple[xr.Dataset, SolvedState | None]]:
        """Propagate all initial states once, up to the latest output time of all points."""
        requests = {id(point.charger): point.request for point in points}
        grids = [point.run._times for point in points]  # type: ignore[attr-defined]  # same class
        times = {grid.tobytes(): grid for grid in grids}
        options = self._options(next(iter(requests.values())))
        rows = certified_runs([*requests.values()], [*times.values()], options, None, keep)
        by_charger = {
            charger: dict(zip(times, row, strict=True))
            for charger, row in zip(requests, rows, strict=True)
        }
        results: list[tuple[xr.Dataset, SolvedState | None]] = []
        for point, grid in zip(points, grids, strict=True):
            result, run = by_charger[id(point.charger)][grid.tobytes()]
            results.append((result.dataset, run if keep else None))
        return results

    def dataset_from(self, point: Point, state: SolvedState) -> xr.Dataset | None:
        """Return the merits computed from an earlier propagation; see `RunSpec.dataset_from`."""
        if not isinstance(state, Propagation):
            return None
        result = recertified(point.request, state, self.cutoff_options)
        return None if result is None else result.dataset
