"""Certificate of a result: error estimates, the resulting status, and advice."""

from __future__ import annotations

import dataclasses
import json
import math
import warnings
from collections.abc import Sequence
from typing import Any, NamedTuple, cast

import numpy as np
import xarray as xr

from qubatt.charging.cutoff_error import CutoffErrors
from qubatt.charging.request import Request
from qubatt.core.cutoff_defect import reach
from qubatt.core.errors import CertificateError, QubattWarning
from qubatt.core.observable import ENERGY
from qubatt.core.solution import Solution
from qubatt.engines.steady.solve_steady import SteadySolution
from qubatt.merits import SolvedRun
from qubatt.models.photon_cutoff import max_photons
from qubatt.results.coordinates import METHODS, TOLERANCE, VALID_UNTIL
from qubatt.results.status import Status

CURVE_THRESHOLD = 1e-4
"""Largest acceptable error of the interpolated energy, relative to its maximum."""

LARGEST_PREDICTION = 0.6
"""Largest number of missing levels that the slope predicts well, relative to the cut-off."""

EIGENVALUE_THRESHOLD = -1e-7
"""Threshold of the smallest eigenvalue of ρ, below which a result is ``not-positive``."""


@dataclasses.dataclass(frozen=True)
class Certificate:
    """Status of a result, the numbers that determine it, and advice if it is not ``"ok"``.

    Attributes
    ----------
    status : Status
        The most severe of the statuses that apply.
    numbers : dict
        Numbers that determine the status; None for a number that is not known.
    advice : str
        Problem and cure; empty for ``"ok"``.
    """

    status: Status
    numbers: dict[str, Any]
    advice: str = ""

    @property
    def attributes(self) -> dict[str, str]:
        """Status and certificate as attributes of a Dataset."""
        return {"status": self.status, "certificate": json.dumps(self.numbers)}

    def issue(self, strict: bool, stacklevel: int = 5) -> None:
        """Warn about a result that should not be trusted, or raise an error.

        Raises
        ------
        CertificateError
            If `strict` and the status is not ``"ok"``.
        """
        if self.advice and strict:
            raise CertificateError(f"Status {self.status}: {self.advice}")
        if self.advice:
            warnings.warn(self.advice, QubattWarning, stacklevel=stacklevel)


class CertifiedResult(NamedTuple):
    """A labelled result with its certificate.

    Attributes
    ----------
    dataset : xarray.Dataset
        Merits with their labels.
    certificate : Certificate
        Status and numbers.
    cutoff : int or None
        The photon cut-off if it was determined automatically, otherwise None.
    """

    dataset: xr.Dataset
    certificate: Certificate
    cutoff: int | None = None


def certify_run(
    request: Request, solution: Solution, errors: CutoffErrors, record: SolvedRun | None = None
) -> Certificate:
    """Return the certificate of a charging run; `record` adds the error of its energy curve."""
    numbers = {
        "error_estimate": _known(solution.error_estimate),
        "trace_drift": _known(solution.trace_drift),
        "smallest_eigenvalue": _known(solution.smallest_eigenvalue),
    }
    counts = {"samples": solution.samples, "seed": solution.seed}
    numbers |= {name: count for name, count in counts.items() if count is not None}
    lost = ""
    if not solution.converged:
        lost = (
            f"The run is not accurate: error estimate {solution.error_estimate:.1e}, trace"
            f" drift {solution.trace_drift:.1e}. Allow a larger tolerance, or use smaller"
            " energies and rates or a smaller last time."
        )
    if record is not None and request.needs("curve"):
        numbers["curve_error"] = _known(record.curve.error)
        lost = lost or _off_between(record)
    least = min(EIGENVALUE_THRESHOLD, -solution.tolerance)
    return _judge(request, numbers, errors, lost, least)


def _off_between(record: SolvedRun) -> str:
    """Return a warning if the energy varies too fast between times for reliable maxima."""
    error, energy = record.curve.error, record.of(ENERGY)
    largest = float(np.abs(energy - energy[0]).max())
    if not error > max(CURVE_THRESHOLD * largest, 10.0 * record.curve.rounding):
        return ""
    return (
        "The energy varies too fast between the sampling times: maxima and their times may be off"
        f" by {error:.1e} or more. Use more output times, or a smaller last time."
    )


