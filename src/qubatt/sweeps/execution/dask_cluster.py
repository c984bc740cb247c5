"""Dask executor (the only module that imports Dask)."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from typing import Any

from qubatt.core.errors import ArgumentError
from qubatt.sweeps.execution.executor import WorkerPool, can_read

CONNECT_SECONDS = 5
"""Timeout in seconds for the connection to a scheduler."""

WORKERS_SECONDS = 120
"""Timeout in seconds for the first worker to connect."""


@contextlib.contextmanager
def dask_pool(scheduler: str, objects: Sequence[Any]) -> Iterator[WorkerPool]:
    """Connect to a Dask scheduler and yield its workers, one for each thread.

    Raises
    ------
    ArgumentError
        If Dask is not installed, no scheduler answers at the address, the scheduler has no
        workers, or the workers cannot load the objects.
    ConnectionError
        If the connection to the scheduler is lost.
    """
    try:
        from distributed import Client
        from distributed.comm.addressing import get_address_host_port
        from distributed.protocol.pickle import dumps
        from distributed.scheduler import KilledWorker
    except ImportError:
        cure = "Install Dask: pip install 'qubatt[cluster]'."
        requirement = "be omitted because Dask is not installed"
        raise ArgumentError("scheduler", requirement, scheduler, cure) from None
    client: Any
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # errors are raised in one sentence
    try:
        get_address_host_port(scheduler)  # rejects a malformed address immediately
        client = Client(scheduler, timeout=CONNECT_SECONDS, set_as_default=False)  # type: ignore[no-untyped-call]  # Dask types little
    except (OSError, ValueError, TypeError):
        cure = (
            "Start one with `dask scheduler --host 127.0.0.1`; it prints its address, for example"
            " tcp://127.0.0.1:8786."
        )
        raise ArgumentError(
            "scheduler", "be the address of a Dask scheduler", scheduler, cure
        ) from None
    with client:
        try:
            client.wait_for_workers(1, timeout=WORKERS_SECONDS)
        except TimeoutError:
            cure = f"Start one with `dask worker {scheduler} --nthreads 1`."
            raise ArgumentError("scheduler", "have workers", scheduler, cure) from None
        size = sum(client.nthreads().values())
        executor = client.get_executor(pure=False, retries=2)
        pickled = dumps(list(objects))  # type: ignore[no-untyped-call]  # Dask types little
        trouble = executor.submit(can_read, pickled).result()
        if trouble:
            cure = f"Define functions of time in a module that workers can import ({trouble})."
            requirement = "have workers that can load the study"
            raise ArgumentError("scheduler", requirement, scheduler, cure)
        try:
            yield WorkerPool(executor, size, (KilledWorker,))
        except (CancelledError, asyncio.CancelledError):
            raise ConnectionError(
                f"Lost the connection to the Dask scheduler at {scheduler}. Rerun the command to"
                " resume, with any scheduler or without one"
            ) from None
