"""Certified results of propagations: merits, errors of the cut-off, status."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from contextlib import suppress
from functools import reduce
from typing import NamedTuple

import numpy as np

from qubatt.charging.assessment import Assessment
from qubatt.charging.certificate import CertifiedResult, certify_run
from qubatt.charging.companion import (
    SHARE_OF_RUN,
    Companion,
    NotKeptError,
    decide,
    progress_of_companions,
)
from qubatt.charging.cutoff_bound import bound_of, initial_distance, initial_populations
from qubatt.charging.cutoff_error import CertificateOptions, CutoffErrors
from qubatt.charging.cutoff_search import search_cutoff
from qubatt.charging.dataset import label_merits, labelled, merit_values
from qubatt.charging.propagate import Propagation, propagate_each
from qubatt.charging.request import Request
from qubatt.charging.sample_times import sample_times
from qubatt.core.check import FloatArray
from qubatt.core.progress import Report, half_of_rest, part
from qubatt.core.size import SizeError
from qubatt.engines import Engine
from qubatt.merits import SolvedRun
from qubatt.merits.maximum import Maximum
from qubatt.models.photon_cutoff import max_photons
from qubatt.results.late_maxima import STILL_RISING

DENSE_CUTOFF = 4
"""Multiple of the lowest cut-off for which the sampling times of a search are chosen."""


class RunOptions(NamedTuple):
    """Options of a propagation that do not change the problem.

    Attributes
    ----------
    engine : str or Engine
        As in `charge`.
    cutoff : CertificateOptions
        Mode and tolerance for the error of the photon cut-off.
    state_times : array, shape (S,), or None
        Times for merits of the full state if they differ from the output times.
    describe : bool
        Whether to add scalar coordinates; see `scalar_coordinates`.
    """

    engine: str | Engine = "auto"
    cutoff: CertificateOptions = CertificateOptions()
    state_times: FloatArray | None = None
    describe: bool = False


def assess(request: Request, run: Propagation, initial: float = 0.0) -> Assessment:
    """Return the merits of a propagation, and the bound on its cut-off error.

    `initial` bounds ‖ρ̂(0) − ρ(0)‖₁ of the truncated initial state.
    """
    solution, time = run.solution, run.time
    chosen = np.searchsorted(solution.times, time)
    record = SolvedRun(
        request.realization,
        solution.times,  # energies are relative to time 0, the first of them
        solution.moments,
        None if solution.battery_states is None else solution.battery_states[chosen],
        solution.states,
    )
    values = merit_values(request, record)
    state_times = time if run.state_times is None else run.state_times
    bound = bound_of(request, solution, initial)
    return Assessment(request, record, values, chosen, state_times, bound, solution)


def certified(
    assessment: Assessment, run: Propagation, errors: CutoffErrors, describe: bool = False
) -> CertifiedResult:
    """Return the merits of a propagation over time as a Dataset, with a certificate."""
    request, record = assessment.request, assessment.record
    state_dim = "time" if run.state_times is None else "state_time"
    merits = label_merits(request, assessment.values, assessment.chosen, state_dim)
    merits = merits.with_times(time=run.time, state_time=run.state_times)
    certificate = certify_run(request, run.solution, errors, record)
    statistics = dict(run.solution.statistics) | {"chosen": run.chosen_because}
    dataset = labelled(request, merits, certificate, statistics, describe)
    if rising := _rising(request, record):
        dataset.attrs[STILL_RISING] = json.dumps(rising)
    return CertifiedResult(dataset, certificate)


def _rising(request: Request, record: SolvedRun) -> list[str]:
    """Return the names of maxima reached at the last time, where the curve may still rise."""
    if len(record.times) < 2:
        return []
    maxima = [merit for merit in request.merits if isinstance(merit, Maximum)]
    ends = {of: getattr(record.curve, f"max_{of}")()[0] for of in {merit.of for merit in maxima}}
    return [merit.name for merit in maxima if ends[merit.of] == record.times[-1]]


def assess_companion(companion: Companion, run: Propagation, like: Propagation) -> Assessment:
    """Return the merits of a companion at the sampling times of the run that it belongs to."""
    return assess(companion.request, run.at(like.solution.times), companion.initial)


def distance_at_start(request: Request) -> float:
    """Return a bound on ‖ρ̂(0) − ρ(0)‖₁, where ρ(0) is cut to the retained levels."""
    space = request.problem.space
    dims = {mode: space.factors[mode].dim for mode in space.modes}
    return initial_distance(initial_populations(request), dims) if dims else 0.0


def certified_runs(
    requests: Sequence[Request],
    times: Sequence[FloatArray],
    options: RunOptions = RunOptions(),  # noqa: B008  # immutable
    progress: Report | None = None,
    battery: bool = False,
) -> list[list[tuple[CertifiedResult, Propagation]]]:
    """Return the results of requests that differ only in the charger state, for all output times.

    Each comes with the propagation that it was computed from. Parameters are those of
    `propagate_each`; `battery` keeps the states of the battery even if no merit needs them.
    """
    single = options.cutoff.mode == "bound" or not requests[0].problem.space.modes
    first = progress if single else part(progress, 0.0, SHARE_OF_RUN)
    requests = [requests[0], *(other.with_defect_of(requests[0]) for other in requests[1:])]
    rows = _propagated(requests, times, options, first, battery)
    rest = progress_of_companions(None if single else progress, len(requests))
    return [
        _certified_row(request, row, times, options, report, battery)
        for request, row, report in zip(requests, rows, rest, strict=True)
    ]


def _certified_row(
    request: Request,
    row: list[Propagation],
    times: Sequence[FloatArray],
    options: RunOptions,
    progress: Report | None,
    battery: bool,
) -> list[tuple[CertifiedResult, Propagation]]:
    """Return the results of one request, with a companion where one is needed."""
    others: list[Propagation] = []

    def solve(companion: Companion) -> list[Assessment]:
        samples = reduce(np.union1d, [run.solution.times for run in row])
        others[:] = _propagated([companion.request], times, options, progress, battery, samples)[0]
        return [
            assess_companion(companion, other, run) for other, run in zip(others, row, strict=True)
        ]

    initial = distance_at_start(request)
    assessments = [assess(request, run, initial) for run in row]
    errors = decide(assessments, options.cutoff, solve)
    if progress is not None:
        progress(1.0)  # also without a companion
    companions: Sequence[Propagation | None] = others or [None] * len(row)
    return [
        (
            certified(one, run, error, options.describe),
            dataclasses.replace(run, companion=other),
        )
        for one, run, error, other in zip(assessments, row, errors, companions, strict=True)
    ]


def _propagated(
    requests: Sequence[Request],
    times: Sequence[FloatArray],
    options: RunOptions,
    progress: Report | None,
    battery: bool,
    samples: FloatArray | None = None,
) -> list[list[Propagation]]:
    state_times = options.state_times
    return propagate_each(requests, times, options.engine, progress, state_times, battery, samples)


def recertified(
    request: Request, run: Propagation, options: CertificateOptions
) -> CertifiedResult | None:
    """Return the result of a kept propagation, with other merits; None if it lacks data."""

    def solve(companion: Companion) -> list[Assessment]:
        other = run.companion
        if other is None or not other.suffices(companion.request):
            raise NotKeptError
        return [assess_companion(companion, other, run)]

    if not run.suffices(request):
        return None
    assessment = assess(request, run, distance_at_start(request))
    try:
        (errors,) = decide([assessment], options, solve)
    except NotKeptError:
        return None
    return certified(assessment, run, errors)


def solve(
    request: Request,
    time: FloatArray,
    options: RunOptions = RunOptions(),  # noqa: B008  # immutable
    progress: Report | None = None,
) -> CertifiedResult:
    """Return the merits over time, with a certificate; the photon cut-off may be automatic."""
    if not request.auto_cutoff:
        return certified_runs([request], [time], options, progress)[0][0][0]
    outputs = time if options.state_times is None else np.union1d(time, options.state_times)
    samples = _samples_of_search(request, outputs)
    runs: list[Propagation] = []

    def solve_at(at_cutoff: Request) -> Assessment:
        report = half_of_rest(progress, len(runs))
        ((run,),) = _propagated([at_cutoff], [time], options, report, False, samples)
        runs.append(run.at(samples))
        return assess(at_cutoff, runs[-1], distance_at_start(at_cutoff))

    assessment, errors, history = search_cutoff(request, options.cutoff.tolerance, solve_at)
    if progress is not None:
        progress(1.0)
    return history.attached_to(certified(assessment, runs[-1], errors, options.describe))


def _samples_of_search(request: Request, outputs: FloatArray) -> FloatArray:
    """Return sampling times that are dense enough for all cut-offs of a search.

    Only merits of the energy curve need more times at higher cut-offs.
    """
    dense = request
    if request.needs("curve"):
        with suppress(SizeError):
            dense = request.with_max_photons(DENSE_CUTOFF * max_photons(request.battery))
    return sample_times(dense, outputs)
