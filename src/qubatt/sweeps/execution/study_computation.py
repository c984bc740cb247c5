"""Computation of points: sends batches to workers, stores results and reports progress."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import replace
from typing import Any

from qubatt.results.status import FAILED
from qubatt.sweeps.execution.executor import WorkerPool
from qubatt.sweeps.execution.plan import plan
from qubatt.sweeps.execution.progress import StudyProgress
from qubatt.sweeps.execution.worker import Batch, solve_batches
from qubatt.sweeps.store.point_result import PointResult
from qubatt.sweeps.store.store import MemoryStore, Store
from qubatt.sweeps.study.merit_names import merit_names
from qubatt.sweeps.study.point import Point

CHUNK_SECONDS = 0.4
"""Duration in seconds of the work sent to a worker at once; longer chunks have less overhead but
lose more work if a process is killed."""

WRITE_SECONDS = 1.0
"""Maximum time in seconds before results are written."""

GRID_SECONDS = 30.0
"""Minimum time in seconds between two writes of the grid during a computation."""

GRID_INTERVAL_RATIO = 50.0
"""Minimum time between two writes of the grid, relative to the duration of a write."""

DEAD_WORKER = (
    "The worker process was killed twice, the second time while it computed nothing else: by the"
    " system if memory ran out, or by a crash in a library."
)
"""Error message of a point that kills its process."""


class Computation:
    """Computation of the points that are missing from a store.

    Parameters
    ----------
    points : sequence of Point
        All points; duplicates are computed once.
    store : MemoryStore or Store
        Earlier results, to which new ones are added.
    retry_failed : bool
        Whether to compute failed points again.
    keep : bool, optional
        Whether to keep solved states; see `plan`.
    progress : callable, optional
        Called with the current `StudyProgress` after each chunk of work.
    write_grid : callable, optional
        Called periodically and at the end.
    """

    def __init__(
        self,
        points: Sequence[Point],
        store: MemoryStore,
        *,
        retry_failed: bool = False,
        keep: bool | None = None,
        progress: Callable[[StudyProgress], None] | None = None,
        write_grid: Callable[[], None] | None = None,
    ) -> None:
        self._store, self._retry_failed = store, retry_failed
        self._progress = progress or (lambda _: None)
        self._write_grid = write_grid or (lambda: None)
        batches, _ = plan(points, keep if isinstance(store, Store) else False)
        self._total = len(points)
        self._multiplicity = Counter(
            (point.key, frozenset(merit_names(point.run))) for point in points
        )
        self._done = self._failed = 0
        unsolved = [self._unsolved(batch) for batch in batches]
        self.missing = [batch for batch in unsolved if batch.points]
        self._reused = self._done
        self._cost_done = 0.0
        self._total_cost = sum(batch.cost for batch in self.missing) or 1.0
        self._start = self._written = self._grid_written = time.monotonic()
        self._grid_seconds = 0.0
        self._running: dict[Future[list[PointResult]], list[Batch]] = {}
        self._unwritten: list[PointResult] = []
        self._report()

    def _unsolved(self, batch: Batch) -> Batch:
        """Return a batch without the points that have results, which are counted as done."""
        unsolved = []
        for point in batch.points:
            result = self._store.get(point.key, batch.merit_names)
            failed = result is not None and result.status == FAILED
            covered = result is not None and result.covers(batch.merit_names)
            if not covered or (self._retry_failed and failed):
                unsolved.append(point)
            else:
                self._count(batch, point.key, failed)
        if len(unsolved) == len(batch.points):
            return batch
        return replace(batch, points=tuple(unsolved))

    def _count(self, batch: Batch, key: str, failed: bool) -> None:
        number = self._multiplicity[key, frozenset(batch.merit_names)]
        self._done += number
        self._failed += number * failed

    def objects(self) -> list[Any]:
        """Return all objects that other processes need, without duplicates."""
        points = [point for batch in self.missing for point in batch.points]
        parts = [
            part
            for point in points
            for part in (point.battery, point.charger, point.environment, point.run)
        ]
        return list({id(part): part for part in parts}.values())

    def run(self, pool: WorkerPool, threads: int | None) -> None:
        """Solve all missing points.

        Batches whose process died are retried once, one at a time, so that only those that kill
        their process again are recorded as failed.
        """
        max_running = 1 if pool.size == 1 else 2 * pool.size
        pending, suspects = deque(self.missing), deque[Batch]()
        start, seconds_per_cost = time.monotonic(), 0.0
        while pending or suspects or self._running:
            if suspects and not self._running:
                self._submit(pool.executor, [suspects[0]], threads)
            while pending and not suspects and len(self._running) < max_running:
                self._store.refresh()
                cost = CHUNK_SECONDS / seconds_per_cost if seconds_per_cost else 0.0
                chunk = self._next_chunk(pending, cost)
                if chunk:
                    self._submit(pool.executor, chunk, threads)
            done, _ = wait(self._running, timeout=WRITE_SECONDS, return_when=FIRST_COMPLETED)
            for future in done:
                chunk = self._running.pop(future)
                was_suspect = bool(suspects) and chunk[0] is suspects[0]
                died = isinstance(future.exception(), pool.death_errors)
                if died and not was_suspect:
                    suspects += chunk
                    continue
                if was_suspect:
                    suspects.popleft()
                self._take(chunk, _dead_results(chunk) if died else future.result())
                seconds_per_cost = (time.monotonic() - start) * pool.size / self._cost_done
            self._write()

    def _next_chunk(self, pending: deque[Batch], max_cost: float) -> list[Batch]:
        """Return the next batches, without points that other processes have solved by now."""
        chunk: list[Batch] = []
        cost = 0.0
        while pending and (not chunk or cost + pending[0].cost <= max_cost):
            batch = self._unsolved(pending.popleft())
            if batch.points:
                chunk.append(batch)
                cost += batch.cost
            else:
                self._cost_done += batch.cost
        return chunk

    def _submit(self, executor: Executor, chunk: list[Batch], threads: int | None) -> None:
        batches = [self._with_earlier(batch) for batch in chunk]
        self._running[executor.submit(solve_batches, batches, threads)] = chunk

    def _with_earlier(self, batch: Batch) -> Batch:
        """Return a batch with the merits and states of earlier results."""
        merits: dict[str, None] = {}
        states = {}
        for point in batch.points:
            result = self._store.get(point.key, batch.merit_names)
            if result is not None and result.status != FAILED:
                merits |= dict.fromkeys(result.merit_names)
            if result is not None and (state := self._store.state(point.key)) is not None:
                states[point.key] = state
        if not (merits or states):
            return batch
        return replace(batch, earlier_merits=tuple(merits), states=states)

    def _take(self, chunk: list[Batch], results: list[PointResult]) -> None:
        """Count the results of a worker and queue them for writing."""
        self._unwritten += results
        self._cost_done += sum(batch.cost for batch in chunk)
        failed = {result.key for result in results if result.status == FAILED}
        for batch in chunk:
            for point in batch.points:
                self._count(batch, point.key, point.key in failed)
        self._report()

    def _write(self, *, at_once: bool = False) -> None:
        """Write the queued results and, periodically, the grid."""
        now = time.monotonic()
        if self._unwritten and (at_once or now - self._written >= WRITE_SECONDS):
            self._store.add(self._unwritten)
            self._unwritten = []
            self._written = time.monotonic()
        interval = max(GRID_SECONDS, GRID_INTERVAL_RATIO * self._grid_seconds)
        if at_once or now - self._grid_written >= interval:
            start = time.monotonic()
            self._write_grid()
            self._grid_written = time.monotonic()
            self._grid_seconds = self._grid_written - start

    def close(self) -> None:
        """Write all results, even after an interruption."""
        for future, chunk in self._running.items():
            if future.done() and not future.cancelled() and future.exception() is None:
                self._take(chunk, future.result())
        self._write(at_once=True)

    def _report(self) -> None:
        fraction = min(1.0, self._cost_done / self._total_cost) if self.missing else 1.0
        seconds = time.monotonic() - self._start
        self._progress(
            StudyProgress(self._total, self._done, self._failed, self._reused, fraction, seconds)
        )


def _dead_results(chunk: list[Batch]) -> list[PointResult]:
    """Return failed results for points that kill their process."""
    return [
        PointResult(point.key, batch.merit_names, FAILED, DEAD_WORKER)
        for batch in chunk
        for point in batch.points
    ]
