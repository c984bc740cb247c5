"""Where points are solved: in this process, in others, on a cluster; all behind one interface."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pickle
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from typing import Any, NamedTuple

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


class Processes(Executor):
    """Processes of this machine; others take their place where one of them died."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._pool = self._fresh()

    def _fresh(self) -> ProcessPoolExecutor:
        spawn = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self._workers, spawn, initializer=_start_worker)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Return a future, which a process that dies meanwhile breaks with `BrokenExecutor`."""
        with _interrupts_held_back():  # processes started here never hear Ctrl-C
            try:
                return self._pool.submit(fn, *args, **kwargs)
            except BrokenExecutor:
                self._pool.shutdown()
                self._pool = self._fresh()
                return self._pool.submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes once they have done what they are at."""
        self._pool.shutdown(wait, cancel_futures=cancel_futures)

    def terminate(self) -> None:
        """End the processes now."""
        for process in list((self._pool._processes or {}).values()):
            process.terminate()


class Place(NamedTuple):
    """Where points are solved.

    Attributes
    ----------
    executor : Executor
        Takes the work.
    size : int
        How many points it solves at a time.
    deaths : tuple of exception types
        What work ends with if the process died that did it.
    """

    executor: Executor
    size: int
    deaths: tuple[type[Exception], ...] = ()


@contextlib.contextmanager
def pool(workers: int, scheduler: str | None, things: Sequence[Any] = ()) -> Iterator[Place]:
    """Open where points are solved.

    Parameters
    ----------
    workers : int
        Processes of this machine; 1 for this process alone.
    scheduler : str, optional
        Address of a Dask scheduler instead, such as ``tcp://10.0.0.1:8786``.
    things : sequence
        What will be sent to other processes.

    Raises
    ------
    ArgumentError
        If things cannot be sent, or processes not be started.
    """
    if scheduler is not None:
        from qubatt.sweeps.execution.dask_cluster import dask_pool

        with dask_pool(scheduler, things) as place:
            yield place
    elif workers == 1:
        yield Place(InProcess(), 1)
    else:
        with _processes(workers, things) as executor:
            yield Place(executor, workers, (BrokenExecutor,))


@contextlib.contextmanager
def _processes(workers: int, things: Sequence[Any]) -> Iterator[Executor]:
    """Open a pool of processes, whose work is ended with it."""
    try:
        packed = pickle.dumps(things)
    except Exception as error:  # pickle raises several kinds
        cure = f"Functions of time must stand at the top of a module for that ({error})."
        raise ArgumentError("workers", "be 1 for this study", workers, cure) from None
    executor = Processes(workers)
    try:
        _try(executor, packed, workers)
        yield executor
    except BaseException:
        executor.terminate()
        raise
    finally:
        executor.shutdown(cancel_futures=True)


def _try(executor: Executor, packed: bytes, workers: int) -> None:
    """Refuse processes that do not start, or cannot read what is sent to them."""
    try:
        found = [executor.submit(can_read, packed) for _ in range(workers)]  # all start at once
        trouble = found[0].result()
    except BrokenExecutor:
        trouble = "they end while they start"
    if trouble:
        cure = (
            'A script needs if __name__ == "__main__": around what it does, and functions of time'
            f" must stand in a module that can be imported ({trouble})."
        )
        raise ArgumentError("workers", "be 1 here", workers, cure)


def can_read(packed: bytes) -> str:
    """Return what is wrong with reading things that were sent, nothing if they can be read."""
    try:
        pickle.loads(packed)
    except Exception as error:  # whatever importing a module raises
        return f"{type(error).__name__}: {error}"
    return ""


def _start_worker() -> None:
    """Leave Ctrl-C to the parent, one thread to each worker, and nobody behind."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_follow, daemon=True).start()
    limit_threads(1)


def _follow() -> None:
    """End this process when its parent has, even if that was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextlib.contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """Hear Ctrl-C a moment later; a process that is started meanwhile never does."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class Stop:
    """The signal that stopped a study, as Ctrl-C at first."""

    signal: int = signal.SIGINT


@contextlib.contextmanager
def stopped_cleanly() -> Iterator[Stop]:
    """Let requests to end (SIGTERM, as clusters send it) be heard as Ctrl-C: KeyboardInterrupt."""
    stop = Stop()

    def heard(number: int, frame: Any) -> None:  # noqa: ARG001  # what signals hand over
        stop.signal = number
        raise KeyboardInterrupt

    names = {"SIGINT", "SIGTERM", "SIGHUP"} & signal.Signals.__members__.keys()
    before = {name: signal.signal(signal.Signals[name], heard) for name in names}
    try:
        yield stop
    finally:
        for name, handler in before.items():
            signal.signal(signal.Signals[name], handler)
