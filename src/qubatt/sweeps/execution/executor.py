"""Executors: this process, or worker processes on this machine."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from typing import Any, NamedTuple

from qubatt.core.worker_server import ONE_THREAD, interrupts_blocked, worker_context
from qubatt.engines import limit_threads


class WorkerPool(NamedTuple):
    """Workers that solve points.

    Attributes
    ----------
    executor : Executor
        Runs functions on the workers.
    size : int
        Number of workers.
    death_errors : tuple of exception types
        Exceptions of a future whose process died.
    """

    executor: Executor
    size: int
    death_errors: tuple[type[Exception], ...] = ()


class InProcess(Executor):
    """Executor that runs functions immediately, in this process."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run a function and return a finished future."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


class Processes(Executor):
    """Executor with worker processes on this machine, which are replaced if they die."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._pool = self._start()

    def _start(self) -> ProcessPoolExecutor:
        environment = os.environ | ONE_THREAD  # that of the worker server may be outdated
        return ProcessPoolExecutor(
            self._workers, worker_context(), initializer=_start_worker, initargs=(environment,)
        )

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Submit a function; its future fails with `BrokenExecutor` if the process dies."""
        with interrupts_blocked():  # processes that start here never receive Ctrl-C
            try:
                return self._pool.submit(fn, *args, **kwargs)
            except BrokenExecutor:
                self._pool.shutdown()
                self._pool = self._start()
                return self._pool.submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Stop the processes after their current work."""
        self._pool.shutdown(wait, cancel_futures=cancel_futures)

    def terminate(self) -> None:
        """Terminate the processes immediately."""
        for process in list((self._pool._processes or {}).values()):
            process.terminate()


def can_read(pickled: bytes) -> str:
    """Return the error message raised by unpickling, or an empty string if it succeeds."""
    try:
        pickle.loads(pickled)
    except Exception as error:  # importing a module may raise anything
        return f"{type(error).__name__}: {error}"
    return ""


def _start_worker(environment: dict[str, str]) -> None:
    """Set the environment, ignore Ctrl-C, use one thread, and exit with the parent process."""
    os.environ.clear()
    os.environ.update(environment)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_exit_with_parent, daemon=True).start()
    limit_threads(1)


def _exit_with_parent() -> None:
    """Exit when the parent process ends, even if it is killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
