"""What a worker takes over from the process that started it: environment, paths, main module."""

from __future__ import annotations

import multiprocessing.process
import multiprocessing.spawn
import os
import pickle
import sys

ONE_THREAD = dict.fromkeys(
    (
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
        "BLIS_NUM_THREADS",
        "NUMBA_NUM_THREADS",
    ),
    "1",
)
"""Environment variables of a process in which no library starts threads."""


def check_may_start() -> None:
    """Refuse processes of a worker that is importing its main module, which would start more.

    Raises
    ------
    RuntimeError
        If a script starts processes when it is imported.
    """
    if getattr(multiprocessing.process.current_process(), "_inheriting", False):
        raise RuntimeError("the script starts processes when it is imported")


def start_data() -> bytes:
    """Return what `take_over` takes: environment variables, paths, arguments, main module."""
    preparation = multiprocessing.spawn.get_preparation_data("worker")
    for name in ("authkey", "start_method"):  # of use to `multiprocessing` alone
        preparation.pop(name, None)
    return pickle.dumps((dict(os.environ), preparation))


def take_over(data: bytes) -> str:
    """Take over what `start_data` returned; return an error as text, an empty one for none."""
    environment, preparation = pickle.loads(data)
    os.environ.clear()
    os.environ.update(environment | ONE_THREAD)
    process = multiprocessing.process.current_process()
    process._inheriting = True  # type: ignore[attr-defined]  # nor may `multiprocessing` start any
    try:
        multiprocessing.spawn.prepare(preparation)
    except BaseException as error:  # the main module may raise anything
        return f"{type(error).__name__}: {error}"
    finally:
        del process._inheriting  # type: ignore[attr-defined]
        sys.stdout.flush()
    return ""
