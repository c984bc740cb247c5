"""Certificate of a result: error estimates, the resulting status, and the cure."""

from __future__ import annotations

import dataclasses
import json
import math
import warnings
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import xarray as xr

from qubatt.charging.request import Request
from qubatt.core.errors import CertificateError, QubattWarning
from qubatt.core.observable import ENERGY
from qubatt.core.solution import Solution
from qubatt.engines.steady.solve_steady import SteadySolution
from qubatt.merits import SolvedRun
from qubatt.merits.cutoff_population import highest_levels
from qubatt.models.photon_cutoff import max_photons
from qubatt.results.status import CUTOFF_THRESHOLD, Status

CURVE_THRESHOLD = 1e-4
"""Largest acceptable error of the interpolated energy, relative to its maximum."""

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
    numbers: dict[str, float | int | None]
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
    request: Request, solution: Solution, record: SolvedRun | None = None
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
    return _judge(request, numbers, _highest(request, solution.moments), lost, least)


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


def certify_steady(request: Request, solution: SteadySolution) -> Certificate:
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
    return _judge(request, numbers, _highest(request, solution.moments), lost, EIGENVALUE_THRESHOLD)


def _highest(request: Request, moments: Mapping[str, Any]) -> dict[str, float]:
    """Return, for each mode, the largest population of its highest levels."""
    return {
        mode: float(np.max(moments[top.label]))
        for mode, top in highest_levels(request.problem).items()
        if top.label in moments
    }


def _judge(
    request: Request,
    numbers: dict[str, Any],
    highest: Mapping[str, float],
    lost: str,
    least: float,
) -> Certificate:
    """Return the certificate with the largest highest-level population and the worst status."""
    fullest = max(highest, key=lambda mode: highest[mode]) if highest else ""
    population = highest.get(fullest)
    if population is not None:
        numbers = numbers | {"cutoff_population": population}
    if lost:
        return Certificate("not-converged", numbers, lost)
    smallest = numbers["smallest_eigenvalue"]
    if smallest is not None and smallest < least:
        advice = (
            f"The density matrix has an eigenvalue of {smallest:.1e}, below 0. Use a smaller"
            " tolerance, or another engine or method."
        )
        return Certificate("not-positive", numbers, advice)
    # without transitions above it, a populated highest level is no error
    if population is not None and population > CUTOFF_THRESHOLD and request.reaches_above_cutoff():
        sentence = f"The highest Fock level holds up to {population:.1e} of the population: "
        advice = sentence + _more_levels(request, fullest)
        return Certificate("cutoff-too-small", numbers, advice)
    return Certificate("ok", numbers)


def _more_levels(request: Request, mode: str) -> str:
    """Return advice on a cut-off that is too low."""
    below = f"`cutoff_population` stays below {CUTOFF_THRESHOLD:.0e}"
    cutoff = max_photons(request.battery)
    if cutoff is None:
        return (
            f"the matrices have too few levels of `{mode}`. Add levels until {below}; if `{mode}`"
            f' is not a mode but a finite system, set roles={{"{mode}": "levels"}}.'
        )
    return f'max_photons = {cutoff} is too low. Raise it until {below}, or use max_photons="auto".'


def _known(number: float) -> float | None:
    """Return the number, or None if it is not finite."""
    return number if math.isfinite(number) else None
