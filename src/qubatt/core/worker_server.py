"""The server process from which workers are forked; it loads all modules once and has no threads.

A worker that starts afresh loads NumPy, Numba, xarray and the compiled kernels, which takes
seconds; a worker forked from a process that has loaded them starts in milliseconds. The process of
a study cannot be forked, because its threads would be missing in the fork. This works only
on Linux; on other systems each worker starts afresh.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator
from multiprocessing.context import BaseContext

PRELOAD = "qubatt.sweeps.execution.preload"
"""Module that the server imports."""

ONE_THREAD = dict.fromkeys(
    ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"
)
"""Environment variables that keep libraries from starting threads."""


def cores() -> int:
    """Return the number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def worker_context() -> BaseContext:
    """Return the start method of worker processes on this system."""
    if sys.platform != "linux":
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([PRELOAD])
    return context


def start_worker_server() -> None:
    """Start the server, which loads modules in the background, unless it is running."""
    if sys.platform == "linux":
        worker_context()
        from multiprocessing import forkserver, resource_tracker

        resource_tracker.ensure_running()  # which would unblock interrupts
        with interrupts_blocked():
            forkserver.ensure_running()


@contextlib.contextmanager
def interrupts_blocked() -> Iterator[None]:
    """Delay Ctrl-C; processes started in the meantime never receive it."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