def certify_steady(request: Request, solution: SteadySolution, errors: CutoffErrors) -> Certificate:
    """Return the certificate of a steady state."""
    numbers = {
        "residual": solution.residual,
        "error_estimate": _known(solution.error_estimate),
        "trace_drift": solution.trace_drift,
        "smallest_eigenvalue": _known(solution.smallest_eigenvalue),
        "steady_states": solution.count or None,
    }
    lost = ""
    if not solution.converged:
        lost = (
            f"The steady state is not accurate: residual {solution.residual:.1e}, estimated error"
            f" {solution.error_estimate:.1e}. Relaxation is very slow compared with the energies:"
            " use stronger damping, smaller energies, or another method."
        )
    return _judge(request, numbers, errors, lost, EIGENVALUE_THRESHOLD, bound="cutoff_residual")


def _judge(
    request: Request,
    numbers: dict[str, Any],
    errors: CutoffErrors,
    lost: str,
    least: float,
    bound: str = "cutoff_bound",
) -> Certificate:
    """Return the certificate with the errors of the cut-off and the worst status."""
    statuses: dict[str, str] = {}
    if request.problem.space.modes or errors.bound != 0.0:
        statuses = errors.statuses()
        numbers = numbers | {bound: None if errors.bound is None else _known(errors.bound)}
    if statuses:
        numbers = numbers | {
            "cutoff_method": errors.method,
            "cutoff_relative_error": _known(errors.relative),
            "cutoff_error": {name: _known(error) for name, error in errors.errors.items()},
            "cutoff_limit": dict(errors.limits),
            "cutoff_status": statuses,
            METHODS: dict(errors.methods),
            TOLERANCE: errors.tolerance,
        }
        if math.isfinite(errors.valid_until):
            numbers[VALID_UNTIL] = errors.valid_until
    if lost:
        return Certificate("not-converged", numbers, lost)
    smallest = numbers["smallest_eigenvalue"]
    if smallest is not None and smallest < least:
        advice = (
            f"The density matrix has an eigenvalue of {smallest:.1e}, below 0. Use a smaller"
            " tolerance, or another engine or method."
        )
        return Certificate("not-positive", numbers, advice)
    for status, say in (
        ("cutoff-too-small", _too_small),
        ("cutoff-not-resolved", _not_resolved),
    ):
        names = [name for name, one in statuses.items() if one == status]
        if names:
            return Certificate(cast(Status, status), numbers, say(request, errors, names))
    return Certificate("sampled" if "samples" in numbers else "ok", numbers)


def _too_small(request: Request, errors: CutoffErrors, names: Sequence[str]) -> str:
    """Return advice on a cut-off that is too low."""
    worst = max(names, key=lambda name: errors.errors[name] / errors.limits[name])
    excess = errors.errors[worst] / errors.limits[worst]  # that of other merits may be infinite
    error = f"{worst} is off by about {errors.errors[worst]:.1e}, more than"
    allowed = f"the allowed {errors.limits[worst]:.1e}"
    cutoff = max_photons(request.battery)
    if not isinstance(cutoff, int):
        return f"The matrices have too few levels: {error} {allowed}. {_more_levels(request)}"
    enough = ""
    missing = math.log(excess) / errors.slope if errors.slope > 0.0 else math.inf
    if missing <= LARGEST_PREDICTION * cutoff:
        enough = f" About {cutoff + max(1, math.ceil(missing))} should do."
    return (
        f"max_photons = {cutoff} is too low: {error} {allowed}.{enough}"
        ' Raise it, use max_photons="auto", or allow a larger cutoff_tolerance.'
    )


def _more_levels(request: Request) -> str:
    """Return advice on matrices that lack levels, naming the modes that need more levels."""
    steps = reach(request.problem)
    modes = [mode for mode in steps if steps[mode]] or list(steps)
    names = " and ".join(f"`{mode}`" for mode in modes)
    roles = json.dumps(dict.fromkeys(modes, "levels"))
    return (
        f"Add levels of {names} to the matrices; if this is not a mode but a finite system, set"
        f" roles={roles}."
    )


def _not_resolved(request: Request, errors: CutoffErrors, names: Sequence[str]) -> str:
    """Return advice where the error of the cut-off is not known."""
    shown = ", ".join(names[:3]) + (", …" if len(names) > 3 else "")
    if not math.isnan(errors.ratio):
        cause = "the error does not fall with the number of levels yet"
        cutoff = max_photons(request.battery)
        cure = (
            f'Raise max_photons = {cutoff}, or use max_photons="auto".'
            if isinstance(cutoff, int)
            else _more_levels(request)
        )
    else:
        cause = "no run with other cut-offs was made"
        cure = 'Use certificate="full", or allow a larger cutoff_tolerance.'
    return f"The error that the photon cut-off causes in {shown} is not known: {cause}. {cure}"


def _known(number: float) -> float | None:
    """Return the number, or None if it is not finite."""
    return number if math.isfinite(number) else None
