"""Dask: the one module that knows it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from concurrent.futures import Executor
from typing import Any

from qubatt.core.errors import ArgumentError


@contextlib.contextmanager
def connected(scheduler: str) -> Iterator[tuple[Executor, int]]:
    """Connect to a Dask scheduler; yields an executor and the number of its threads.

    Raises
    ------
    ArgumentError
        If Dask is not installed, nobody answers at that address, or there are no workers.
    """
    try:
        from distributed import Client
    except ImportError:
        cure = "Install it: pip install 'qubatt[cluster]'."
        raise ArgumentError("scheduler", "be left out without Dask", scheduler, cure) from None
    client: Any
    try:
        client = Client(scheduler, timeout="10s", set_as_default=False)  # type: ignore[no-untyped-call]  # Dask types little
    except (OSError, ValueError, TypeError) as error:
        cure = f"Start it with: dask scheduler. ({type(error).__name__})"
        raise ArgumentError(
            "scheduler", "be the address of a Dask scheduler", scheduler, cure
        ) from None
    with client:
        try:
            client.wait_for_workers(1, timeout=120)
        except TimeoutError:
            cure = f"Start one: dask worker {scheduler} --nthreads 1."
            raise ArgumentError("scheduler", "have workers", scheduler, cure) from None
        size = sum(client.nthreads().values())
        yield client.get_executor(pure=False, retries=2), size
