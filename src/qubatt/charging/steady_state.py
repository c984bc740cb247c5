"""Steady state under continuous charging and loss."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
import xarray as xr

from qubatt.charging.assessment import Assessment
from qubatt.charging.certificate import CertifiedResult, certify_steady
from qubatt.charging.certified_run import distance_at_start
from qubatt.charging.companion import (
    SHARE_OF_RUN,
    Companion,
    NotKeptError,
    decide,
    progress_of_companions,
)
from qubatt.charging.cutoff_bound import steady_bound
from qubatt.charging.cutoff_error import (
    CUTOFF_TOLERANCE,
    CertificateMode,
    CertificateOptions,
    CutoffErrors,
)
from qubatt.charging.cutoff_search import search_cutoff
from qubatt.charging.dataset import label_merits, labelled, merit_values
from qubatt.charging.request import (
    ChargerOption,
    MeritNames,
    Request,
    check_alike,
)
from qubatt.core.call import explained_call
from qubatt.core.errors import ResourceError, UnsupportedError
from qubatt.core.float_errors import usual_float_errors
from qubatt.core.progress import ProgressOption, Report, half_of_rest, part, reporting
from qubatt.core.task import AT_REST, Save
from qubatt.engines.steady.gap import MAX_STEADY_STATES
from qubatt.engines.steady.solve_steady import SteadySolution, solve_steady
from qubatt.engines.steady.steady_solver import SteadySolver
from qubatt.environment.reading import Environment
from qubatt.merits import Merit, SolvedRun
from qubatt.merits.selection import ALL, to_merit
from qubatt.models import Battery
from qubatt.results.coordinates import with_scalar_coordinates


@explained_call
@usual_float_errors
def steady_state(
    battery: Battery,
    *,
    charger: ChargerOption = None,
    environment: Environment = None,
    merits: MeritNames = None,
    method: str | SteadySolver = "auto",
    gap: bool = False,
    certificate: CertificateMode = "auto",
    cutoff_tolerance: float = CUTOFF_TOLERANCE,
    progress: ProgressOption = False,
    strict: bool = False,
) -> xr.Dataset:
    """Return the figures of merit of the steady state that the empty battery reaches.

    𝓛ρ = −i[H, ρ] + Σ γ (cρc† − ½{c†c, ρ}) = 0 with Tr ρ = 1.

    If there are several steady states (dark states, conserved quantities), the one that the given
    charger state leads to, lim exp(t𝓛)ρ(0), is returned, and the attribute ``uniqueness`` says so.

    Parameters
    ----------
    battery : Battery
        The battery; with ``max_photons="auto"`` the cut-off is chosen automatically, see `charge`.
    charger : ChargerState or str, optional
        Initial state of the charger, as in `charge`.
    environment : Dissipator, str, or sequence of them
        Dissipators, as in `charge`; at least one.
    merits : iterable of str or Merit, optional
        Names of the figures of merit, as in `charge`, except those of the curve over time.
    method : str or SteadySolver
        ``"auto"``, the name of a steady solver with any options (``qubatt list steady-solver``),
        or a solver object: `DirectSolver`, the fastest for small problems and for atoms without a
        cavity; `SecularSolver` for weak damping; `FlowSolver` for all other problems.
    gap : bool
        Add the variable ``relaxation_rate``, the Liouvillian gap: the smallest −Re λ of the
        eigenvalues λ ≠ 0 of 𝓛 on the space that is reachable from ρ(0).
    certificate, cutoff_tolerance
        As in `charge`, with the steady state of a companion with fewer levels. The bound for runs
        does not apply to steady states: ``"bound"`` gives only ‖(𝓛̂ − 𝓛)ρ‖₁.
    progress : bool or callable
        As in `charge`.
    strict : bool
        Raise an error instead of a warning if the status is not ``"ok"``.

    Returns
    -------
    xarray.Dataset
        The variables of `charge`, without dims. The attribute ``status`` is as in `charge`;
        ``certificate`` holds ‖𝓛ρ‖ as ``residual``, a bound on ‖(𝓛̂ − 𝓛)ρ‖₁ with the untruncated 𝓛̂
        as ``cutoff_residual``, the estimated ‖ρ − ρ_∞‖, and the number of independent steady states
        reachable from ρ(0), ``steady_states``.

    Raises
    ------
    ArgumentError
        If an argument has an invalid value; the message names it and says how to correct it.
    UnsupportedError
        If there is no environment or there are pulses, or if a part of the state oscillates
        without damping.
    ResourceError
        If the problem does not fit in the free memory.
    UnsuitedError
        If the requested solver fails on this problem, as `SecularSolver` does where damping is
        too strong.
    CertificateError
        If `strict` and the status is not ``"ok"``.

    Notes
    -----
    The residual is that of the truncated problem. The residual of the untruncated problem divided
    by the relaxation rate indicates the distance from the exact steady state, but does not bound
    it; the errors of the merits are estimated from a companion.

    Examples
    --------
    >>> import qubatt as qb
    >>> battery = qb.DrivenBattery(n_atoms=1, drive=1.0)
    >>> end = qb.steady_state(battery, environment=qb.CollectiveDecay(0.5))
    >>> round(float(end.energy), 12)
    0.16
    """
    request = steady_request(battery, charger, environment, merits)
    with reporting(progress, "settling") as report:
        options = CertificateOptions.of(certificate, cutoff_tolerance)
        result = find_steady_state(request, method, gap, report, options)
    result.certificate.issue(strict)
    return with_scalar_coordinates(result.dataset)


def steady_request(
    battery: Battery, charger: ChargerOption, environment: Environment, merits: MeritNames
) -> Request:
    """Validate the arguments, and leave out merits of charging over time.

    Raises
    ------
    UnsupportedError
        If a merit over time was requested by name, or a dissipator or merit does not fit.
    """
    if isinstance(merits, Iterable) and not isinstance(merits, str):
        merits = list(merits)  # iterated twice
    return _at_rest(Request.of(battery, charger, environment, merits), merits)


def find_steady_state(
    request: Request,
    method: str | SteadySolver = "auto",
    gap: bool = False,
    progress: Callable[[float], None] | None = None,
    options: CertificateOptions = CertificateOptions(),  # noqa: B008  # immutable
) -> CertifiedResult:
    """Return the steady state, with a sufficient photon cut-off if that is to be determined.

    The solution at each cut-off is the initial guess for the next one.
    """
    if not request.auto_cutoff:
        return certified_states([request], method, gap, progress, options)[0][0]
    previous: list[SteadySolution] = []
    count = itertools.count()

    def solve(at_cutoff: Request) -> Assessment:
        save = Save(states=True, battery=at_cutoff.needs("battery state"))
        task = at_cutoff.task(AT_REST, save)
        last = previous[-1] if previous else None
        report = half_of_rest(progress, next(count))
        (solution,) = solve_steady(task, method, gap=gap, warm_start=last, progress=report)
        previous[:] = [solution]
        return assess_steady(at_cutoff, solution, distance_at_start(at_cutoff))

    assessment, errors, history = search_cutoff(request, options.tolerance, solve)
    if progress is not None:
        progress(1.0)
    return history.attached_to(certified_steady(assessment, errors))


def certified_states(
    requests: Sequence[Request],
    method: str | SteadySolver = "auto",
    gap: bool = False,
    progress: Callable[[float], None] | None = None,
    options: CertificateOptions = CertificateOptions(),  # noqa: B008  # immutable
    battery: bool = False,
) -> list[tuple[CertifiedResult, KeptState]]:
    """Return the steady states of requests that differ only in their charger state.

    Each steady state is the one that the charger state of its request leads to; see `solve_steady`.
    States of the battery are kept if merits need them or if `battery` is true. Each result comes
    with the solutions that it was computed from.

    Raises
    ------
    ArgumentError
        If the requests differ in more than the charger state, or have an automatic cut-off.
    """
    single = options.mode == "bound" or not requests[0].problem.space.modes
    first = progress if single else part(progress, 0.0, SHARE_OF_RUN)
    requests = [requests[0], *(other.with_defect_of(requests[0]) for other in requests[1:])]
    solutions = _solved(requests, method, gap, first, battery)
    rest = progress_of_companions(None if single else progress, len(requests))

    def certified(
        request: Request, solution: SteadySolution, report: Report | None
    ) -> tuple[CertifiedResult, KeptState]:
        others: list[SteadySolution] = []
        sharp: list[float | None] = [None]

        def solve(companion: Companion) -> list[Assessment]:
            others[:] = _solved([companion.request], method, False, report, battery)
            other = assess_steady(companion.request, others[0], companion.initial)
            sharp[:] = [_sharp(other)]
            return [other]

        assessment = assess_steady(request, solution, distance_at_start(request))
        (errors,) = decide([assessment], options, solve)
        if report is not None:
            report(1.0)  # also without a companion
        kept = KeptState(solution, others[0] if others else None, (_sharp(assessment), sharp[0]))
        return certified_steady(assessment, errors), kept

    return [certified(*each) for each in zip(requests, solutions, rest, strict=True)]


def _sharp(assessment: Assessment) -> float | None:
    return None if assessment.bound is None else assessment.bound.sharp


def _solved(
    requests: Sequence[Request],
    method: str | SteadySolver,
    gap: bool,
    progress: Callable[[float], None] | None,
    battery: bool,
) -> list[SteadySolution]:
    request = check_alike(requests)
    sharp = bool(request.problem.space.modes) and request.realization.dim <= MAX_SHARP_DIM
    save = Save(
        states=sharp or request.needs("full state"),
        battery=battery or request.needs("battery state"),
    )
    task = request.task(AT_REST, save, requests)
    try:
        return solve_steady(task, method, gap=gap, progress=progress)
    except ResourceError:
        if not sharp or request.needs("full state"):
            raise
        less = dataclasses.replace(task, save=dataclasses.replace(save, states=False))
        return solve_steady(less, method, gap=gap, progress=progress)


MAX_SHARP_DIM = 2000
"""Largest dimension for which ρ is formed for a sharper ratio of residuals (64 MB)."""


class KeptState(NamedTuple):
    """The steady state of a request, and that of its companion if there is one.

    Attributes
    ----------
    solution, companion : SteadySolution
        Solutions, whose full states may have been discarded.
    sharp : pair of float or None
        `CutoffBound.sharp` of the solution and of its companion, computed from the full states.
    """

    solution: SteadySolution
    companion: SteadySolution | None
    sharp: tuple[float | None, float | None] = (None, None)


def recertified_state(
    request: Request, kept: KeptState, options: CertificateOptions
) -> CertifiedResult | None:
    """Return the result of a kept steady state, with other merits; None if it lacks data."""

    def solve(companion: Companion) -> list[Assessment]:
        other = kept.companion
        if other is None or not suffices(companion.request, other):
            raise NotKeptError
        return [assess_steady(companion.request, other, companion.initial, kept.sharp[1])]

    if not suffices(request, kept.solution):
        return None
    initial = distance_at_start(request)
    assessment = assess_steady(request, kept.solution, initial, kept.sharp[0])
    try:
        (errors,) = decide([assessment], options, solve)
    except NotKeptError:
        return None
    return certified_steady(assessment, errors)


def suffices(request: Request, solution: SteadySolution) -> bool:
    """Return whether a solution holds everything that the merits of a request need."""
    return (
        solution.moments.keys() >= {each.label for each in request.observables}
        and (solution.state is not None or not request.needs("full state"))
        and (solution.battery_states is not None or not request.needs("battery state"))
    )


def assess_steady(
    request: Request, solution: SteadySolution, initial: float, sharp: float | None = None
) -> Assessment:
    """Return the merits of a steady state, and the residual of the untruncated problem.

    `initial` bounds ‖ρ̂(0) − ρ(0)‖₁ of the truncated initial state, which counts unless the steady
    state is unique. `sharp` is `CutoffBound.sharp` of an earlier assessment, for a solution without
    its full state.
    """
    record = SolvedRun(
        request.realization,
        np.array([0.0, np.inf]),
        {
            name: np.array([solution.initial_moments[name], end])
            for name, end in solution.moments.items()
        },
        None if solution.battery_states is None else solution.battery_states[1:],
        None if solution.state is None else solution.state[np.newaxis],
    )
    values = merit_values(request, record)
    initial = 0.0 if solution.count == 1 else initial
    bound = steady_bound(request, solution.moments, solution.state, initial)
    if bound is not None and bound.sharp is None:
        bound = dataclasses.replace(bound, sharp=sharp)
    end = np.array([np.inf])
    return Assessment(request, record, values, np.array([1]), end, bound, solution, steady=True)


def certified_steady(assessment: Assessment, errors: CutoffErrors) -> CertifiedResult:
    """Return the merits of a steady state as a Dataset, with its certificate."""
    request, solution = assessment.request, assessment.solution
    assert isinstance(solution, SteadySolution)
    merits = label_merits(request, assessment.values, 1, "")
    if solution.relaxation_rate is not None:
        rate = np.asarray(solution.relaxation_rate)
        merits.variables["relaxation_rate"] = ((), rate, RELAXATION_RATE)
    certificate = certify_steady(request, solution, errors)
    dataset = labelled(request, merits, certificate, dict(solution.statistics), describe=False)
    dataset.attrs["uniqueness"] = _uniqueness(solution.count)
    return CertifiedResult(dataset, certificate)


def _at_rest(request: Request, wanted: MeritNames) -> Request:
    """Leave out merits of charging over time, or raise an error if one was requested by name."""
    names = [wanted] if isinstance(wanted, str | Merit) else list(wanted or ())
    named = {to_merit(name).name for name in names if name != ALL}
    for merit in request.merits:
        if not merit.has_steady_value and (merit.name in named or ALL not in names):
            raise UnsupportedError(
                f"Merit `{merit.name}` is not available: a steady state has no charging curve."
                " Use charge."
            )
    return request.at_rest()


RELAXATION_RATE = {
    "units": "omega_ref",
    "long_name": "relaxation rate (Liouvillian gap)",
    "definition": "smallest −Re λ of the eigenvalues λ ≠ 0 of 𝓛 on the space reachable from ρ(0)",
}


def _uniqueness(count: int) -> str:
    """Return a sentence on whether the steady state depends on the initial state."""
    if count <= 1:
        return "unique" if count else "not established: the solver did not converge"
    several = f"{count}" if count < MAX_STEADY_STATES else f"{MAX_STEADY_STATES} or more"
    return (
        f"one of {several} independent steady states: the one that the empty battery and the"
        " given charger state lead to"
    )
