"""The orchestrator's end of a worker: start it, ask it, stop it in time."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).resolve().parent.parent
START_LIMIT = 300.0
"""Seconds for imports, loading or compiling."""


class WorkerError(Exception):
    """A worker answered with an error, or ended."""


class TimeLimitError(WorkerError):
    """A worker was stopped because it took too long."""


class Worker:
    """A process of one library with one problem; use it in a ``with`` statement."""

    def __init__(
        self, library: str, python: str, log: Path, environment: Mapping[str, str] | None = None
    ) -> None:
        self.library = library
        self._log = log.open("a")
        self._process = subprocess.Popen(
            [python, "-m", f"bench.workers.{library}_worker"],
            cwd=ROOT,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            start_new_session=True,  # an interruption reaches it through us
        )
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        self.hello = self._answer(START_LIMIT)

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put("")

    def _answer(self, limit: float) -> dict[str, Any]:
        try:
            line = self._lines.get(timeout=limit)
        except queue.Empty:
            self.close()
            raise TimeLimitError(f"stopped after {limit:.0f} s") from None
        except BaseException:
            self.close()
            raise
        if not line:
            self.close()
            raise WorkerError(f"the {self.library} process ended; see {self._log.name}")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise WorkerError(answer["error"])
        return answer

    def ask(self, request: Mapping[str, Any], limit: float = START_LIMIT) -> dict[str, Any]:
        """Return the answer to a request; stop the process if it takes longer than `limit`."""
        if not self.alive:
            raise WorkerError(f"the {self.library} process has ended")
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return self._answer(limit)

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def close(self) -> None:
        """End the process and wait for it."""
        self._process.kill()
        self._process.wait()
        self._log.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


@dataclass(frozen=True)
class Team:
    """Where the workers come from: Python of the peers, folder of problems and logs."""

    peers_python: str
    output: Path

    def start(
        self, library: str, case: str, environment: Mapping[str, str] | None = None
    ) -> Worker:
        """Return a fresh worker of that library with that case loaded."""
        python = sys.executable if library.startswith("qubatt") else self.peers_python
        log = self.output / f"{library}.log"
        worker = Worker(library, python, log, environment)
        path = self.output / f"problem-{case}.npz"
        try:
            worker.ask({"do": "load", "case": case, "path": str(path.resolve())})
        except BaseException:
            worker.close()
            raise
        return worker
