"""One JSON line in, one JSON line out: what all workers share. Standard library only."""

from __future__ import annotations

import json
import os
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

Request = dict[str, Any]
Answer = dict[str, Any]
STATUS = Path("/proc/self/status")


def _status_mb(field: str) -> float:
    for line in STATUS.read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1]) * 1024 / 1e6
    raise LookupError(field)


def resident_mb() -> float:
    """Return the resident memory of this process; outside Linux, its peak so far."""
    return _status_mb("VmRSS") if STATUS.exists() else peak_mb()


def peak_mb() -> float:
    """Return the peak resident memory since `reset_peak`; outside Linux, since the start."""
    if STATUS.exists():
        return _status_mb("VmHWM")
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def reset_peak() -> None:
    """Start the peak of the resident memory anew, where the system can."""
    clear = Path("/proc/self/clear_refs")
    if clear.exists():
        clear.write_text("5")


def serve(
    versions: dict[str, str],
    load: Callable[[Request], None],
    prepare: Callable[[Request], Answer],
    run: Callable[[Request], Answer],
) -> None:
    """Answer requests until the input ends; call it when everything is imported.

    The first line says versions and memory after the imports. ``{"do": "load"}`` takes a
    problem, ``{"do": "prepare"}`` compiles what a run needs, ``{"do": "run"}`` computes; the
    answer to a run holds ``seconds``, ``energies``, ``peak_mb`` (above the imports) and
    ``peak_rss_mb``. What fails answers with ``error``.
    """
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever a library prints must not get between the replies
    imported = resident_mb()

    def reply(answer: Answer) -> None:
        print(json.dumps(answer), file=replies, flush=True)

    reply({"versions": versions, "imported_mb": imported})
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer: Answer = {}
            if request["do"] == "load":
                load(request)
            elif request["do"] == "prepare":
                answer = prepare(request)
            else:
                reset_peak()
                answer = run(request)
                peak = peak_mb()
                answer |= {"peak_mb": peak - imported, "peak_rss_mb": peak}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"[:500]}
        reply(answer)
