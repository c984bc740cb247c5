"""Numbers of threads of kernels and libraries."""

from __future__ import annotations

import importlib.util
import os
from contextlib import AbstractContextManager
from functools import cache
from typing import Any

import numba
from threadpoolctl import ThreadpoolController, threadpool_limits

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
def _libraries() -> ThreadpoolController:
    """Return the libraries with threads; looking for them takes milliseconds."""
    return ThreadpoolController()


def single_blas() -> AbstractContextManager[Any]:
    """Return a context in which BLAS takes one thread: products this small only lose by more."""
    context: AbstractContextManager[Any] = _libraries().limit(limits=1, user_api="blas")
    return context


def limit_threads(count: int) -> None:
    """Let everything in this process use at most `count` threads, as workers of a pool should."""
    threadpool_limits(count)
    numba.set_num_threads(min(count, numba.get_num_threads()))
