"""Search for the photon cut-off at which the errors of the merits are within the tolerance."""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Callable
from typing import Any, NamedTuple

from qubatt.charging.assessment import Assessment
from qubatt.charging.certificate import CertifiedResult
from qubatt.charging.cutoff_error import CutoffErrors, errors_from_bound, errors_from_companion
from qubatt.charging.request import Request
from qubatt.core.errors import ResourceError
from qubatt.models.photon_cutoff import max_photons

logger = logging.getLogger(__name__)

GROWTH, FAST_GROWTH = 1.4, 1.6
"""Largest factor between successive cut-offs, in general and while the bound is useless."""

SLOPE_GAIN = 1.5
"""Usual power of the bound with which errors fall."""

USELESS_BOUND = 1.0
"""Bound on the trace distance (at most 2) above which the cut-off counts as far too low."""

FEWEST_ADDED_LEVELS = 2
"""Smallest number of added levels; one level may have the wrong parity."""


class CutoffHistory(NamedTuple):
    """Photon cut-offs tried in a search, the last of which is chosen, and the remaining errors.

    Attributes
    ----------
    tolerance : float
        Tolerance for the errors of merits, relative to their scales.
    tried : list of dict
        ``max_photons``, and ``error``: the largest error of a merit relative to its scale, None
        where it was not known yet.
    """

    tolerance: float
    tried: list[dict[str, Any]]

    @property
    def chosen(self) -> int:
        """The chosen cut-off."""
        return int(self.tried[-1]["max_photons"])

    def attached_to(self, result: CertifiedResult) -> CertifiedResult:
        """Return the result with the history as its attribute ``cutoff``."""
        entry = {"chosen": self.chosen, "tolerance": self.tolerance, "tried": self.tried}
        result.dataset.attrs["cutoff"] = json.dumps(entry)
        return result._replace(cutoff=self.chosen)


def search_cutoff(
    request: Request,
    tolerance: float,
    solve: Callable[[Request], Assessment],
) -> tuple[Assessment, CutoffErrors, CutoffHistory]:
    """Solve with more and more Fock levels until the errors of all merits are within the tolerance.

    The search begins with the levels that hold the charger state. Each run is the companion of the
    next one; the ratio r of their bounds predicts how many levels are missing,
    ln(error/limit) (n − n')/(−1.5 ln r).

    Parameters
    ----------
    request : Request
        The request with the lowest cut-off.
    tolerance : float
        Tolerance for the error of each merit, relative to its scale.
    solve : callable
        Solves a request, at the same sampling times for all cut-offs.

    Raises
    ------
    ResourceError
        If memory runs out first; the message gives the last cut-off and its error.
    """
    cutoff = int(max_photons(request.battery))
    tried: list[dict[str, Any]] = []
    before: Assessment | None = None
    while True:
        try:
            now = solve(request.with_max_photons(cutoff))
        except ResourceError as error:
            if before is None:
                raise
            last = tried[-1]
            reached = "" if last["error"] is None else f", with an error of {last['error']:.1e}"
            raise ResourceError(
                f'max_photons="auto" ended at {last["max_photons"]}{reached}, because {cutoff}'
                f" is too large. {error}"
            ) from None
        errors = errors_from_bound(now, tolerance)
        if before is not None:
            levels = cutoff - tried[-1]["max_photons"]
            errors = errors_from_companion(now, before, errors, levels)
        relative = errors.relative
        tried.append({"max_photons": cutoff, "error": _rounded(relative)})
        logger.info("max_photons=%d: relative error %.1e", cutoff, relative)
        if errors.are_small or not now.solution.converged:
            return now, errors, CutoffHistory(tolerance, tried)
        before, cutoff = now, _next(cutoff, errors)


def _rounded(error: float) -> float | None:
    """Return an error with three digits; None if it is not known."""
    return float(f"{error:.3g}") if math.isfinite(error) else None


def _next(cutoff: int, errors: CutoffErrors) -> int:
    """Return the next cut-off: the predicted one, within the limits of growth."""
    useless = errors.bound is None or errors.bound > USELESS_BOUND
    most = math.ceil(((FAST_GROWTH if useless else GROWTH) - 1.0) * cutoff)
    known = math.isfinite(errors.excess) and errors.slope > 0.0
    missing = math.ceil(math.log(errors.excess) / (SLOPE_GAIN * errors.slope)) if known else most
    return cutoff + max(FEWEST_ADDED_LEVELS, min(missing, most))
