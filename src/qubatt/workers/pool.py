"""An executor whose functions run on forked workers."""

from __future__ import annotations

import contextlib
import pickle
import socket
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future
from multiprocessing.connection import Connection, wait
from typing import Any, NamedTuple

from qubatt.workers.fork_server import ForkServer, take_server
from qubatt.workers.start import start_data

MAX_BYTES_AHEAD = 2**15
"""Size of work that may be sent to a busy worker: a socket holds it, so that sending is instant."""


class WorkerDied(BrokenExecutor):
    """The process that ran a function, or was to run it, has ended."""


class _Work(NamedTuple):
    """A function that was submitted, pickled with its arguments, and its future."""

    future: Future[Any]
    pickled: bytes


class _Worker:
    """A process, seen from here: its connection, and what was sent to it, in order."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.has_started = False
        self.sent: deque[_Work] = deque()


class ForkedProcesses(Executor):
    """Processes forked from a server; one that dies is replaced.

    One thread of this process sends work and receives results. A worker gets its next function
    while it runs one, if that is small, so that it need not wait for this process.

    Parameters
    ----------
    count : int
        Number of processes.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._start_data = start_data()
        self._server = take_server()
        self._workers: list[_Worker] = []
        self._queue: deque[_Work] = deque()
        self._is_closing = self._is_ending = False
        self._waked, self._waker = socket.socketpair()
        self._waker.setblocking(False)
        self._thread = threading.Thread(target=self._run, name="qubatt-workers", daemon=True)
        self._thread.start()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Return a future, which fails with `WorkerDied` if the process of the function dies."""
        work = _Work(Future(), pickle.dumps((fn, args, kwargs)))
        self._queue.append(work)
        if self._is_closing or not self._thread.is_alive():
            raise WorkerDied("The processes have ended.")
        self._wake()
        return work.future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes after their current work."""
        if cancel_futures:
            for work in list(self._queue):
                work.future.cancel()
        self._is_closing = True
        self._wake()
        if wait:
            self._thread.join()
            self._waked.close()
            self._waker.close()

    def terminate(self) -> None:
        """End the processes now; what they run fails with `WorkerDied`."""
        self._is_ending = True
        self.shutdown(wait=False)

    def _wake(self) -> None:
        with contextlib.suppress(OSError):  # enough was sent to wake it, or it has ended
            self._waker.send(b"w")

    def _run(self) -> None:
        """Send work and receive results until all is done after `shutdown`."""
        reason = "The processes were ended."
        try:
            self._start_workers()
            while not self._is_done():
                self._send()
                connections = {one.connection: one for one in self._workers}
                for ready in wait([self._waked, *connections]):
                    if isinstance(ready, Connection):
                        self._receive(connections[ready])
                    else:
                        self._waked.recv(4096)
        except Exception as error:  # no process can be started
            reason = f"{type(error).__name__}: {error}"
        finally:
            for work in [*self._queue, *(work for one in self._workers for work in one.sent)]:
                _fail(work, reason)
            for one in self._workers:
                one.connection.close()
            self._server.close()

    def _is_done(self) -> bool:
        busy = bool(self._queue) or any(one.sent for one in self._workers)
        return self._is_ending or (self._is_closing and not busy)

    def _start_workers(self) -> None:
        """Start all workers that are lacking."""
        while len(self._workers) < self._count:
            if not self._server.is_alive:
                self._server.close()
                self._server = ForkServer()
            self._workers.append(_Worker(self._server.fork(self._start_data)))

    def _send(self) -> None:
        """Send what is queued, to idle workers first."""
        if self._queue:
            self._start_workers()
        for limit in (0, 1):
            for one in self._workers:
                while self._queue and len(one.sent) == limit:
                    if limit and len(self._queue[0].pickled) > MAX_BYTES_AHEAD:
                        return
                    self._send_to(one, self._queue.popleft())

    def _send_to(self, worker: _Worker, work: _Work) -> None:
        if not (work.future.running() or work.future.set_running_or_notify_cancel()):
            return
        worker.sent.append(work)
        with contextlib.suppress(OSError):  # a worker that has died is noticed when it is read
            worker.connection.send_bytes(work.pickled)

    def _receive(self, worker: _Worker) -> None:
        """Take a result, or notice that a worker has died."""
        try:
            received = worker.connection.recv_bytes()
        except (EOFError, OSError):
            self._remove(worker, "The process has ended.")
            return
        if worker.has_started:
            has_returned, value = pickle.loads(received)
            future = worker.sent.popleft().future
            (future.set_result if has_returned else future.set_exception)(value)
        elif received:
            self._remove(worker, received.decode())
        worker.has_started = True

    def _remove(self, worker: _Worker, reason: str) -> None:
        """Fail the function that a dead worker ran; others take over the one that was next.

        A worker that cannot start fails a function as well, so that the starts come to an end.
        """
        worker.connection.close()
        self._workers.remove(worker)
        if not worker.sent and not worker.has_started and self._queue:
            worker.sent.append(self._queue.popleft())
        for number, work in reversed([*enumerate(worker.sent)]):
            if number:
                self._queue.appendleft(work)
            else:
                _fail(work, reason)


def _fail(work: _Work, reason: str) -> None:
    if work.future.running() or work.future.set_running_or_notify_cancel():
        work.future.set_exception(WorkerDied(reason))
