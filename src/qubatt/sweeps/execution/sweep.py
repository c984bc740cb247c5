"""A study computed: what is missing is solved, what is there is used again."""

from __future__ import annotations

import hashlib
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import xarray as xr

from qubatt.results.status import FAILED
from qubatt.sweeps.execution.plan import Unit, plan
from qubatt.sweeps.execution.pool import Place, check_workers, pool
from qubatt.sweeps.execution.worker import Done, Task, merit_names, solve_tasks
from qubatt.sweeps.store.grid import filled, skeleton
from qubatt.sweeps.store.point_result import PointResult
from qubatt.sweeps.store.store import Memory, Store
from qubatt.sweeps.store.zarr import read_grid, write_grid
from qubatt.sweeps.study.study import Study

BATCH = 0.4
"""Seconds of work that a worker gets at a time; more at once costs less, and is lost by a kill."""

FLUSH = 1.0
"""Seconds after which results are written at the latest, once they are there."""

REFRESH = 30.0
"""Seconds after which the grid is written again, while the study goes on."""

DIED = (
    "The process that computed it was killed, again when it computed nothing else: by the system if"
    " the memory was full, or by a crash in a library."
)
"""What is said of a point that kills processes."""

SHARE = 50.0
"""How many times longer than writing the grid took the study goes on before it is again."""


@dataclass(frozen=True)
class State:
    """How far a study is.

    Attributes
    ----------
    points, done, failed : int
        Points in all, solved or failed, and failed.
    found : int
        Points that were there before.
    effort : float
        Fraction of the expected work that is done.
    seconds : float
        Since the beginning.
    """

    points: int
    done: int
    failed: int
    found: int
    effort: float
    seconds: float

    @property
    def rate(self) -> float:
        """Points per second."""
        return (self.done - self.found) / max(self.seconds, 1e-9)

    @property
    def left(self) -> float:
        """Seconds left, as far as can be told; NaN at first."""
        if not self.effort > 0.0:
            return float("nan")
        return self.seconds * (1.0 - self.effort) / self.effort


def sweep(
    study: Study | Mapping[str, Any] | str | Path,
    output: str | Path | None = None,
    *,
    workers: int = 1,
    scheduler: str | None = None,
    retry_failed: bool = False,
    keep: bool | None = None,
    progress: Callable[[State], None] | None = None,
) -> xr.Dataset:
    """Compute a study and return its results on the grid of what varies.

    Parameters
    ----------
    study : Study, mapping, or path of a TOML file
        What is computed.
    output : path, optional
        Folder of the results. What is there already is not computed again: a study that was
        stopped goes on, a longer axis takes the new points only, further merits are read off what
        was kept. Results of other parameters are never mixed in.
    workers : int
        Processes, each with one thread; 1 for this process alone, with all its threads. In a
        script, several need ``if __name__ == "__main__":``.
    scheduler : str, optional
        Address of a Dask scheduler, whose workers are taken instead.
    retry_failed : bool
        Whether to try again what failed before.
    keep : bool, optional
        Whether moments and states of the battery are kept, for further merits; by default where
        they take less than 1 GB in all.
    progress : callable, optional
        Told the `State` now and then.

    Returns
    -------
    xarray.Dataset
        Variables of `charge`, `steady_state` or `discharge` with the axes before their own dims,
        NaN where a point failed; ``status`` and ``key`` of every point, numbers of its certificate
        as ``certificate_…``; the attribute ``failures`` tells what went wrong and where.

    Raises
    ------
    ArgumentError
        If something in the study is wrong, before anything is computed.
    OSError
        If results cannot be written, or a Dask scheduler is lost; those written before stay.

    Examples
    --------
    >>> import qubatt as qb
    >>> study = {
    ...     "battery": {"type": "driven", "drive": 1.0},
    ...     "environment": ["collective-decay:0.5"],
    ...     "run": {"type": "steady", "merits": ["energy"]},
    ...     "sweep": {"battery.n_atoms": [1, 2, 3]},
    ... }
    >>> qb.sweep(study).energy.values.round(6).tolist()
    [0.16, 0.278788, 0.365859]
    """
    study = Study.of(study)
    workers = check_workers(workers)
    grid = skeleton(study)
    archive = Memory() if output is None else Store.create(output)
    if isinstance(archive, Store):
        _settle_in(archive, study, grid)
    work = _Work(study, archive, grid, retry_failed, keep, progress)
    try:
        if work.missing:
            with pool(workers, scheduler, work.things()) as place:
                work.run(place, threads=None if workers == 1 and scheduler is None else 1)
    finally:
        work.close()
    return filled(grid, archive)


