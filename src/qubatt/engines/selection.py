"""Selection of the engine for a task."""

from __future__ import annotations

from typing import cast

from qubatt.core.errors import ArgumentError
from qubatt.core.spec_string import from_text
from qubatt.core.task import Task
from qubatt.engines.dense import DenseEngine
from qubatt.engines.engine import Engine
from qubatt.engines.exact.engine import ExactEngine

MAX_AUTO_DENSE_DIM = 20
"""Maximum D for which one exponential of the superoperator is the fastest method."""


def select_engine(engine: str | Engine, task: Task) -> tuple[Engine, str]:
    """Return the requested or the fastest exact engine for a task, and the reason for the choice.

    ``"auto"`` selects `DenseEngine` for at most 20 basis states, a constant Hamiltonian and evenly
    spaced times, otherwise `ExactEngine`.

    Raises
    ------
    ArgumentError
        If no engine has that name.
    """
    if isinstance(engine, Engine):
        return engine, "as requested"
    if engine != "auto":
        if not isinstance(engine, str):
            raise ArgumentError("engine", 'be "auto", a name or an engine', engine)
        return cast(Engine, from_text("engine", engine)), "as requested"
    times, problem = task.times, task.problem
    if problem.has_pulses:
        return ExactEngine(), "pulses: Runge–Kutta on the reduced form"
    dim = problem.space.dim
    if dim > MAX_AUTO_DENSE_DIM:
        return (
            ExactEngine(),
            f"more than {MAX_AUTO_DENSE_DIM} states: Chebyshev on the reduced form",
        )
    steps = times[1:] - times[:-1]
    if len(steps) and steps.max() - steps.min() > 1e-9 * times[-1]:
        return ExactEngine(), "unevenly spaced times: Chebyshev on the reduced form"
    return (
        DenseEngine(),
        f"at most {MAX_AUTO_DENSE_DIM} states, evenly spaced times: one exponential",
    )
