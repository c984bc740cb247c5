"""Where points are solved: in this process, in others, on a cluster; all behind one interface."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from typing import Any

from qubatt.core.errors import ArgumentError
from qubatt.engines import limit_threads


class InProcess(Executor):
    """Does what it is given at once."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Return a future that has its result already."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


def cores() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def check_workers(workers: Any) -> int:
    """Return the number of worker processes.

    Raises
    ------
    ArgumentError
        If it is not a whole number from 1 to 1,000.
    """
    if isinstance(workers, bool) or not isinstance(workers, int) or not 1 <= workers <= 1000:
        raise ArgumentError("workers", "be a whole number from 1 to 1000", workers)
    return workers


@contextlib.contextmanager
def pool(workers: int, scheduler: str | None) -> Iterator[tuple[Executor, int]]:
    """Open where points are solved; yields an executor and how many it solves at a time.

    Parameters
    ----------
    workers : int
        Processes of this machine; 1 for this process alone.
    scheduler : str, optional
        Address of a Dask scheduler instead, such as ``tcp://10.0.0.1:8786``.
    """
    if scheduler is not None:
        from qubatt.sweeps.cluster import connected

        with connected(scheduler) as (executor, size):
            yield executor, size
    elif workers == 1:
        yield InProcess(), 1
    else:
        with _processes(workers) as executor:
            yield executor, workers


@contextlib.contextmanager
def _processes(workers: int) -> Iterator[Executor]:
    """Open a pool of processes, whose work is ended with it."""
    executor = ProcessPoolExecutor(
        workers, mp_context=multiprocessing.get_context("spawn"), initializer=_start_worker
    )
    try:
        yield executor
    except BaseException:
        for process in list((executor._processes or {}).values()):
            process.terminate()
        raise
    finally:
        executor.shutdown(cancel_futures=True)


def _start_worker() -> None:
    """Leave Ctrl-C to the parent, and one thread to each worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    limit_threads(1)


class Stop:
    """The signal that stopped a study, as Ctrl-C at first."""

    signal: int = signal.SIGINT


@contextlib.contextmanager
def stopped_cleanly() -> Iterator[Stop]:
    """Let a request to end (SIGTERM, as clusters send it) be heard as Ctrl-C is."""
    stop = Stop()

    def heard(number: int, frame: Any) -> None:  # noqa: ARG001  # what signals hand over
        stop.signal = number
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, heard)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGTERM, before)
