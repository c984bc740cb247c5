"""Executors: this process, or processes that are started afresh."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from typing import Any, NamedTuple

from qubatt.engines import limit_threads
from qubatt.workers.interrupts import interrupts_blocked


class WorkerPool(NamedTuple):
    """Workers that solve points.

    Attributes
    ----------
    executor : Executor
        Runs functions on the workers.
    size : int
        Number of workers.
    death_errors : tuple of exception types
        Errors of work whose process died.
    """

    executor: Executor
    size: int
    death_errors: tuple[type[Exception], ...] = ()


class InProcess(Executor):
    """Runs functions at once, in this process."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Return a future that has its result already."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


class SpawnedProcesses(Executor):
    """Processes that load everything themselves, where none can be forked; see `qubatt.workers`.

    If one dies, all are replaced.
    """

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._pool = self._start()

    def _start(self) -> ProcessPoolExecutor:
        spawn = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self._workers, spawn, initializer=_start_worker)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Return a future, which fails with `BrokenExecutor` if its process dies."""
        with interrupts_blocked():  # processes that start here never receive Ctrl-C
            try:
                return self._pool.submit(fn, *args, **kwargs)
            except BrokenExecutor:
                self._pool.shutdown()
                self._pool = self._start()
                return self._pool.submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes after their current work."""
        self._pool.shutdown(wait, cancel_futures=cancel_futures)

    def terminate(self) -> None:
        """End the processes now."""
        for process in list((self._pool._processes or {}).values()):
            process.terminate()


def can_read(pickled: bytes) -> str:
    """Return the error of unpickling, an empty text if there is none."""
    try:
        pickle.loads(pickled)
    except Exception as error:  # importing a module may raise anything
        return f"{type(error).__name__}: {error}"
    return ""


def _start_worker() -> None:
    """Ignore Ctrl-C, use one thread, and exit with the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_exit_with_parent, daemon=True).start()
    limit_threads(1)


def _exit_with_parent() -> None:
    """End this process when its parent ends, even if that is killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
