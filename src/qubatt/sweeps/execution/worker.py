"""Solution of points on a worker: jointly if they share a propagation, with errors recorded."""

from __future__ import annotations

import contextlib
import dataclasses
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from qubatt.core.realization import realize
from qubatt.core.seeding import generators_restored, seed_generators
from qubatt.engines import limit_threads
from qubatt.merits import select_merits
from qubatt.results.status import FAILED
from qubatt.sweeps.store.point_result import PointResult
from qubatt.sweeps.study.merit_names import DEFAULT, merit_names
from qubatt.sweeps.study.point import Point, RunSpec, SolvedState


@dataclass(frozen=True)
class Batch:
    """Points solved together.

    Attributes
    ----------
    points : tuple of Point
        Points with different keys that share a propagation.
    merit_names : tuple of str
        Merits that the study requests.
    cost : float
        Approximate relative cost.
    earlier_merits : tuple of str
        Merits of earlier results, which are recomputed together with the requested ones.
    keep : bool
        Whether to keep solved states for further merits.
    states : dict of str to SolvedState
        Solved states that were kept earlier, by key.
    """

    points: tuple[Point, ...]
    merit_names: tuple[str, ...]
    cost: float = 0.0
    earlier_merits: tuple[str, ...] = ()
    keep: bool = False
    states: Mapping[str, SolvedState] = field(default_factory=dict)

    @property
    def all_merits(self) -> tuple[str, ...]:
        """Merits to compute."""
        return tuple(dict.fromkeys([*self.merit_names, *self.earlier_merits]))


def solve_batches(batches: Sequence[Batch], threads: int | None = None) -> list[PointResult]:
    """Solve batches one after another.

    Parameters
    ----------
    batches : sequence of Batch
        Batches to solve.
    threads : int, optional
        Maximum number of threads.
    """
    if threads is not None:
        limit_threads(threads)
    with warnings.catch_warnings(), np.errstate(all="ignore"), generators_restored():
        warnings.simplefilter("ignore")
        return [result for batch in batches for result in _solve(batch)]


def _solve(batch: Batch) -> list[PointResult]:
    """Solve the points of a batch together or, if that fails, individually."""
    results: list[PointResult] = []
    merits = batch.all_merits
    unsolved: list[Point] = []
    for point in batch.points:
        with _errors_recorded(point, batch, results):
            run = _run_with(point, merits)
            point = point if run is point.run else dataclasses.replace(point, run=run)
            state = batch.states.get(point.key)
            dataset = None if state is None else point.run.dataset_from(point, state)
            if dataset is None:
                unsolved.append(point)
            else:
                results.append(PointResult.of(point.key, merits, dataset))
    if len(unsolved) > 1:
        with contextlib.suppress(Exception):
            seed_generators(unsolved[0].seed)
            solved = unsolved[0].run.solve_together(unsolved, batch.keep)
            results += [
                PointResult.of(point.key, merits, dataset, state)
                for point, (dataset, state) in zip(unsolved, solved, strict=True)
            ]
            unsolved = []
    for point in unsolved:
        with _errors_recorded(point, batch, results):
            seed_generators(point.seed)
            dataset, state = point.run.solve(point, batch.keep)
            results.append(PointResult.of(point.key, merits, dataset, state))
    return results


@contextlib.contextmanager
def _errors_recorded(point: Point, batch: Batch, results: list[PointResult]) -> Iterator[None]:
    """Record an exception as the failed result of a point."""
    try:
        yield
    except Exception as error:
        message = f"{type(error).__name__}: {error}"
        results.append(PointResult(point.key, batch.merit_names, FAILED, message))


def _run_with(point: Point, merits: Sequence[str]) -> RunSpec:
    """Return the run of a point with these merits."""
    if tuple(merits) == merit_names(point.run):
        return point.run
    names = [name for name in merits if name != DEFAULT]
    if DEFAULT in merits:
        problem = point.battery.problem(point.charger, point.environment)
        names += [merit.name for merit in select_merits(None, realize(problem))]
    return dataclasses.replace(point.run, merits=tuple(names))  # type: ignore[type-var]  # declared runs are dataclasses
