"""QuTiP: `steadystate` with any method, solver and options."""

from __future__ import annotations

import resource
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import qutip as qt
import scipy

from bench.workers import problem_file, protocol
from bench.workers.liouvillian import residual

MEMINFO = Path("/proc/meminfo")
SPARE = 0.9
"""Share of the free memory that may be taken, lest the system end another process."""


class Session:
    """The problem loaded."""

    def load(self, request: protocol.Request) -> None:
        """Take the problem in the file ``path``."""
        self.problem = problem_file.read(request["path"])
        self.H, self.energy, *self.jumps = (
            qt.Qobj(matrix).to("CSR")
            for matrix in (self.problem.H, self.problem.energy, *self.problem.jumps)
        )
        rho_0 = self.problem.rho_0
        self.start = float(self.problem.energy.multiply(rho_0.T).sum().real)
        limit_memory()

    def prepare(self, request: protocol.Request) -> protocol.Answer:
        """Call the method once for a single atom: what is loaded on first use is not timed."""
        options = self._options(request)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                qt.steadystate(qt.sigmax(), [qt.sigmam()], **options)
            except Exception:
                return {"warm": False}  # what matters is whether the problem is solved
        return {"warm": True}

    def _options(self, request: protocol.Request) -> dict[str, Any]:
        options = {"method": request["method"], **request["options"]}
        if request["tolerance"] is not None:
            options[request["adjustable"]] = request["tolerance"]
        return options

    def run(self, request: protocol.Request) -> protocol.Answer:
        """Return the stored energy in the steady state, and ‖𝓛ρ‖."""
        options = self._options(request)
        start = time.perf_counter()
        rho = qt.steadystate(self.H, self.jumps, **options)
        energy = float(np.real(qt.expect(self.energy, rho)))
        seconds = time.perf_counter() - start
        state = rho.full()
        return {
            "seconds": seconds,
            "energies": [energy - self.start],
            "residual": residual(self.problem.H, self.problem.jumps, state),
        }


def limit_memory() -> None:
    """Let this process fail by itself, before the system ends it or another one."""
    if not MEMINFO.exists():
        return
    lines = dict(line.split(":", 1) for line in MEMINFO.read_text().splitlines())
    free = int(lines["MemAvailable"].split()[0]) * 1024
    address_space = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    limit = address_space + int(SPARE * free)
    resource.setrlimit(resource.RLIMIT_AS, (limit, resource.getrlimit(resource.RLIMIT_AS)[1]))


if __name__ == "__main__":
    session = Session()
    versions = {"qutip": qt.__version__, "numpy": np.__version__, "scipy": scipy.__version__}
    protocol.serve(versions, session.load, session.prepare, session.run)
