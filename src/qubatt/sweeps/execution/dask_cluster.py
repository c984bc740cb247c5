"""Dask: the one module that knows it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from typing import Any

from qubatt.core.errors import ArgumentError
from qubatt.sweeps.execution.pool import Place, can_read

REACHED = 5
"""Seconds after which a scheduler that does not answer is given up."""

STARTED = 120
"""Seconds that workers may take to come."""


@contextlib.contextmanager
def dask_pool(scheduler: str, things: Sequence[Any]) -> Iterator[Place]:
    """Connect to a Dask scheduler; yields where points are solved, with the number of threads.

    Raises
    ------
    ArgumentError
        If Dask is not installed, nobody answers at that address, there are no workers, or things
        cannot be sent to them.
    ConnectionError
        If the scheduler is lost.
    """
    try:
        from distributed import Client
        from distributed.comm.addressing import get_address_host_port
        from distributed.run_spec.pickle import dumps
        from distributed.scheduler import KilledWorker
    except ImportError:
        cure = "Install it: pip install 'qubatt[cluster]'."
        raise ArgumentError("scheduler", "be left out without Dask", scheduler, cure) from None
    client: Any
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # errors are told in a sentence
    try:
        get_address_host_port(scheduler)  # refuses nonsense at once
        client = Client(scheduler, timeout=REACHED, set_as_default=False)  # type: ignore[no-untyped-call]  # Dask types little
    except (OSError, ValueError, TypeError):
        cure = "Start one with: dask scheduler. It tells its address, such as tcp://127.0.0.1:8786."
        raise ArgumentError(
            "scheduler", "be the address of a Dask scheduler", scheduler, cure
        ) from None
    with client:
        try:
            client.wait_for_workers(1, timeout=STARTED)
        except TimeoutError:
            cure = f"Start one: dask worker {scheduler} --nthreads 1."
            raise ArgumentError("scheduler", "have workers", scheduler, cure) from None
        size = sum(client.nthreads().values())
        executor = client.get_executor(pure=False, retries=2)
        packed = dumps(list(things))
        trouble = executor.submit(can_read, packed).result()
        if trouble:
            cure = f"Functions of time must stand in a module that workers can import ({trouble})."
            raise ArgumentError("scheduler", "know what is sent to its workers", scheduler, cure)
        try:
            yield Place(executor, size, (KilledWorker,))
        except (CancelledError, asyncio.CancelledError):
            raise ConnectionError(
                f"The Dask scheduler at {scheduler} is gone. The same command goes on with another"
                " one, or without"
            ) from None
