"""Companion runs: the same problem with other photon cut-offs, and estimates from them."""

from __future__ import annotations

import dataclasses
import logging
import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

from qubatt.charging.assessment import Assessment
from qubatt.charging.cutoff_bound import initial_distance, initial_populations
from qubatt.charging.cutoff_error import (
    CertificateOptions,
    CutoffErrors,
    errors_from_bound,
    errors_from_companion,
)
from qubatt.charging.request import Request
from qubatt.core.cutoff_defect import reach
from qubatt.core.errors import ResourceError, UnsupportedError
from qubatt.core.progress import Report, part
from qubatt.models.photon_cutoff import max_photons
from qubatt.states import CutoffError

logger = logging.getLogger(__name__)

FEWER_LEVELS = 0.15
"""Share of the levels that a companion lacks."""

FEWEST_FEWER_LEVELS = 2
"""Smallest number of levels that a companion lacks; one level may have the wrong parity."""

LARGEST_LOSS = 1e-2
"""Largest initial population of the levels that a companion lacks."""

MAX_WORK = 3e10
"""Largest work for which a companion runs by default: products with 𝓛 times entries of ρ.

This work takes about half a minute on one core; the number is the same on every machine.
"""

SHARE_OF_RUN = 0.6
"""Share of the progress that belongs to the run; the rest belongs to its companions."""


class NotKeptError(Exception):
    """A kept result lacks the companion that its certificate needs."""


class Companion(NamedTuple):
    """The request with other cut-offs.

    Attributes
    ----------
    request : Request
        The request.
    initial : float
        Bound on ‖ρ̂(0) − ρ(0)‖₁ for its initial state.
    levels : int
        Largest number of levels that it lacks; negative if it has more.
    """

    request: Request
    initial: float
    levels: int


def companion_of(request: Request) -> Companion | None:
    """Return the companion with fewer levels, or with more if the initial state needs them all.

    None if the battery consists of matrices that cannot be continued to more levels.
    """
    space, extra = request.problem.space, reach(request.problem)
    dims = {mode: space.factors[mode].dim for mode in space.modes}
    populations = initial_populations(request)
    steps = {
        mode: max(FEWEST_FEWER_LEVELS, extra[mode], math.ceil(FEWER_LEVELS * dim))
        for mode, dim in dims.items()
    }
    fewer = {mode: dim - steps[mode] for mode, dim in dims.items()}
    lost = sum(float(p[max(fewer[mode], 0) :].sum()) for mode, p in populations.items())
    if min(fewer.values()) > 1 and lost <= LARGEST_LOSS:
        smaller = request.with_levels(fewer)
        return Companion(smaller, initial_distance(populations, fewer), max(steps.values()))
    more = {mode: dim + steps[mode] for mode, dim in dims.items()}
    try:
        larger = _larger(request, more)
        built = larger.realization
        _ = built.H, built.pulsed, built.jumps  # matrices are continued at their first use
    except (UnsupportedError, CutoffError):
        return None
    return Companion(larger, initial_distance(populations, more), -max(steps.values()))


def _larger(request: Request, dims: dict[str, int]) -> Request:
    """Return the request with more levels; the charger state fills them if the battery allows."""
    if isinstance(max_photons(request.battery), int) and len(dims) == 1:
        (dim,) = dims.values()
        larger = request.with_max_photons(dim - 1)
        return dataclasses.replace(larger, merits=request.merits)
    return request.with_levels(dims)


def progress_of_companions(progress: Report | None, count: int) -> list[Report | None]:
    """Return a progress callback for the companion of each of `count` results of a joint run."""
    edges = [SHARE_OF_RUN + (1.0 - SHARE_OF_RUN) * (k / count) for k in range(count + 1)]
    return [part(progress, *pair) for pair in pairwise(edges)]


def decide(
    row: Sequence[Assessment],
    options: CertificateOptions,
    solve: Callable[[Companion], list[Assessment]],
    request: Request | None = None,
) -> list[CutoffErrors]:
    """Return the errors that the cut-off causes in the results of one request.

    Parameters
    ----------
    row : sequence of Assessment
        Results of one propagation for several arrays of output times.
    options : CertificateOptions
        Where the bound decides, no companion runs, unless the mode is ``"full"``; in the mode
        ``"bound"`` none ever runs, and in the mode ``"auto"`` only up to `MAX_WORK`.
    solve : callable
        Solves the companion for the same times.
    request : Request, optional
        The request whose cut-offs matter, by default that of the results.
    """
    errors = [errors_from_bound(each, options.tolerance) for each in row]
    request = row[0].request if request is None else request
    if not request.problem.space.modes or not _runs_companion(row, errors, options):
        return errors
    try:
        companion = companion_of(request)
        others = None if companion is None else solve(companion)
    except ResourceError as error:
        logger.info("no companion run: %s", error)
        return errors
    if companion is None or others is None:
        return errors
    return [
        errors_from_companion(one, other, before, companion.levels)
        for one, other, before in zip(row, others, errors, strict=True)
    ]


def _runs_companion(
    row: Sequence[Assessment], errors: Sequence[CutoffErrors], options: CertificateOptions
) -> bool:
    """Return whether a companion run is wanted and its cost is small enough."""
    exact = all(set(each.methods.values()) <= {"proved"} and each.excess == 0.0 for each in errors)
    if options.mode == "bound" or exact or not all(each.solution.converged for each in row):
        return False
    if options.mode == "full":
        return True
    return any(not each.are_small for each in errors) and work_of(row[-1]) <= MAX_WORK


def work_of(assessment: Assessment) -> float:
    """Return the number of products of a run times the number of stored entries of ρ."""
    counts = assessment.solution.statistics
    dim = assessment.request.realization.dim
    return float(counts.get("products", 1)) * float(counts.get("entries", dim**2))
