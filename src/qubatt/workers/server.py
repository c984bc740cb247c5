"""The fork server and its workers: what runs in processes other than that of the user."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import pickle
import signal
import socket
import sys
import traceback
import warnings
from collections.abc import Sequence
from importlib import import_module
from multiprocessing.connection import Connection
from typing import NoReturn

from qubatt.workers.start import take_over

READY = b"r"
"""What the server sends once everything is loaded."""

PR_SET_PDEATHSIG = 1
"""Option of Linux's prctl: the signal that a process receives when its parent ends."""


def serve(descriptor: int, modules: Sequence[str]) -> NoReturn:
    """Load modules, then fork a worker for each socket received, until the other end closes.

    The server has one thread: it imports libraries and starts none of their threads, so that
    forks are safe. Workers are ended with it, in the midst of a computation too.

    Parameters
    ----------
    descriptor : int
        The socket on which sockets are received.
    modules : sequence of str
        Modules to load.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control = socket.socket(fileno=descriptor)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the process of the user has them as well
        for name in modules:
            import_module(name)
    gc.collect()
    gc.freeze()  # what is loaded stays shared with the workers
    workers: list[int] = []
    with contextlib.suppress(OSError):
        control.send(READY)
        while True:
            message, descriptors, _, _ = socket.recv_fds(control, 1, 1)
            if not message:
                break
            workers.append(_fork(control, *descriptors))
    for worker in workers:  # none was waited for, so that these numbers are still theirs
        os.kill(worker, signal.SIGKILL)
    for worker in workers:
        os.waitpid(worker, 0)
    _leave()


def _fork(control: socket.socket, descriptor: int) -> int:
    """Fork a worker that reads from a descriptor; return its number."""
    server = os.getpid()
    worker = os.fork()
    if worker:
        os.close(descriptor)
        return worker
    try:
        _end_with(server)
        control.close()
        with contextlib.suppress(EOFError, OSError):  # the other end has closed
            _work(Connection(descriptor))
    except BaseException:
        traceback.print_exc()
    finally:
        _leave()


def _end_with(parent: int) -> None:
    """Let the system end this process with its parent, whatever it is doing."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _leave() -> NoReturn:
    """End this process without the clean-up of the one that it was forked from."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()
    os._exit(0)


def _work(connection: Connection) -> None:
    """Run functions that are received, and send what they return, until the other end closes."""
    trouble = take_over(connection.recv_bytes())
    connection.send_bytes(trouble.encode())
    while not trouble:
        connection.send_bytes(_outcome(connection.recv_bytes()))


def _outcome(work: bytes) -> bytes:
    """Return what a function returned, or raised, with whether it returned."""
    try:
        function, arguments, keywords = pickle.loads(work)
        return pickle.dumps((True, function(*arguments, **keywords)))
    except BaseException as error:
        error.add_note(traceback.format_exc())
        try:
            return pickle.dumps((False, error))
        except Exception:  # errors may hold what cannot be pickled
            return pickle.dumps((False, RuntimeError(f"{type(error).__name__}: {error}")))
