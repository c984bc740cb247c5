"""Propagate requests over time."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable, Sequence
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from qubatt.charging.request import Request, check_alike
from qubatt.charging.sample_times import sample_times
from qubatt.core.check import FloatArray
from qubatt.core.solution import Solution
from qubatt.core.task import Save, Task
from qubatt.engines import Engine, select_engine

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
    companion : Propagation or None
        The propagation with other photon cut-offs; see `companion_of`.
    """

    time: FloatArray
    state_times: FloatArray | None
    solution: Solution
    chosen_because: str
    companion: Propagation | None = None

    def suffices(self, request: Request) -> bool:
        """Return whether the propagation holds everything that the merits of a request need."""
        held, samples = self.solution, sample_times(request, self._at(self.time))
        return (
            held.moments.keys() >= {each.label for each in request.observables}
            and not request.needs("full state")
            and (held.battery_states is not None or not request.needs("battery state"))
            and bool(np.isin(samples, held.times).all())
        )

    def at(self, samples: FloatArray) -> Propagation:
        """Return a copy with only these sampling times."""
        kept = np.isin(self.solution.times, samples)
        solution = _restricted(self.solution, kept)
        return dataclasses.replace(self, solution=solution)

    def _at(self, time: FloatArray) -> FloatArray:
        """Return the union of the given times and the times of full states."""
        return time if self.state_times is None else np.union1d(time, self.state_times)


def propagate_each(
    requests: Sequence[Request],
    times: Sequence[FloatArray],
    engine: str | Engine = "auto",
    progress: Callable[[float], None] | None = None,
    state_times: FloatArray | None = None,
    battery: bool = False,
    samples: FloatArray | None = None,
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
    samples : array, shape (K,), optional
        Sampling times in addition to those that the requests need.

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
    sampled = sampled if samples is None else np.union1d(sampled, samples)
    save = Save(
        states=np.isin(sampled, reduce(np.union1d, saved_times)) if whole else False,
        battery=request.needs("battery state"),
    )
    task = request.task(sampled, save, requests)
    solver, reason = select_engine(engine, task)
    logger.info("%s engine: %s; %d states", solver.name, reason, task.problem.space.dim)
    if battery and solver.states != "none":
        task = dataclasses.replace(task, save=dataclasses.replace(save, battery=True))
    solutions = solver.solve(with_integrals(task, request, solver), progress)
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


def with_integrals(task: Task, request: Request, solver: Engine) -> Task:
    """Return the task with the integrals that bound the error of the photon cut-off."""
    if not solver.matrices or request.defect is None:
        return task
    return dataclasses.replace(task, integrated=request.defect.operators)


def _until(solution: Solution, end: float, states: NDArray[np.bool_]) -> Solution:
    """Return the solution up to `end`, with the selected states."""
    near = _restricted(solution, solution.times <= end)
    kept = None if solution.states is None else solution.states[states]
    return dataclasses.replace(near, states=kept)


def _restricted(solution: Solution, kept: NDArray[np.bool_]) -> Solution:
    """Return the solution at some of its times, with all states."""
    if kept.all():
        return solution
    battery = solution.battery_states
    return dataclasses.replace(
        solution,
        times=solution.times[kept],
        moments={name: values[kept] for name, values in solution.moments.items()},
        standard_errors={name: errors[kept] for name, errors in solution.standard_errors.items()},
        trace=solution.trace[kept],
        battery_states=None if battery is None else battery[kept],
    )
