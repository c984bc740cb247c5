"""Numbers of threads of kernels and libraries."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import numba
from threadpoolctl import LibController, ThreadpoolController, threadpool_limits

LOADING_PROCESS = os.getpid()
"""The process that loaded this; OpenMP ends one that was forked from it and wants threads."""


def thread_count() -> int:
    """Return how many threads a product may use: those of Numba, 1 without quick barriers.

    1 also in a process that was forked from one that had loaded this module.
    """
    if os.getpid() != LOADING_PROCESS:
        return 1
    quick = ("numba.np.ufunc.omppool", "numba.np.ufunc.tbbpool")
    if not any(importlib.util.find_spec(name) for name in quick):
        return 1
    return int(numba.get_num_threads())


@cache
def _blas() -> tuple[LibController, ...]:
    """Return the BLAS libraries that are loaded; looking for them takes milliseconds."""
    return tuple(ThreadpoolController().select(user_api="blas").lib_controllers)


@contextmanager
def single_blas() -> Iterator[None]:
    """Return a context in which BLAS takes one thread: products this small only lose by more."""
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
    """Let everything in this process use at most `count` threads, as workers of a pool should."""
    threadpool_limits(count)
    if os.getpid() != LOADING_PROCESS:  # `thread_count` is 1 here, and Numba would make a semaphore
        return
    numba.set_num_threads(min(count, numba.get_num_threads()))
