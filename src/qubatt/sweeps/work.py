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
from qubatt.core.named import named
from qubatt.core.realization import realize
from qubatt.core.result import FAILED
from qubatt.engines import limit_threads
from qubatt.merits import select_merits
from qubatt.merits.selection import ALL
from qubatt.sweeps.point import Point
from qubatt.sweeps.protocol import Kept, Protocol, Solved
from qubatt.sweeps.row import DEFAULT, Row
from qubatt.sweeps.seed import seeded


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
    asked: tuple[str, ...]
    keep: bool
    kept: Mapping[str, Kept] = field(default_factory=dict)


Done = tuple[list[Row], dict[str, Kept]]
"""Results of points, and what was kept of them."""


def asked(protocol: Protocol) -> tuple[str, ...]:
    """Return the merits that a protocol asks for, each written in one way.

    Raises
    ------
    ArgumentError
        If there is no such merit.
    """
    merits = protocol.usual if protocol.merits is None else protocol.merits
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
    merit = named("merit", text, "merits")
    fields = fields_of(type(merit))
    unusual = {name: getattr(merit, name) for name in fields}
    words = [
        f"{name}={value!r}" for name, value in unusual.items() if value != fields[name].default
    ]
    return f"{merit.kind}:{','.join(words)}" if words else str(merit.kind)


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
    rows: list[Row] = []
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
    rows: list[Row] = []
    kept: dict[str, Kept] = {}
    left: list[tuple[Point, Protocol]] = []
    for point in task.points:
        with _recorded(point, task, rows):
            protocol = _asking(point, task.asked)
            earlier = task.kept.get(point.key)
            dataset = None if earlier is None else protocol.read(point.setting, earlier)
            if dataset is None:
                left.append((point, protocol))
            else:
                rows.append(Row.of(point.key, task.asked, dataset))
    if len(left) > 1:
        points, protocols = zip(*left, strict=True)
        with contextlib.suppress(Exception), seeded(points[0].seed):
            settings = [point.setting for point in points]
            solved = protocols[0].solve_together(settings, protocols, task.keep)
            for point, one in zip(points, solved, strict=True):
                _take(point, task, one, rows, kept)
            left = []
    for point, protocol in left:
        with _recorded(point, task, rows), seeded(point.seed):
            _take(point, task, protocol.solve(point.setting, task.keep), rows, kept)
    return rows, kept


@contextlib.contextmanager
def _recorded(point: Point, task: Task, rows: list[Row]) -> Iterator[None]:
    """Let an error be the result of a point."""
    try:
        yield
    except Exception as error:
        message = f"{type(error).__name__}: {error}"
        rows.append(Row(point.key, task.wanted, FAILED, message))


def _take(point: Point, task: Task, solved: Solved, rows: list[Row], kept: dict[str, Kept]) -> None:
    rows.append(Row.of(point.key, task.asked, solved.dataset))
    if task.keep and solved.kept is not None:
        kept[point.key] = solved.kept


def _asking(point: Point, wanted: Sequence[str]) -> Protocol:
    """Return the protocol of a point with merits that are wanted."""
    if tuple(wanted) == asked(point.protocol):
        return point.protocol
    names = [name for name in wanted if name != DEFAULT]
    if DEFAULT in wanted:
        problem = point.setting.battery.problem(point.setting.charger, point.setting.environment)
        names += [merit.name for merit in select_merits(None, realize(problem))]
    return dataclasses.replace(point.protocol, merits=tuple(names))  # type: ignore[type-var]  # declared ones are dataclasses
