"""Points solved: those that share a propagation together, what fails recorded."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from qubatt.core.declaration import fields_of
from qubatt.core.errors import ArgumentError
from qubatt.core.realization import realize
from qubatt.core.seeding import seeded
from qubatt.engines import limit_threads
from qubatt.merits import select_merits
from qubatt.merits.selection import ALL, to_merit
from qubatt.results.status import FAILED
from qubatt.sweeps.store.point_result import DEFAULT, PointResult
from qubatt.sweeps.study.point import Point
from qubatt.sweeps.study.run_spec import Kept, RunSpec, Solved


@dataclass(frozen=True)
class Task:
    """Points that share a propagation, and what is known of them.

    Attributes
    ----------
    points : tuple of Point
        What to solve.
    wanted : tuple of str
        Merits that the study asks for.
    asked : tuple of str
        Merits to be computed, those of earlier results included.
    keep : bool
        Whether to keep what merits are read off.
    kept : dict of str to Kept
        What was kept earlier, by key.
    """

    points: tuple[Point, ...]
    wanted: tuple[str, ...]
    merit_names: tuple[str, ...]
    keep: bool
    kept: Mapping[str, Kept] = field(default_factory=dict)


Done = tuple[list[PointResult], dict[str, Kept]]
"""Results of points, and what was kept of them."""


def merit_names(run_spec: RunSpec) -> tuple[str, ...]:
    """Return the merits that a protocol asks for, each written in one way.

    Raises
    ------
    ArgumentError
        If there is no such merit.
    """
    merits = run_spec.usual if run_spec.merits is None else run_spec.merits
    if merits is None:
        return (DEFAULT,)
    if not merits:
        raise ArgumentError(
            "run.merits", "hold at least one name", merits, "See qubatt list merit."
        )
    names = [merits] if isinstance(merits, str) else merits
    return tuple(dict.fromkeys(name if name == ALL else _written(name) for name in names))


@functools.cache
def _written(text: str) -> str:
    """Return a merit as text with those parameters that are unusual."""
    merit = to_merit(text)
    if merit in merit.variants():
        return merit.name
    fields = fields_of(type(merit))
    values = {name: getattr(merit, name) for name in fields}
    unusual = [f"{name}={v!r}" for name, v in values.items() if v != fields[name].default]
    return f"{merit.kind}:{','.join(unusual)}"


def solve_tasks(tasks: Sequence[Task], threads: int | None = None) -> Done:
    """Solve tasks one after the other; what a worker does.

    Parameters
    ----------
    tasks : sequence of Task
        What to solve.
    threads : int, optional
        Threads that each may use.
    """
    if threads is not None:
        limit_threads(threads)
    rows: list[PointResult] = []
    kept: dict[str, Kept] = {}
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for task in tasks:
            found, states = _solve(task)
            rows += found
            kept |= states
    return rows, kept


def _solve(task: Task) -> Done:
    """Solve the points of a task; one by one if they cannot be solved together."""
    rows: list[PointResult] = []
    kept: dict[str, Kept] = {}
    left: list[tuple[Point, RunSpec]] = []
    for point in task.points:
        with _recorded(point, task, rows):
            run_spec = _asking(point, task.merit_names)
            earlier = task.kept.get(point.key)
            dataset = None if earlier is None else run_spec.read(point.setting, earlier)
            if dataset is None:
                left.append((point, run_spec))
            else:
                rows.append(PointResult.of(point.key, task.merit_names, dataset))
    if len(left) > 1:
        points, run_specs = zip(*left, strict=True)
        with contextlib.suppress(Exception), seeded(points[0].seed):
            settings = [point.setting for point in points]
            solved = run_specs[0].solve_together(settings, run_specs, task.keep)
            for point, one in zip(points, solved, strict=True):
                _take(point, task, one, rows, kept)
            left = []
    for point, run_spec in left:
        with _recorded(point, task, rows), seeded(point.seed):
            _take(point, task, run_spec.solve(point.setting, task.keep), rows, kept)
    return rows, kept


@contextlib.contextmanager
def _recorded(point: Point, task: Task, rows: list[PointResult]) -> Iterator[None]:
    """Let an error be the result of a point."""
    try:
        yield
    except Exception as error:
        message = f"{type(error).__name__}: {error}"
        rows.append(PointResult(point.key, task.wanted, FAILED, message))


def _take(
    point: Point, task: Task, solved: Solved, rows: list[PointResult], kept: dict[str, Kept]
) -> None:
    rows.append(PointResult.of(point.key, task.merit_names, solved.dataset))
    if task.keep and solved.kept is not None:
        kept[point.key] = solved.kept


def _asking(point: Point, wanted: Sequence[str]) -> RunSpec:
    """Return the protocol of a point with merits that are wanted."""
    if tuple(wanted) == merit_names(point.run_spec):
        return point.run_spec
    names = [name for name in wanted if name != DEFAULT]
    if DEFAULT in wanted:
        problem = point.setting.battery.problem(point.setting.charger, point.setting.environment)
        names += [merit.name for merit in select_merits(None, realize(problem))]
    return dataclasses.replace(point.run_spec, merits=tuple(names))  # type: ignore[type-var]  # declared ones are dataclasses
