"""Jobs of a reproduction computed: cached, spread over processes, resumable."""

from __future__ import annotations

import functools
import multiprocessing
import os
import signal
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from qubatt.core.file import check_directory, write_whole
from qubatt.engines import limit_threads
from qubatt.papers.job import Job, Values


@dataclass(frozen=True)
class Runner:
    """Runs jobs, reading the cache first and writing it after each job.

    Attributes
    ----------
    cache : Path
        Folder with one file per job.
    fresh : bool
        Whether to compute again what the cache holds.
    report : callable
        Told a label, the cost done and the whole cost.
    """

    cache: Path
    fresh: bool = False
    report: Callable[[str, float, float], None] = lambda label, done, total: None  # noqa: ARG005

    def run(self, label: str, jobs: Sequence[Job]) -> list[Values]:
        """Return the values of all jobs, in their order."""
        check_directory("output", self.cache)
        results: dict[str, Values] = {}
        for job in jobs:
            if not self.fresh and (found := self._read(job)) is not None:
                results[job.key] = found
        missing = {job.key: job for job in jobs if job.key not in results}
        todo = sorted(missing.values(), key=lambda job: -job.cost)
        total = sum(job.cost for job in jobs) or 1.0
        done = total - sum(job.cost for job in todo)
        self.report(label, done, total)
        if todo:
            for job, values in _compute(todo):
                write_whole(self._path(job), functools.partial(_write, values))
                results[job.key] = values
                done += job.cost
                self.report(label, min(done, total), total)
        return [results[job.key] for job in jobs]

    def _path(self, job: Job) -> Path:
        return self.cache / f"{job.key}.npz"

    def _read(self, job: Job) -> Values | None:
        try:
            with self._path(job).open("rb") as stream, np.load(stream) as stored:
                return {name: stored[name] for name in job.names}
        except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile, zlib.error):
            return None


def _write(values: Values, path: Path) -> None:
    with path.open("wb") as stream:
        np.savez_compressed(stream, **values)  # type: ignore[arg-type]  # numpy's **kwds stub


def _start_worker() -> None:
    """Leave Ctrl-C to the parent, and one thread to each worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    limit_threads(1)


def _run(job: Job) -> Values:
    return job.run()


def _compute(jobs: Sequence[Job]) -> Iterator[tuple[Job, Values]]:
    """Yield every job with its values, as they are done, from as many processes as cores."""
    workers = min(len(os.sched_getaffinity(0)), len(jobs))
    if workers == 1:
        for job in jobs:
            yield job, job.run()
        return
    pool = ProcessPoolExecutor(
        workers, mp_context=multiprocessing.get_context("spawn"), initializer=_start_worker
    )
    try:
        futures = {pool.submit(_run, job): job for job in jobs}
        for future in as_completed(futures):
            yield futures[future], future.result()
    except BaseException:
        for process in list((pool._processes or {}).values()):
            process.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)
