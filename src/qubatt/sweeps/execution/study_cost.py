"""Estimated cost of a study: points, time, memory, disk space."""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from qubatt.core.errors import QubattError
from qubatt.core.format import format_bytes, format_duration
from qubatt.core.memory import free_memory
from qubatt.core.realization import realize
from qubatt.core.worker_server import cores
from qubatt.engines.cost import problem_cost
from qubatt.engines.exact.reduced_lindbladian import ReducedLindbladian
from qubatt.models.photon_cutoff import AUTO, max_photons, with_max_photons
from qubatt.results.status import FAILED
from qubatt.sweeps.execution.plan import ASSUMED_CUTOFF, plan, state_bytes
from qubatt.sweeps.execution.worker import Batch, solve_batches
from qubatt.sweeps.store.point_result import PointResult
from qubatt.sweeps.store.store import MemoryStore
from qubatt.sweeps.study.charge_run import ChargeRun
from qubatt.sweeps.study.merit_names import merit_names
from qubatt.sweeps.study.point import Point
from qubatt.sweeps.study.study import Study

MAX_ESTIMATES = 12
"""Maximum number of batches whose cost is estimated; they are spread over the study."""

TRIAL_SECONDS = 6.0
"""Time budget in seconds for trial solutions."""

MAX_TRIALS = 4
"""Maximum number of batches solved as trials, starting with the cheapest."""

MAX_SECONDS_PER_PRODUCT = 1e-6
"""Upper bound on seconds per product before the first trial; typical values are 1 % of it."""


@dataclasses.dataclass(frozen=True)
class StudyCost:
    """Estimated cost of a study on this machine; `print` shows a summary.

    Attributes
    ----------
    shape : dict of str to int
        Length of each axis.
    points, done, failed : int
        Total number of points, number of points solved or failed, and number of failed points.
    propagations : int
        Number of propagations or steady states to compute; shared ones are counted once.
    seconds : tuple of float
        Minimum, median and maximum time in seconds for one propagation or steady state.
    total : float
        Time in seconds for all propagations and steady states on one core.
    workers : int
        Number of processes that share `total`.
    memory, memory_free : float
        Memory for the largest problem (NaN if unknown) and free memory, in bytes.
    store : float
        Approximate size on disk in bytes.
    keeps : bool
        Whether states are kept for further merits.
    refused : tuple of str
        Errors of those estimated points that would fail.
    from_states : int
        Number of propagations or steady states of which states were kept, so that further merits
        are computed from them without dynamics. These are not counted in `propagations`.
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
    from_states: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Return the attributes as JSON-compatible values."""
        attributes = dataclasses.asdict(self)
        return attributes | {"memory": None if math.isnan(self.memory) else self.memory}

    def __str__(self) -> str:
        grid = " x ".join(f"{name} {size}" for name, size in self.shape.items()) or "one point"
        earlier = f", {self.done:,} already computed ({self.failed:,} failed)" if self.done else ""
        least, median, most = map(format_duration, self.seconds)
        cost = f"{least} to {most}, median {median}" if least != most else median
        shared = format_duration(self.total / self.workers)
        several = f", about {shared} on {self.workers} processes" if self.workers > 1 else ""
        largest = "unknown" if math.isnan(self.memory) else format_bytes(self.memory)
        keeps = "with" if self.keeps else "without"
        stored = f"further merits of {self.from_states:,} from stored states"
        if not self.propagations:
            rest = stored if self.from_states else "nothing to do"
            return f"points        {self.points:,} ({grid}){earlier}: {rest}"
        computed = f"{self.propagations:,} propagations or steady states"
        rows = [
            ("points", f"{self.points:,} ({grid}){earlier}"),
            ("to compute", f"{computed}; {stored}" if self.from_states else computed),
            ("cost of one", cost),
            (
                "total",
                f"{format_duration(self.total)} on one core{several}, plus seconds of start-up",
            ),
            ("memory", f"{largest} for the largest; {format_bytes(self.memory_free)} free"),
            ("store", f"about {format_bytes(self.store)}, {keeps} states for further merits"),
            *(("would fail", text) for text in self.refused),
        ]
        return "\n".join(f"{name:<14}{text}" for name, text in rows)


