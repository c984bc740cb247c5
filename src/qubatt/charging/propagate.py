"""Propagate requests over time, and label the results."""

from __future__ import annotations

import dataclasses
import json
import logging
from collections.abc import Callable, Sequence
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from qubatt.charging.certificate import CertifiedResult, certify_run
from qubatt.charging.dataset import label_merits, labelled
from qubatt.charging.request import Request, check_alike
from qubatt.charging.sample_times import sample_times
from qubatt.core.check import FloatArray
from qubatt.core.solution import Solution
from qubatt.core.task import Save
from qubatt.engines import Engine, select_engine
from qubatt.merits import SolvedRun
from qubatt.merits.maximum import Maximum
from qubatt.results.late_maxima import STILL_RISING

logger = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True)
class Propagation:
    """A solved request, from which further merits can be computed.

    Attributes
    ----------
    time : array, shape (T,)
        Output times.
    state_times : array, shape (S,), or None
        Times for merits of the full state if they differ from `time`.
    solution : Solution
        Expectation values at all sampling times, and states.
    chosen_because : str
        Why the engine was chosen.
    """

    time: FloatArray
    state_times: FloatArray | None
    solution: Solution
    chosen_because: str

    def suffices(self, request: Request) -> bool:
        """Return whether the propagation holds everything that the merits of a request need."""
        held, samples = self.solution, sample_times(request, self._at(self.time))
        return (
            held.moments.keys() >= {each.label for each in request.observables}
            and not request.needs("full state")
            and (held.battery_states is not None or not request.needs("battery state"))
            and bool(np.isin(samples, held.times).all())
        )

    def _at(self, time: FloatArray) -> FloatArray:
        """Return the union of the given times and the times of full states."""
        return time if self.state_times is None else np.union1d(time, self.state_times)


def propagate(
    request: Request,
    times: Sequence[FloatArray],
    engine: str | Engine = "auto",
    progress: Callable[[float], None] | None = None,
    state_times: FloatArray | None = None,
    battery: bool = False,
) -> list[Propagation]:
    """Propagate once up to the last time, and return the propagation for each array of times.

    Parameters
    ----------
    request : Request
        What to compute.
    times, engine, progress, state_times, battery
        As in `propagate_each`.
    """
    (runs,) = propagate_each([request], times, engine, progress, state_times, battery)
    return runs


def propagate_each(
    requests: Sequence[Request],
    times: Sequence[FloatArray],
    engine: str | Engine = "auto",
    progress: Callable[[float], None] | None = None,
    state_times: FloatArray | None = None,
    battery: bool = False,
) -> list[list[Propagation]]:
    """Propagate requests that differ only in the charger state, in one joint run if possible.

    Parameters
    ----------
    requests : sequence of Request
        What to compute; see `Request.differs_by_charger_only`.
    times : sequence of arrays, each of shape (T,)
        Output times.
    engine : str or Engine
        As in `charge`.
    progress : callable, optional
        Called with the completed fraction.
    state_times : array, shape (S,), optional
        Times for merits of the full state, by default the output times.
    battery : bool
        Keep the states of the battery even if no merit needs them, if the engine computes states.

    Returns
    -------
    list of list of Propagation
        For each request, the propagation for each array of times, as if it had been run alone.

    Raises
    ------
    ArgumentError
        If the requests differ in more than the charger state.
    ResourceError
        If one of the requests, or the set of all results, does not fit in the free memory.
    """
    request = check_alike(requests)
    whole = request.needs("full state")
    output_times = [
        time if state_times is None else np.union1d(time, state_times) for time in times
    ]
    saved_times = [time if state_times is None else state_times for time in times]
    sampled = reduce(np.union1d, [sample_times(request, time) for time in output_times])
    save = Save(
        states=np.isin(sampled, reduce(np.union1d, saved_times)) if whole else False,
        battery=request.needs("battery state"),
    )
    task = request.task(sampled, save, requests)
    solver, reason = select_engine(engine, task)
    logger.info("%s engine: %s; %d states", solver.name, reason, task.problem.space.dim)
    if battery and solver.states != "none":
        task = dataclasses.replace(task, save=dataclasses.replace(save, battery=True))
    solutions = solver.solve(task, progress)
    if len(times) == 1:
        return [[Propagation(times[0], state_times, solution, reason)] for solution in solutions]
    states = sampled[np.isin(sampled, reduce(np.union1d, saved_times))]
    return [
        [
            Propagation(
                time, state_times, _until(solution, max(outputs), np.isin(states, at)), reason
            )
            for time, outputs, at in zip(times, output_times, saved_times, strict=True)
        ]
        for solution in solutions
    ]


def _until(solution: Solution, end: float, states: NDArray[np.bool_]) -> Solution:
    """Return the solution up to `end`, with the selected states."""
    near = solution.times <= end
    battery = solution.battery_states
    return dataclasses.replace(
        solution,
        times=solution.times[near],
        moments={name: values[near] for name, values in solution.moments.items()},
        standard_errors={name: errors[near] for name, errors in solution.standard_errors.items()},
        trace=solution.trace[near],
        states=None if solution.states is None else solution.states[states],
        battery_states=None if battery is None else battery[near],
    )


def certified_run(request: Request, run: Propagation, describe: bool = False) -> CertifiedResult:
    """Return the merits of a propagation over time, with a certificate.

    Scalar coordinates are added if `describe` is true; see `scalar_coordinates`.
    """
    solution, time, state_times = run.solution, run.time, run.state_times
    chosen = np.searchsorted(solution.times, time)
    record = SolvedRun(
        request.realization,
        solution.times,  # energies are relative to time 0, the first of them
        solution.moments,
        None if solution.battery_states is None else solution.battery_states[chosen],
        solution.states,
    )
    state_dim = "time" if state_times is None else "state_time"
    merits = label_merits(request, record, chosen, state_dim)
    merits = merits.with_times(time=time, state_time=state_times)
    certificate = certify_run(request, solution, record)
    statistics = dict(solution.statistics) | {"chosen": run.chosen_because}
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


def solve(
    request: Request,
    time: FloatArray,
    engine: str | Engine = "auto",
    progress: Callable[[float], None] | None = None,
    state_times: FloatArray | None = None,
    describe: bool = False,
) -> CertifiedResult:
    """Return the merits over time, with a certificate; see `propagate` and `certified_run`."""
    (run,) = propagate(request, [time], engine, progress, state_times)
    return certified_run(request, run, describe)
