"""Search for the photon cut-off at which the merits have converged."""

from __future__ import annotations

import dataclasses
import json
import logging
from collections.abc import Callable

import numpy as np

from qubatt.charging.certificate import CertifiedResult
from qubatt.charging.request import Request
from qubatt.core.errors import ResourceError
from qubatt.merits import CutoffPopulation
from qubatt.models.photon_cutoff import max_photons

logger = logging.getLogger(__name__)

CUTOFF_TOLERANCE = 1e-6
"""Largest accepted change of a merit between two cut-offs, relative to the larger of 1 and the
largest value of the merit.
"""

FIRST_MARGIN = 8
"""Initial number of levels above those that hold the charger state."""


def converge(request: Request, solve: Callable[[Request], CertifiedResult]) -> CertifiedResult:
    """Solve with more and more Fock levels until doubling the margin changes no merit.

    The margin is the number of levels above those that hold the charger state. The result with the
    largest margin is returned, which is twice the margin that proved sufficient.

    Raises
    ------
    ResourceError
        If memory runs out before convergence; the message gives the last cut-off and change.
    """
    base = max_photons(request.battery)
    margin, before, tried = FIRST_MARGIN, None, []
    while True:
        larger = request.with_max_photons(base + margin)
        try:
            result = solve(larger)
        except ResourceError as error:
            if before is None:
                raise
            last = tried[-1]
            raise ResourceError(
                f'max_photons="auto" found no cut-off: raising it to {last["max_photons"]} changed'
                f" the merits by {last['change'] or float('inf'):.1e}, and {base + margin} is too"
                f" large. {error}"
            ) from None
        closed = not larger.reaches_above_cutoff()
        change = 0.0 if closed else None if before is None else _change(before, result)
        tried.append({"max_photons": base + margin, "change": change})
        logger.info("max_photons=%d: merits changed by %s", base + margin, change)
        if change is not None and change <= CUTOFF_TOLERANCE:
            return _labelled(result, change, tried, base + margin)
        before, margin = result, 2 * margin


def _labelled(
    result: CertifiedResult, change: float, tried: list[dict[str, float | None]], cutoff: int
) -> CertifiedResult:
    """Add the chosen cut-off, and the changes on which the choice is based, to the result."""
    certificate = dataclasses.replace(
        result.certificate, numbers=result.certificate.numbers | {"cutoff_change": change}
    )
    chosen = {"chosen": cutoff, "tolerance": CUTOFF_TOLERANCE, "tried": tried}
    result.dataset.attrs |= certificate.attributes | {"cutoff": json.dumps(chosen)}
    return CertifiedResult(result.dataset, certificate, cutoff)


def _change(before: CertifiedResult, now: CertifiedResult) -> float:
    """Return the largest change of a merit, relative to the larger of 1 and its largest value."""
    changes = [0.0]
    for name, values in now.dataset.data_vars.items():
        time = values.attrs.get("units") == "1/omega_ref"  # of a maximum: others may overtake it
        if name != CutoffPopulation().name and not time:
            new, old = (np.atleast_1d(part.to_numpy()) for part in (values, before.dataset[name]))
            same = (new == old) | (np.isnan(new) & np.isnan(old))  # also where it is infinite
            with np.errstate(invalid="ignore"):
                change = np.where(same, 0.0, np.abs(new - old))
            finite = np.abs(new[np.isfinite(new)])
            scale = max(1.0, float(finite.max(initial=0.0)))
            changes.append(float(np.where(np.isnan(change), np.inf, change).max()) / scale)
    return max(changes)
