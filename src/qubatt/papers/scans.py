"""Scans of a reproduction: studies of batteries in one environment, with a common store."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from qubatt.core.check import FloatArray
from qubatt.core.errors import QubattError
from qubatt.core.worker_server import cores
from qubatt.environment import Dissipator
from qubatt.models import Battery
from qubatt.results.status import FAILED
from qubatt.sweeps import ChargeRun, SteadyRun, Study, StudyProgress, StudyRunner
from qubatt.sweeps.store.point_result import PointResult
from qubatt.sweeps.study.merit_names import merit_names

Report = Callable[[str, float, float], None]
"""Function that receives a label, the completed work and the total work."""

Values = dict[str, FloatArray]
"""Results by name, with the batteries along the first axis."""


def charging_scan(
    batteries: Sequence[Battery],
    environment: Sequence[Dissipator],
    times: FloatArray,
    merits: Sequence[str] = ("energy",),
) -> Study:
    """Return a study of charging curves of batteries, with values of shape ``(batteries, T)``.

    Parameters
    ----------
    times : array, shape (T,)
        Evenly spaced output times, starting at 0.
    """
    run = ChargeRun(
        t_end=float(times[-1]), points=len(times), merits=tuple(merits), certificate="full"
    )
    return _study(batteries, environment, run)


def steady_scan(
    batteries: Sequence[Battery],
    environment: Sequence[Dissipator],
    merits: Sequence[str] = ("energy",),
    method: str = "auto",
) -> Study:
    """Return a study of steady states of several batteries, with values of shape ``(batteries,)``.

    In addition to the merits there are ``trusted``, which is 1 if the status is ``"ok"``,
    ``converged``, which is 1 unless the status is ``"not-converged"``, the photon cut-off
    ``max_photons``, and ``cutoff_error``, the largest error of a merit due to the cut-off relative
    to the scale of the merit (NaN without a cut-off, or where it is not known).
    """
    return _study(
        batteries, environment, SteadyRun(merits=tuple(merits), method=method, certificate="full")
    )


def _study(
    batteries: Sequence[Battery], environment: Sequence[Dissipator], run: ChargeRun | SteadyRun
) -> Study:
    axis = {"values": list(batteries), "labels": list(range(len(batteries))), "name": "member"}
    return Study(batteries[0], environment=list(environment), run=run, sweep={"battery": axis})


class Scans(contextlib.AbstractContextManager["Scans"]):
    """Computes scans on all cores and reuses results in a folder, even after an interruption.

    Parameters
    ----------
    folder : Path
        Folder of the results, a store of studies.
    fresh : bool
        Whether to recompute stored results.
    report : callable
        Function that receives a label, the completed work and the total work.
    """

    def __init__(
        self,
        folder: Path,
        fresh: bool = False,
        report: Report = lambda label, done, total: None,  # noqa: ARG005
    ) -> None:
        self.report = report
        self._runner = StudyRunner(folder, workers=cores(), keep=False, fresh=fresh)

    def __exit__(self, *error: Any) -> None:
        self._runner.__exit__(*error)

    def run(self, label: str, scans: Sequence[Study]) -> list[Values]:
        """Return the values of all scans, in the same order.

        Raises
        ------
        QubattError
            If a point fails; the message contains its error.
        """

        def report(progress: StudyProgress) -> None:
            self.report(label, progress.fraction, 1.0)

        self._runner.run(scans, report)
        return [self._values(scan) for scan in scans]

    def _values(self, scan: Study) -> Values:
        """Return the stored values of a scan."""
        points = [_point_values(self._result(scan, k)) for k in range(len(scan))]
        return {name: np.stack([values[name] for values in points]) for name in points[0]}

    def _result(self, scan: Study, index: int) -> PointResult:
        point = scan.points[index]
        result = self._runner.store.get(point.key, merit_names(point.run))
        if result is None or result.status == FAILED:
            message = "it is missing in the store" if result is None else result.message
            raise QubattError(f"A point of the reproduction failed: {message}")
        return result


def _point_values(result: PointResult) -> Values:
    """Return the merits of one point and, for a steady state, measures of its reliability."""
    values = {name: array for name, array in result.arrays.items() if array.dtype.kind == "f"}
    if "time" in values:
        return values
    parameters = json.loads(result.attributes["parameters"])
    certificate = json.loads(result.attributes["certificate"])
    cutoff = parameters["battery"].get("max_photons")
    error = certificate.get("cutoff_relative_error")
    numbers = {
        "trusted": result.status == "ok",
        "converged": result.status != "not-converged",
        "max_photons": np.nan if cutoff is None else cutoff,
        "cutoff_error": np.nan if error is None else error,
    }
    return values | {name: np.asarray(number, dtype=float) for name, number in numbers.items()}
