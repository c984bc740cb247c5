"""Charging runs of a reproduction: keyed, cached, spread over processes, resumable."""

from __future__ import annotations

import functools
import hashlib
import json
import multiprocessing
import os
import signal
import warnings
import zipfile
import zlib
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from qubatt.charging import charge
from qubatt.core.check import FloatArray
from qubatt.core.declaration import parameters_of
from qubatt.core.errors import QubattWarning
from qubatt.core.file import check_directory, write_whole
from qubatt.core.version import __version__
from qubatt.engines import limit_threads
from qubatt.environment import Dissipator
from qubatt.models import Battery
from qubatt.states import ChargerState

Curves = dict[str, FloatArray]
"""Figures of merit by name, each of shape ``(batteries, points)``."""


@dataclass(frozen=True)
class ChargingJob:
    """Charging curves of several batteries in one environment, one entry of the cache.

    Output times are `points` even steps from 0 to `end`.
    """

    batteries: tuple[Battery, ...]
    environment: tuple[Dissipator, ...]
    end: float
    points: int
    merits: tuple[str, ...] = ("energy",)
    charger: ChargerState | None = None

    @property
    def times(self) -> FloatArray:
        """Output times, shape ``(points,)``."""
        return np.linspace(0.0, self.end, self.points)

    @functools.cached_property
    def key(self) -> str:
        """Name in the cache: a hash of all that determines the result."""
        content = {
            "batteries": [parameters_of(battery) for battery in self.batteries],
            "environment": [parameters_of(part) for part in self.environment],
            "charger": parameters_of(self.charger) if self.charger is not None else None,
            "end": self.end,
            "points": self.points,
            "merits": self.merits,
            "version": __version__,
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:24]

    @property
    def cost(self) -> float:
        """Rough relative cost, for the order of work and the time left."""
        dims = (battery.space.dim("symmetric") for battery in self.batteries)
        return float(sum(self.end * dim**2.6 + 2e4 for dim in dims))

    def run(self) -> Curves:
        """Compute the curves."""
        curves: dict[str, list[FloatArray]] = {name: [] for name in self.merits}
        for battery in self.batteries:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", QubattWarning)  # judged by the claims on cut-offs
                result = charge(battery, self.times, self.charger, self.environment, self.merits)
            for name in self.merits:
                curves[name].append(result[name].to_numpy())
        return {name: np.stack(values) for name, values in curves.items()}


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

    def run(self, label: str, jobs: Sequence[ChargingJob]) -> list[Curves]:
        """Return the curves of all jobs, in their order."""
        check_directory("output", self.cache)
        results: dict[str, Curves] = {}
        for job in jobs:
            if not self.fresh and (found := self._read(job)) is not None:
                results[job.key] = found
        missing = {job.key: job for job in jobs if job.key not in results}
        todo = sorted(missing.values(), key=lambda job: -job.cost)
        total = sum(job.cost for job in jobs) or 1.0
        done = total - sum(job.cost for job in todo)
        self.report(label, done, total)
        if todo:
            for job, curves in _compute(todo):
                write_whole(self._path(job), functools.partial(_write, curves))
                results[job.key] = curves
                done += job.cost
                self.report(label, min(done, total), total)
        return [results[job.key] for job in jobs]

    def _path(self, job: ChargingJob) -> Path:
        return self.cache / f"{job.key}.npz"

    def _read(self, job: ChargingJob) -> Curves | None:
        try:
            with self._path(job).open("rb") as stream, np.load(stream) as stored:
                return {name: stored[name] for name in job.merits}
        except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile, zlib.error):
            return None


def _write(curves: Curves, path: Path) -> None:
    with path.open("wb") as stream:
        np.savez_compressed(stream, **curves)  # type: ignore[arg-type]  # numpy's **kwds stub


def _start_worker() -> None:
    """Leave Ctrl-C to the parent, and one thread to each worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    limit_threads(1)


def _run(job: ChargingJob) -> Curves:
    return job.run()


def _compute(jobs: Sequence[ChargingJob]):  # type: ignore[no-untyped-def]
    """Yield every job with its curves, as they are done, from as many processes as cores."""
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
