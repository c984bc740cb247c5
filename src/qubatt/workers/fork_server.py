"""A process without threads from which workers are forked, seen from the process of the user."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from multiprocessing import spawn, util
from multiprocessing.connection import Connection

from qubatt.workers.interrupts import interrupts_blocked
from qubatt.workers.start import ONE_THREAD, check_may_start

CAN_FORK = sys.platform == "linux" and not getattr(sys, "frozen", False)
"""Whether workers are forked: macOS has libraries that do not survive it, Windows has no fork."""

LOADED = ["qubatt.sweeps.execution.preload"]
"""What the server loads: modules that workers need, by name, as they lie above this package."""

END_SECONDS = 5.0
"""Longest time that a server has to end its workers."""

PROGRAM = (
    "import sys; sys.path = {path!r};"
    " from qubatt.workers.server import serve; serve({descriptor}, {modules!r})"
)
"""What the server runs."""


class ForkServer:
    """A process that loads modules and forks workers, which end with it and with this process.

    Raises
    ------
    RuntimeError
        In a worker that imports a script which starts processes without a guard.
    OSError
        If no process can be started.
    """

    def __init__(self) -> None:
        check_may_start()
        self._control, other = socket.socketpair()
        path = [*map(str, sys.path)]
        program = PROGRAM.format(path=path, descriptor=other.fileno(), modules=LOADED)
        flags = util._args_from_interpreter_flags()  # type: ignore[attr-defined]  # as spawn does
        with other, interrupts_blocked():
            self._process = subprocess.Popen(
                [os.fsdecode(spawn.get_executable()), *flags, "-c", program],
                env=os.environ | ONE_THREAD,
                stdin=subprocess.DEVNULL,
                pass_fds=[other.fileno()],
            )

    def fork(self, start_data: bytes) -> Connection:
        """Return the connection to a new worker, which is closed if the server has ended.

        Parameters
        ----------
        start_data : bytes
            What the worker takes over first; see `qubatt.workers.start`.
        """
        near, far = socket.socketpair()
        connection = Connection(near.detach())
        with far, contextlib.suppress(OSError):
            socket.send_fds(self._control, [b"f"], [far.fileno()])
        with contextlib.suppress(OSError):
            connection.send_bytes(start_data)
        return connection

    @property
    def is_alive(self) -> bool:
        """Whether the server runs."""
        return self._process.poll() is None

    def close(self) -> None:
        """End the server and its workers now."""
        with self._control, contextlib.suppress(OSError):  # it may have ended already
            self._control.shutdown(socket.SHUT_WR)
            if self._has_loaded():
                self._control.settimeout(END_SECONDS)
                self._control.recv(1)  # returns when the server has ended
        self._process.kill()
        self._process.wait()

    def _has_loaded(self) -> bool:
        self._control.setblocking(False)
        try:
            return bool(self._control.recv(1))
        except BlockingIOError:
            return False


_ahead: list[ForkServer] = []
"""The server that was started before it was needed, if there is one."""


@contextlib.contextmanager
def server_ahead(wanted: bool = True) -> Iterator[None]:
    """Start a server that `take_server` will return: it loads while other work is prepared.

    Parameters
    ----------
    wanted : bool
        Whether workers will be wanted at all.
    """
    if not (wanted and CAN_FORK) or _ahead:
        yield
        return
    server = ForkServer()
    _ahead.append(server)
    try:
        yield
    finally:
        if server in _ahead:
            _ahead.remove(server)
            server.close()


def take_server() -> ForkServer:
    """Return the server that was started ahead, or a new one."""
    return _ahead.pop() if _ahead else ForkServer()
