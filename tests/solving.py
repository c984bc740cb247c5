"""Tasks for engines and steady solvers, from moments that tests write as functions of matrices."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from qubatt.core.observable import MatrixObservable, Observable
from qubatt.core.problem import Problem, Start
from qubatt.core.realization import Realization, in_smallest_basis
from qubatt.core.solution import Solution
from qubatt.core.space import Basis
from qubatt.core.task import AT_REST, Save, Task
from qubatt.engines import Engine, SteadySolution
from qubatt.engines.steady.solve_steady import solve_steady as solve_steady_task
from qubatt.merits import Merit

Moments = Mapping[str, Callable[[Realization], Any]] | Sequence[Observable]
"""Functions of a realisation by name, or observables."""


def task(
    problem: Problem,
    times: Any,
    moments: Moments = (),
    *,
    basis: Basis | Mapping[str, Basis] | None = None,
    states: Any = False,
    battery: bool = False,
    starts: Sequence[Start] = (),
) -> Task:
    """Return a task in the basis named, or in the smallest one that holds the problem."""
    if isinstance(moments, Mapping):
        moments = [MatrixObservable(name, build) for name, build in moments.items()]
    return Task(
        in_smallest_basis(problem, basis),
        np.asarray(times, dtype=float),
        tuple(moments),
        Save(states, battery),
        tuple(starts),
    )


def solve(
    engine: Engine,
    problem: Problem,
    times: Any,
    moments: Moments = (),
    *,
    progress: Callable[[float], None] | None = None,
    **wanted: Any,
) -> Solution:
    """Return the solution for the initial state of a problem."""
    (solution,) = engine.solve(task(problem, times, moments, **wanted), progress)
    return solution


def solve_each(
    engine: Engine,
    problem: Problem,
    starts: Sequence[Start],
    times: Any,
    moments: Moments = (),
    *,
    progress: Callable[[float], None] | None = None,
    **wanted: Any,
) -> list[Solution]:
    """Return the solutions for several initial states."""
    return engine.solve(task(problem, times, moments, starts=starts, **wanted), progress)


def solve_steady(
    problem: Problem,
    moments: Moments = (),
    *,
    basis: Basis | None = None,
    state: bool = False,
    battery: bool = False,
    **options: Any,
) -> SteadySolution:
    """Return the steady state that the initial state of a problem leads to."""
    wanted = task(problem, AT_REST, moments, basis=basis, states=state, battery=battery)
    (solution,) = solve_steady_task(wanted, **options)
    return solution


def solve_steady_each(
    problem: Problem,
    starts: Sequence[Start],
    moments: Moments = (),
    *,
    basis: Basis | None = None,
    state: bool = False,
    battery: bool = False,
    **options: Any,
) -> list[SteadySolution]:
    """Return the steady states that several initial states lead to."""
    wanted = task(
        problem, AT_REST, moments, basis=basis, states=state, battery=battery, starts=starts
    )
    return solve_steady_task(wanted, **options)


def observables_of(merits: Iterable[Merit], problem: Problem) -> list[Observable]:
    """Return the observables that merits need, each once."""
    return list(dict.fromkeys(each for merit in merits for each in merit.observables(problem)))
