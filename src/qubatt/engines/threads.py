"""Thread counts of kernels and libraries."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import numba
from threadpoolctl import LibController, ThreadpoolController, threadpool_limits

LOADING_PROCESS = os.getpid()
"""Process that loaded this module; OpenMP aborts a fork of it that starts threads."""


def thread_count() -> int:
    """Return the number of threads for a product: that of Numba, or 1 without fast barriers.

    It is also 1 in a process that was forked after this module was loaded.
    """
    if os.getpid() != LOADING_PROCESS:
        return 1
    quick = ("numba.np.ufunc.omppool", "numba.np.ufunc.tbbpool")
    if not any(importlib.util.find_spec(name) for name in quick):
        return 1
    return int(numba.get_num_threads())


@cache
def _blas() -> tuple[LibController, ...]:
    """Return the loaded BLAS libraries; the search for them takes milliseconds."""
    return tuple(ThreadpoolController().select(user_api="blas").lib_controllers)


@contextmanager
def single_blas() -> Iterator[None]:
    """Limit BLAS to one thread in a context; more threads slow down products this small."""
    before = [(library, library.get_num_threads()) for library in _blas()]
    try:
        for library, count in before:
            if count != 1:
                library.set_num_threads(1)
        yield
    finally:
        for library, count in before:
            if count != 1:
                library.set_num_threads(count)


def limit_threads(count: int) -> None:
    """Limit all libraries in this process to `count` threads, as for workers of a pool."""
    threadpool_limits(count)
    if os.getpid() != LOADING_PROCESS:  # here `thread_count` is 1; Numba would create a semaphore
        return
    numba.set_num_threads(min(count, numba.get_num_threads()))
