"""Solve questions over time, and label the answers."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Sequence
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from qubatt.charging.certificate import Answer, certify_run
from qubatt.charging.label import labelled
from qubatt.charging.question import Question, check_alike
from qubatt.charging.watch import watched
from qubatt.core.check import FloatArray
from qubatt.core.solution import Solution
from qubatt.core.task import Save
from qubatt.engines import Engine, select_engine
from qubatt.merits import Record


@dataclasses.dataclass(frozen=True)
class Run:
    """What was propagated for a question; further merits may be read off it.

    Attributes
    ----------
    time : array, shape (T,)
        Output times.
    looks : array, shape (S,), or None
        Times for merits of the full state where they are others.
    solution : Solution
        Moments at these times and between them, and states.
    chosen_because : str
        Why the engine was chosen.
    """

    time: FloatArray
    looks: FloatArray | None
    solution: Solution
    chosen_because: str

    def suffices(self, question: Question) -> bool:
        """Tell whether all that the merits of a question read is there."""
        held, needed = self.solution, watched(question, self._at(self.time))
        return (
            held.moments.keys() >= {each.label for each in question.observables}
            and not question.needs("full state")
            and (held.battery_states is not None or not question.needs("battery state"))
            and bool(np.isin(needed, held.times).all())
        )

    def _at(self, time: FloatArray) -> FloatArray:
        """Return the output times with those of full states."""
        return time if self.looks is None else np.union1d(time, self.looks)


def propagate(
    question: Question,
    times: Sequence[FloatArray],
    engine: str | Engine = "auto",
    progress: Callable[[float], None] | None = None,
    looks: FloatArray | None = None,
    battery: bool = False,
) -> list[Run]:
    """Propagate once to the last of all times, and return the run for each array of them.

    Parameters
    ----------
    question : Question
        What is wanted.
    times, engine, progress, looks, battery
        As for `propagate_states`.
    """
    (runs,) = propagate_states([question], times, engine, progress, looks, battery)
    return runs


def propagate_states(
    questions: Sequence[Question],
    times: Sequence[FloatArray],
    engine: str | Engine = "auto",
    progress: Callable[[float], None] | None = None,
    looks: FloatArray | None = None,
    battery: bool = False,
) -> list[list[Run]]:
    """Propagate questions that differ by their charger state alone, and share what they can.

    Parameters
    ----------
    questions : sequence of Question
        What is wanted; see `Question.differs_by_charger_alone`.
    times : sequence of arrays, each of shape (T,)
        Output times.
    engine : str or Engine
        As in `charge`.
    progress : callable, optional
        Called with the fraction done.
    looks : array, shape (S,), optional
        Times for merits of the full state, by default the output times.
    battery : bool
        Keep the states of the battery in any case, if the engine has them.

    Returns
    -------
    list of list of Run
        For every question, the run for each array of times, as if it were alone.

    Raises
    ------
    ArgumentError
        If the questions differ by more.
    ResourceError
        If one of them, or all results together, do not fit in the free memory.
    """
    question = check_alike(questions)
    whole = question.needs("full state")
    asked = [time if looks is None else np.union1d(time, looks) for time in times]
    kept = [time if looks is None else looks for time in times]
    computed = reduce(np.union1d, [watched(question, time) for time in asked])
    save = Save(
        states=np.isin(computed, reduce(np.union1d, kept)) & whole,
        battery=question.needs("battery state"),
    )
    task = question.task(computed, save, questions)
    solver, reason = select_engine(engine, task)
    if battery and solver.states != "none":
        task = dataclasses.replace(task, save=dataclasses.replace(save, battery=True))
    solutions = solver.solve(task, progress)
    if len(times) == 1:
        return [[Run(times[0], looks, solution, reason)] for solution in solutions]
    states = computed[np.isin(computed, reduce(np.union1d, kept))]
    return [
        [
            Run(time, looks, _until(solution, max(own), np.isin(states, at)), reason)
            for time, own, at in zip(times, asked, kept, strict=True)
        ]
        for solution in solutions
    ]


def _until(solution: Solution, end: float, states: NDArray[np.bool_]) -> Solution:
    """Return a solution up to a time, with some of its states."""
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


def answer(question: Question, run: Run) -> Answer:
    """Return the merits over time of what was propagated, with a certificate."""
    solution, time, looks = run.solution, run.time, run.looks
    chosen = np.searchsorted(solution.times, time)
    record = Record(
        question.realization,
        solution.times,  # energies are relative to time 0, the first of them
        solution.moments,
        None if solution.battery_states is None else solution.battery_states[chosen],
        solution.states,
    )
    dataset = labelled(question, record, chosen, "time" if looks is None else "state_time")
    attributes = {"units": "1/omega_ref", "long_name": "time"}
    dataset = dataset.assign_coords(time=("time", time, attributes))
    if looks is not None:
        dataset = dataset.assign_coords(state_time=("state_time", looks, attributes))
    certificate = certify_run(question, solution, record)
    statistics = dict(solution.statistics) | {"chosen": run.chosen_because}
    dataset.attrs |= certificate.attributes | question.attributes
    dataset.attrs["engine"] = json.dumps(statistics, ensure_ascii=False)
    return Answer(dataset, certificate)


def solve(
    question: Question,
    time: FloatArray,
    engine: str | Engine = "auto",
    progress: Callable[[float], None] | None = None,
    looks: FloatArray | None = None,
) -> Answer:
    """Return the merits over time, with a certificate; arguments as for `propagate`."""
    (run,) = propagate(question, [time], engine, progress, looks)
    return answer(question, run)
