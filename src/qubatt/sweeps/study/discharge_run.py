"""Runs that discharge a charged battery."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar

import xarray as xr
from pydantic import Field

from qubatt.charging.cutoff_error import CertificateMode, CutoffTolerance
from qubatt.charging.discharge import DISCHARGE_MERITS, FULL, find_discharge
from qubatt.charging.request import Request
from qubatt.core.check import Count, FloatArray, Positive
from qubatt.core.declaration import declare
from qubatt.core.errors import ArgumentError
from qubatt.models.photon_cutoff import AUTO
from qubatt.sweeps.study.point import Merits, Point, RunSpec, SolvedState
from qubatt.sweeps.study.run_fields import (
    as_list,
    certificate_field,
    cutoff_tolerance_field,
    engine_named,
    output_times,
)


@declare("run", "discharge")
class DischargeRun(RunSpec):
    """Self-discharge after the charger is switched off: `qubatt.discharge` at every point.

    Times are in units of 1/ω_ref, counted from the moment at which the charger is switched off.
    The result of a point has the variables, shapes and units of `qubatt.discharge`.

    Examples
    --------
    >>> import qubatt as qb
    >>> study = qb.Study(
    ...     battery=qb.DrivenBattery(n_atoms=1, drive=1.0),
    ...     environment=[qb.CollectiveDecay(0.5)],
    ...     run=qb.DischargeRun(times=[0.0, 2.0], merits=["remaining_energy"]),
    ...     sweep={"collective-decay.rate": [0.5, 1.0]},
    ... )
    >>> qb.sweep(study).remaining_energy.values.round(6).tolist()
    [[1.0, 0.367879], [1.0, 0.135335]]
    """

    t_end: Positive | None = Field(
        default=None, description="Last output time; 10 by default", examples=[2.0]
    )
    points: Count | None = Field(
        default=None,
        description="Number of output times from 0 to t_end; 101 by default",
        examples=[5],
    )
    times: Annotated[Sequence[float] | None, as_list] = Field(
        default=None, description="Explicit output times", examples=[None]
    )
    start: float | str = Field(
        default=FULL, description="Preceding charging time, or full", examples=[FULL]
    )
    merits: Merits = Field(
        default=DISCHARGE_MERITS,
        description="Figures of merit of the battery",
        examples=[DISCHARGE_MERITS],
    )
    engine: str = Field(default=AUTO, description="auto, or an engine with its options")

    certificate: CertificateMode = certificate_field()
    cutoff_tolerance: CutoffTolerance = cutoff_tolerance_field()

    usual: ClassVar[Merits] = DISCHARGE_MERITS

    def __post_init__(self) -> None:
        _ = self._times, engine_named(self.engine)

    @functools.cached_property
    def _times(self) -> FloatArray:
        times = output_times(self.t_end, self.points, self.times)
        if times is None:
            raise ArgumentError("times", "contain real numbers", self.times)
        return times

    @functools.cached_property
    def key_fields(self) -> dict[str, Any]:
        """Start, engine, and output times as an explicit list."""
        fields = dict(super().key_fields)
        del fields["t_end"], fields["points"]
        return fields | {"times": self._times.tolist()}

    def solve(self, point: Point, keep: bool) -> tuple[xr.Dataset, SolvedState | None]:  # noqa: ARG002  # no state is kept
        """Discharge one battery; see `RunSpec.solve`."""
        merits = DISCHARGE_MERITS if self.merits is None else self.merits
        charged = Request.of(point.battery, point.charger, point.environment, ())
        engine = engine_named(self.engine)
        options = self.cutoff_options
        result = find_discharge(charged, self._times, merits, engine, self.start, options=options)
        return result.dataset, None