def load(directory: str | Path) -> xr.Dataset:
    """Return the results in the folder of a study, also of one that goes on or was stopped.

    Raises
    ------
    ArgumentError
        If there is no study in it.
    """
    store = Store.open(directory)
    return filled(read_grid(store.directory), store)


def _settle_in(store: Store, study: Study, grid: xr.Dataset) -> None:
    """Write the study into its folder, and the grid as far as results are there.

    The file of another study that was there goes on under another name, as its results do.
    """
    from qubatt.core.file import write_whole

    text = study.to_toml()
    path = store.directory / "study.toml"
    before = path.read_text(encoding="utf-8") if path.is_file() else text
    if before != text:
        name = f"study-{hashlib.sha256(before.encode()).hexdigest()[:8]}.toml"
        write_whole(path.with_name(name), lambda part: part.write_text(before, encoding="utf-8"))
    if before != text or not path.is_file():
        write_whole(path, lambda part: part.write_text(text, encoding="utf-8"))
    write_grid(store, grid)


class _Work:
    """What is left of a study, and what came of it."""

    def __init__(
        self,
        study: Study,
        archive: Memory,
        grid: xr.Dataset,
        retry: bool,
        keep: bool | None,
        progress: Callable[[State], None] | None,
    ) -> None:
        self._archive, self._grid, self._retry = archive, grid, retry
        self._progress = progress or (lambda _: None)
        self._points = len(study)
        units, self._keep = plan(study, keep)
        self._places = Counter(
            (point.key, frozenset(merit_names(point.run_spec))) for point in study.points
        )
        self._done = self._failed = 0
        self.missing = []
        for unit in units:
            left = self._left(unit)
            if left.points:
                self.missing.append(left)
        self._found = self._done
        self._effort, self._whole = 0.0, sum(unit.effort for unit in self.missing) or 1.0
        self._begin = self._written = self._drawn = time.monotonic()
        self._drawing = 0.0
        self._running: dict[Future[Done], list[Unit]] = {}
        self._rows: list[PointResult] = []
        self._kept: dict[str, Any] = {}
        self._tell()

    def _left(self, unit: Unit) -> Unit:
        """Return a unit without the points that are there, which are counted as done."""
        left = []
        for point in unit.points:
            row = self._archive.get(point.key, unit.merit_names)
            failed = row is not None and row.status == FAILED
            if row is None or not row.covers(unit.merit_names) or (self._retry and failed):
                left.append(point)
            else:
                self._count(unit, point.key, failed)
        return replace(unit, points=tuple(left))

    def _count(self, unit: Unit, key: str, failed: bool) -> None:
        places = self._places[key, frozenset(unit.merit_names)]
        self._done += places
        self._failed += places * failed

    def _task(self, unit: Unit) -> Task:
        """Return what a worker gets of a unit."""
        merits, kept = dict.fromkeys(unit.merit_names), {}
        for point in unit.points:
            row = self._archive.get(point.key, unit.merit_names)
            if row is not None and row.status != FAILED:
                merits |= dict.fromkeys(row.merit_names)
            if row is not None and (found := self._archive.kept(point.key)) is not None:
                kept[point.key] = found
        keep = self._keep and isinstance(self._archive, Store)
        return Task(unit.points, unit.merit_names, tuple(merits), keep, kept)

    def things(self) -> list[Any]:
        """Return all that is sent to other processes, each once."""
        points = [point for unit in self.missing for point in unit.points]
        parts = [part for point in points for part in (*point.setting, point.run_spec)]
        return list({id(part): part for part in parts}.values())

    def run(self, place: Place, threads: int | None) -> None:
        """Solve all that is missing.

        Units whose process died are tried once more, one at a time, so that only those that kill
        it again are to blame.
        """
        ahead = 1 if place.size == 1 else 2 * place.size
        left, suspects = deque(self.missing), deque[Unit]()
        began, seconds = time.monotonic(), 0.0  # seconds of work per effort
        while left or suspects or self._running:
            if suspects and not self._running:
                self._submit(place.executor, [suspects[0]], threads)
            while left and not suspects and len(self._running) < ahead:
                self._archive.refresh()
                batch = self._next(left, BATCH / seconds if seconds else 0.0)
                if batch:
                    self._submit(place.executor, batch, threads)
            ready, _ = wait(self._running, timeout=FLUSH, return_when=FIRST_COMPLETED)
            for future in ready:
                batch = self._running.pop(future)
                was_alone = bool(suspects) and batch[0] is suspects[0]
                died = isinstance(future.exception(), place.deaths)
                if died and not was_alone:
                    suspects += batch
                    continue
                if was_alone:
                    suspects.popleft()
                self._take(batch, _dead(batch) if died else future.result())
                seconds = (time.monotonic() - began) * place.size / self._effort
            self._flush()

    def _next(self, left: deque[Unit], budget: float) -> list[Unit]:
        """Return the next units of about that effort, without those that others solved."""
        batch: list[Unit] = []
        spent = 0.0
        while left and (not batch or spent + left[0].effort <= budget):
            effort = left[0].effort
            unit = self._left(left.popleft())
            if unit.points:
                batch.append(unit)
                spent += effort
            else:
                self._effort += effort
        return batch

    def _submit(self, executor: Executor, batch: list[Unit], threads: int | None) -> None:
        tasks = [self._task(unit) for unit in batch]
        self._running[executor.submit(solve_tasks, tasks, threads)] = batch

    def _take(self, batch: list[Unit], done: Done) -> None:
        """Take in what a worker found."""
        rows, kept = done
        self._rows += rows
        self._kept |= kept
        self._effort += sum(unit.effort for unit in batch)
        failed = {row.key for row in rows if row.status == FAILED}
        for unit in batch:
            for point in unit.points:
                self._count(unit, point.key, point.key in failed)
        self._tell()

    def _flush(self, *, at_once: bool = False) -> None:
        """Write what was found, and now and then the grid."""
        now = time.monotonic()
        if self._rows and (at_once or now - self._written >= FLUSH):
            self._archive.add(self._rows, self._kept)
            self._rows, self._kept = [], {}
            self._written = time.monotonic()
        if at_once or now - self._drawn >= max(REFRESH, SHARE * self._drawing):
            if isinstance(self._archive, Store):
                begun = time.monotonic()
                write_grid(self._archive, self._grid)
                self._drawing = time.monotonic() - begun
            self._drawn = time.monotonic()

    def close(self) -> None:
        """Write what there is, however the study ended."""
        for future, batch in self._running.items():
            if future.done() and not future.cancelled() and future.exception() is None:
                self._take(batch, future.result())
        self._flush(at_once=True)

    def _tell(self) -> None:
        seconds = time.monotonic() - self._begin
        effort = min(1.0, self._effort / self._whole) if self.missing else 1.0
        self._progress(State(self._points, self._done, self._failed, self._found, effort, seconds))


def _dead(units: list[Unit]) -> Done:
    """Return the results of points that kill processes."""
    return [
        PointResult(point.key, unit.merit_names, FAILED, DIED)
        for unit in units
        for point in unit.points
    ], {}
