"""Worker pools with one interface: this process, worker processes, or a cluster."""

from __future__ import annotations

import contextlib
import pickle
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor
from typing import Any

from qubatt.core.errors import ArgumentError
from qubatt.sweeps.execution.executor import InProcess, Processes, WorkerPool, can_read


def check_workers(workers: Any) -> int:
    """Return the validated number of worker processes.

    Raises
    ------
    ArgumentError
        If the number is not a whole number from 1 to 1,000.
    """
    if isinstance(workers, bool) or not isinstance(workers, int) or not 1 <= workers <= 1000:
        raise ArgumentError("workers", "be a whole number from 1 to 1000", workers)
    return workers


@contextlib.contextmanager
def open_pool(
    workers: int, scheduler: str | None, objects: Sequence[Any] = ()
) -> Iterator[WorkerPool]:
    """Open a pool of workers.

    Parameters
    ----------
    workers : int
        Number of processes on this machine; 1 computes in this process.
    scheduler : str, optional
        Address of a Dask scheduler to use instead, such as ``tcp://10.0.0.1:8786``.
    objects : sequence
        Objects that will be sent to other processes.

    Raises
    ------
    ArgumentError
        If objects cannot be sent, or processes cannot be started.
    """
    if scheduler is not None:
        from qubatt.sweeps.execution.dask_cluster import dask_pool

        with dask_pool(scheduler, objects) as pool:
            yield pool
    elif workers == 1:
        yield WorkerPool(InProcess(), 1)
    else:
        with _processes(workers, objects) as executor:
            yield WorkerPool(executor, workers, (BrokenExecutor,))


@contextlib.contextmanager
def _processes(workers: int, objects: Sequence[Any]) -> Iterator[Executor]:
    """Start worker processes, which are stopped when the context is left."""
    try:
        pickled = pickle.dumps(objects)
    except Exception as error:  # pickle raises various exceptions
        cure = f"To use more, define functions of time at the top level of a module ({error})."
        raise ArgumentError("workers", "be 1 for this study", workers, cure) from None
    executor = Processes(workers)
    try:
        _check_processes(executor, pickled, workers)
        yield executor
    except BaseException:
        executor.terminate()
        raise
    finally:
        executor.shutdown(cancel_futures=True)


def _check_processes(executor: Executor, pickled: bytes, workers: int) -> None:
    """Reject processes that do not start or cannot unpickle the objects."""
    try:
        futures = [executor.submit(can_read, pickled) for _ in range(workers)]  # all start at once
        trouble = futures[0].result()
    except BrokenExecutor:
        trouble = "worker processes end during start-up"
    if trouble:
        cure = (
            'In a script, put the calls under if __name__ == "__main__": and define functions of'
            f" time in a module that can be imported ({trouble})."
        )
        raise ArgumentError("workers", "be 1 here", workers, cure)


class StopSignal:
    """The signal that stopped a study, SIGINT (Ctrl-C) by default."""

    number: int = signal.SIGINT


@contextlib.contextmanager
def stopped_cleanly() -> Iterator[StopSignal]:
    """Turn SIGTERM (sent by clusters) and SIGHUP into KeyboardInterrupt, like Ctrl-C."""
    stop = StopSignal()

    def interrupt(number: int, frame: Any) -> None:  # noqa: ARG001  # signature of handlers
        stop.number = number
        raise KeyboardInterrupt

    names = {"SIGINT", "SIGTERM", "SIGHUP"} & signal.Signals.__members__.keys()
    handlers = {name: signal.signal(signal.Signals[name], interrupt) for name in names}
    try:
        yield stop
    finally:
        for name, handler in handlers.items():
            signal.signal(signal.Signals[name], handler)