def study_cost(
    study: Study, store: MemoryStore, workers: int | None = None, keep: bool | None = None
) -> StudyCost:
    """Estimate the cost of a study from estimates of the engines and from trial solutions.

    Parameters
    ----------
    study : Study
        The study.
    store : MemoryStore or Store
        Earlier results.
    workers : int, optional
        Number of processes; by default the number of cores.
    keep : bool, optional
        As in `sweep`.
    """
    batches, keeps = plan(study.points, keep)
    missing = [
        batch
        for batch in batches
        if None in [_earlier(store, point, batch.merit_names) for point in batch.points]
    ]
    unfinished = len(missing)
    missing = [batch for batch in missing if not _has_states(store, batch)]
    results = [_earlier(store, point, merit_names(point.run)) for point in study.points]
    positions = np.unique(np.linspace(0, max(len(missing) - 1, 0), MAX_ESTIMATES).round())
    estimates, refused = _estimates([missing[int(k)] for k in positions] if missing else [])
    seconds, errors = _seconds(estimates)
    # every batch is assigned the cost of the nearest estimated one in the order of costs
    nearest = [int(np.argmin(np.abs(positions - k))) for k in range(len(missing))]
    all_seconds = [seconds[k] for k in nearest]
    memory = [estimate.memory for estimate in estimates if not math.isnan(estimate.memory)]
    return StudyCost(
        shape={axis.name: len(axis) for axis in study.axes},
        points=len(study),
        done=sum(result is not None for result in results),
        failed=sum(result is not None and result.status == FAILED for result in results),
        propagations=len(missing),
        seconds=(min(seconds), float(np.median(all_seconds)), max(seconds))
        if estimates
        else (0.0, 0.0, 0.0),
        total=float(sum(all_seconds)),
        workers=min(workers or cores(), max(len(missing), 1)),
        memory=max(memory) if memory else math.nan,
        memory_free=free_memory(),
        store=3000.0 * len(study) + (state_bytes(study.points) if keeps else 0.0),
        keeps=keeps,
        refused=tuple(dict.fromkeys([*refused, *errors])),
        from_states=unfinished - len(missing),
    )


@dataclasses.dataclass(frozen=True)
class _Estimate:
    """A batch, its number of multiplications, and its memory in bytes (NaN if unknown)."""

    batch: Batch
    work: float
    memory: float


def _earlier(store: MemoryStore, point: Point, names: Sequence[str]) -> PointResult | None:
    result = store.get(point.key, names)
    return result if result is not None and result.covers(names) else None


def _has_states(store: MemoryStore, batch: Batch) -> bool:
    """Return whether solved states of all points of a batch were kept."""
    earlier = [store.get(point.key, batch.merit_names) for point in batch.points]
    return None not in earlier and all(store.state(point.key) is not None for point in batch.points)


def _estimates(batches: Sequence[Batch]) -> tuple[list[_Estimate], tuple[str, ...]]:
    """Return the estimates of the engines, and the errors of points that would fail."""
    estimates: list[_Estimate] = []
    refused: dict[str, None] = {}
    for batch in batches:
        try:
            estimates.append(_Estimate(batch, *_work_and_memory(batch)))
        except QubattError as error:
            estimates.append(_Estimate(batch, batch.cost, math.nan))
            refused[str(error)] = None
    return estimates, tuple(refused)


def _work_and_memory(batch: Batch) -> tuple[float, float]:
    """Return the work (products with the generator times entries of ρ) and the memory in bytes."""
    point = max(batch.points, key=lambda point: (point.run.key_fields.get("times") or [0])[-1])
    battery, factor = point.battery, 1.0
    if max_photons(battery) == AUTO:
        battery, factor = with_max_photons(battery, ASSUMED_CUTOFF), 2.0
    problem = battery.problem(point.charger, point.environment)
    times = point.run.key_fields.get("times")
    if isinstance(point.run, ChargeRun) and isinstance(times, list):
        expected = problem_cost(problem, times, point.run.engine.partition(":")[0])
        products = factor * (expected.products or 0.0)
        return products * (expected.entries or expected.dimension), expected.memory
    entries = ReducedLindbladian(realize(problem)).entries
    return factor * float(entries) ** 1.5, math.nan


def _seconds(estimates: Sequence[_Estimate]) -> tuple[list[float], list[str]]:
    """Return the estimated seconds for each batch, and the errors of the points solved as trials.

    The time of a batch is modelled as a constant plus a term proportional to its work. Trial
    solutions of the cheapest batch, and then of more expensive ones within `TRIAL_SECONDS`,
    determine the constant and the factor of proportionality.
    """
    if not estimates:
        return [], []
    start = time.monotonic()
    order = sorted(range(len(estimates)), key=lambda k: estimates[k].work)
    _, errors = _solve_on_trial(estimates[order[0]].batch)  # the first run compiles
    fixed, _ = _solve_on_trial(estimates[order[0]].batch)
    per_product, largest = 0.0, estimates[order[0]].work
    for _ in range(MAX_TRIALS - 1):
        remaining = TRIAL_SECONDS - (time.monotonic() - start) - fixed
        bound = MAX_SECONDS_PER_PRODUCT
        bound = min(bound, 3.0 * per_product) if per_product else bound  # it grows with the size
        affordable = [k for k in order if largest < estimates[k].work <= remaining / bound]
        if not affordable:
            break
        estimate = estimates[affordable[-1]]
        seconds, messages = _solve_on_trial(estimate.batch)
        errors += messages
        per_product = max(seconds - fixed, 0.0) / estimate.work
        largest = estimate.work
    return [fixed + per_product * estimate.work for estimate in estimates], errors


def _solve_on_trial(batch: Batch) -> tuple[float, list[str]]:
    """Solve a batch; return the elapsed seconds and the errors of its points."""
    start = time.monotonic()
    results = solve_batches([batch])
    seconds = time.monotonic() - start
    return seconds, [result.message for result in results if result.status == FAILED]
