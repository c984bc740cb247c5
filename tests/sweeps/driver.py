"""The command line, forked from a process that has imported everything, as often as it is told.

Every line of standard input is JSON: arguments, files for standard output and error, the largest
file that may be written, and whether to write after every point, and the grid each time. The
answers are the number of the process and, at last, how it ended.
"""

import json
import os
import resource
import signal
import sys

import zarr  # noqa: F401

from qubatt.__main__ import main
from qubatt.results import study_status  # noqa: F401
from qubatt.sweeps.execution import study_computation as computation


def work(told: dict) -> None:
    """Be the command line."""
    os.setsid()
    for name, descriptor in (("out", 1), ("error", 2)):
        os.dup2(os.open(told[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC), descriptor)
    sys.argv = ["qubatt", *told["arguments"]]
    if told["hurry"]:
        computation.CHUNK_SECONDS = computation.WRITE_SECONDS = 0.0
        computation.GRID_SECONDS = computation.GRID_INTERVAL_RATIO = 0.0
    if told["largest"]:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (told["largest"],) * 2)
    sys.exit(main())


if __name__ == "__main__":
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            work(json.loads(line))
        print(pid, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
