"""Runs studies with one store of results and one pool of workers."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import xarray as xr

from qubatt.sweeps.execution.executor import WorkerPool
from qubatt.sweeps.execution.pool import check_workers, open_pool
from qubatt.sweeps.execution.progress import StudyProgress
from qubatt.sweeps.execution.study_computation import Computation
from qubatt.sweeps.store.grid import empty_grid, filled_grid
from qubatt.sweeps.store.store import MemoryStore, Store
from qubatt.sweeps.study.study import Study

logger = logging.getLogger(__name__)


class StudyRunner:
    """Runs studies that share one store of results and one pool of workers.

    Parameters
    ----------
    output : path, optional
        Folder of the results; by default they are kept in memory.
    workers, scheduler, retry_failed, keep
        As in `sweep`.
    fresh : bool
        Whether to discard earlier results of the studies.
    """

    def __init__(
        self,
        output: str | Path | None = None,
        *,
        workers: int = 1,
        scheduler: str | None = None,
        retry_failed: bool = False,
        keep: bool | None = None,
        fresh: bool = False,
    ) -> None:
        self._workers, self._scheduler = check_workers(workers), scheduler
        self._retry_failed, self._keep, self._fresh = retry_failed, keep, fresh
        self._new_keys: set[str] = set()
        self._pool: WorkerPool | None = None
        self._open = contextlib.ExitStack()
        self.store = MemoryStore() if output is None else Store.create(output)

    def __enter__(self) -> StudyRunner:
        return self

    def __exit__(self, *error: Any) -> None:
        self._open.__exit__(*error)

    def run(
        self,
        studies: Sequence[Study],
        progress: Callable[[StudyProgress], None] | None = None,
        write_grid: Callable[[], None] | None = None,
    ) -> None:
        """Compute all points of studies that are missing from the store.

        Raises
        ------
        OSError
            If results cannot be written, or the connection to a Dask scheduler is lost.
        """
        points = [point for study in studies for point in study.points]
        if self._fresh:
            keys = {point.key for point in points}
            self.store.discard(keys - self._new_keys)
            self._new_keys |= keys
        computation = Computation(
            points,
            self.store,
            retry_failed=self._retry_failed,
            keep=self._keep,
            progress=progress,
            write_grid=write_grid,
        )
        logger.info("%d points; %d batches to compute", len(points), len(computation.missing))
        try:
            if computation.missing:
                if self._pool is None:
                    pool = open_pool(self._workers, self._scheduler, computation.objects())
                    self._pool = self._open.enter_context(pool)
                in_process = self._workers == 1 and self._scheduler is None
                computation.run(self._pool, threads=None if in_process else 1)
        finally:
            computation.close()

    def results(
        self,
        studies: Sequence[Study],
        progress: Callable[[StudyProgress], None] | None = None,
    ) -> list[xr.Dataset]:
        """Return the results of studies, computing those that are missing from the store."""
        self.run(studies, progress)
        return [filled_grid(empty_grid(study), self.store) for study in studies]
