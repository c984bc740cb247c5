"""What a study would take, without running it: points, seconds, memory, room on disk."""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import psutil

from qubatt.core.errors import QubattError
from qubatt.core.format import format_bytes, format_duration
from qubatt.core.realization import realize
from qubatt.engines import cost
from qubatt.engines.exact.reduced_lindbladian import ReducedLindbladian
from qubatt.models.photon_cutoff import AUTO, max_photons, with_max_photons
from qubatt.results.status import FAILED
from qubatt.sweeps.execution.plan import GUESS, Unit, kept_bytes, plan
from qubatt.sweeps.execution.pool import cores
from qubatt.sweeps.execution.worker import Task, merit_names, solve_tasks
from qubatt.sweeps.store.point_result import PointResult
from qubatt.sweeps.store.store import Memory
from qubatt.sweeps.study.point import Point
from qubatt.sweeps.study.run_spec import ChargeRun
from qubatt.sweeps.study.study import Study

SAMPLES = 12
"""Propagations that are looked at, spread over the study."""

BUDGET = 6.0
"""Seconds that trying some of them may take."""

TRIED = 4
"""Propagations that are tried at most, from the cheapest on."""

PACE = 1e-6
"""Seconds per product at worst, until some were tried; most take a hundredth of that."""


@dataclasses.dataclass(frozen=True)
class StudyCost:
    """What a study would take on this machine; `print` it for a summary.

    Attributes
    ----------
    shape : dict of str to int
        Axes and their lengths.
    points, done, failed : int
        Points in all, solved already or failed, and failed.
    propagations : int
        What is to be computed: points that share one count once.
    seconds : tuple of float
        Least, median and most for one of them.
    total : float
        Seconds for all of them on one core.
    workers : int
        Processes that `total` would be shared by.
    memory, memory_free : float
        Bytes that the largest takes, NaN where it is not known, and that are free.
    store : float
        Bytes on disk, about.
    keeps : bool
        Whether states are kept for further merits.
    refused : tuple of str
        What some of the points looked at would fail with.
    """

    shape: dict[str, int]
    points: int
    done: int
    failed: int
    propagations: int
    seconds: tuple[float, float, float]
    total: float
    workers: int
    memory: float
    memory_free: float
    store: float
    keeps: bool
    refused: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the attributes, ready for JSON."""
        found = dataclasses.asdict(self)
        return found | {"memory": None if math.isnan(self.memory) else self.memory}

    def __str__(self) -> str:
        grid = " × ".join(f"{name} {length}" for name, length in self.shape.items()) or "one point"
        there = f", {self.done:,} there already ({self.failed:,} failed)" if self.done else ""
        least, median, most = map(format_duration, self.seconds)
        cost = f"{least} to {most}, {median} in the middle" if least != most else median
        shared = format_duration(self.total / self.workers)
        several = f", about {shared} on {self.workers} processes" if self.workers > 1 else ""
        largest = "not known" if math.isnan(self.memory) else format_bytes(self.memory)
        keeps = "with" if self.keeps else "without"
        if not self.propagations:
            return f"points        {self.points:,} ({grid}){there}: nothing to do"
        rows = [
            ("points", f"{self.points:,} ({grid}){there}"),
            ("to compute", f"{self.propagations:,} propagations or steady states"),
            ("cost of one", cost),
            (
                "total",
                f"{format_duration(self.total)} on one core{several}, and some seconds to start",
            ),
            ("memory", f"{largest} for the largest; {format_bytes(self.memory_free)} free"),
            ("store", f"about {format_bytes(self.store)}, {keeps} states for further merits"),
            *(("would fail", text) for text in self.refused),
        ]
        return "\n".join(f"{name:<14}{text}" for name, text in rows)


def study_cost(
    study: Study, archive: Memory, workers: int | None = None, keep: bool | None = None
) -> StudyCost:
    """Return what a study would take: the engine's estimates, and seconds from trying the cheapest.

    Parameters
    ----------
    study : Study
        What would be computed.
    archive : Memory or Store
        What is there already.
    workers : int, optional
        Processes; as many as cores by default.
    keep : bool, optional
        As for `sweep`.
    """
    units, keeps = plan(study, keep)
    missing = [
        unit
        for unit in units
        if None in [_found(archive, p, unit.merit_names) for p in unit.points]
    ]
    rows = [_found(archive, point, merit_names(point.run_spec)) for point in study.points]
    done = sum(row is not None for row in rows)
    places = np.unique(np.linspace(0, max(len(missing) - 1, 0), SAMPLES).round().astype(int))
    chosen = [missing[k] for k in places] if missing else []
    looks, refused = _look(chosen)
    seconds, failed = _seconds(looks)
    refused = tuple(dict.fromkeys([*refused, *failed]))
    # every unit costs what the nearest one looked at costs, in the order of their efforts
    near = [int(np.argmin([abs(k - place) for place in places])) for k in range(len(missing))]
    total = float(sum(seconds[k] for k in near))
    spread = (
        (min(seconds), float(np.median([seconds[k] for k in near])), max(seconds))
        if looks
        else (0.0, 0.0, 0.0)
    )
    count = min(workers or cores(), max(len(missing), 1))
    memory = [look.memory for look in looks if not math.isnan(look.memory)]
    return StudyCost(
        shape={axis.name: len(axis) for axis in study.axes},
        points=len(study),
        done=done,
        failed=sum(row is not None and row.status == FAILED for row in rows),
        propagations=len(missing),
        seconds=spread,
        total=total,
        workers=count,
        memory=max(memory) if memory else math.nan,
        memory_free=float(psutil.virtual_memory().available),
        store=sum((kept_bytes(point) if keeps else 0.0) + 3000.0 for point in study.points),
        keeps=keeps,
        refused=refused,
    )


@dataclasses.dataclass(frozen=True)
class _Look:
    """A unit, the expected number of multiplications, and bytes; NaN where not known."""

    unit: Unit
    work: float
    memory: float


def _found(archive: Memory, point: Point, wanted: Sequence[str]) -> PointResult | None:
    row = archive.get(point.key, wanted)
    return row if row is not None and row.covers(wanted) else None


def _look(units: Sequence[Unit]) -> tuple[list[_Look], tuple[str, ...]]:
    """Return what engines expect of units, and why some would fail."""
    found: list[_Look] = []
    refused: dict[str, None] = {}
    for unit in units:
        try:
            found.append(_Look(unit, *_expected(unit)))
        except QubattError as error:
            found.append(_Look(unit, unit.effort, math.nan))
            refused[str(error)] = None
    return found, tuple(refused)


def _expected(unit: Unit) -> tuple[float, float]:
    """Return products of the generator times entries of ρ, and bytes."""
    point = max(unit.points, key=lambda point: (point.run_spec.facts.get("times") or [0])[-1])
    setting, run_spec = point.setting, point.run_spec
    battery, factor = setting.battery, 1.0
    if max_photons(battery) == AUTO:
        battery, factor = with_max_photons(battery, GUESS), 2.0
    problem = battery.problem(setting.charger, setting.environment)
    times = run_spec.facts.get("times")
    if isinstance(run_spec, ChargeRun) and isinstance(times, list):
        found = cost(problem, times, run_spec.engine.partition(":")[0])
        return factor * found.products * (found.entries or found.dimension), found.memory
    entries = ReducedLindbladian(realize(problem)).entries
    return factor * float(entries) ** 1.5, math.nan


def _seconds(looks: Sequence[_Look]) -> tuple[list[float], list[str]]:
    """Return the seconds that units take, and what points that were tried failed with.

    All take some, and what the largest tried says of work. The cheapest is tried, then ever larger
    ones, as large as what is left of the budget allows.
    """
    if not looks:
        return [], []
    begun = time.monotonic()
    order = sorted(range(len(looks)), key=lambda k: looks[k].work)
    _, failed = _try(looks[order[0]].unit)  # the first run compiles
    fixed, _ = _try(looks[order[0]].unit)
    pace, largest = 0.0, looks[order[0]].work
    for _ in range(TRIED - 1):
        left = BUDGET - (time.monotonic() - begun) - fixed
        slow = min(PACE, 3.0 * pace) if pace else PACE  # paces grow with the size
        able = [k for k in order if largest < looks[k].work <= left / slow]
        if not able:
            break
        look = looks[able[-1]]
        seconds, messages = _try(look.unit)
        failed += messages
        pace = max(seconds - fixed, 0.0) / look.work
        largest = look.work
    return [fixed + pace * look.work for look in looks], failed


def _try(unit: Unit) -> tuple[float, list[str]]:
    """Return the seconds that a unit takes, and what points of it failed with."""
    start = time.monotonic()
    rows, _ = solve_tasks([Task(unit.points, unit.merit_names, unit.merit_names, keep=False)])
    return time.monotonic() - start, [row.message for row in rows if row.status == FAILED]
