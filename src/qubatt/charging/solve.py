"""Solve a question over time, and label the answer."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np

from qubatt.charging.certificate import Answer, certify_run
from qubatt.charging.label import labelled
from qubatt.charging.question import Question
from qubatt.charging.watch import watched
from qubatt.core.check import FloatArray
from qubatt.core.realization import realize
from qubatt.engines import Engine, select_engine
from qubatt.merits import Record


def solve(
    question: Question,
    time: FloatArray,
    engine: str | Engine = "auto",
    progress: Callable[[float], None] | None = None,
    looks: FloatArray | None = None,
) -> Answer:
    """Return the merits over time, with a certificate.

    Parameters
    ----------
    question : Question
        What is wanted.
    time : array, shape (T,)
        Output times.
    engine : str or Engine
        As in `charge`.
    progress : callable, optional
        Called with the fraction done.
    looks : array, shape (S,), optional
        Times for merits of the full state, by default `time`.
    """
    whole = question.reads("full state")
    at = time if looks is None else looks
    computed = watched(question, np.union1d(time, at))  # energies are relative to time 0
    solver, reason = select_engine(engine, question.problem, computed)
    solution = solver.solve(
        question.problem,
        computed,
        question.moments,
        states=np.isin(computed, at) & whole,
        battery=question.reads("battery state"),
        progress=progress,
    )
    chosen = np.searchsorted(computed, time)
    record = Record(
        realize(question.problem, solution.statistics["basis"]),
        computed,
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
    statistics = dict(solution.statistics) | {"chosen": reason}
    dataset.attrs |= certificate.attributes | question.attributes
    dataset.attrs["engine"] = json.dumps(statistics, ensure_ascii=False)
    return Answer(dataset, certificate)
