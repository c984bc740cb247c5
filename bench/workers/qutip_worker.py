"""QuTiP: `mesolve` with any method, data layout, and form of the master equation."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import qutip as qt
import scipy

from bench.workers import problem_file, protocol

ALL_STEPS = 10**8
"""Steps allowed between two output times, so that no run ends for want of them."""


class Session:
    """The problem loaded, with its operators in every layout asked for so far."""

    def load(self, request: protocol.Request) -> None:
        """Take the problem in the file ``path``."""
        self.problem = problem_file.read(request["path"])
        self.rho_0 = qt.Qobj(self.problem.rho_0).to("Dense")
        self.operators: dict[str, tuple[Any, list[Any], Any]] = {}

    def prepare(self, request: protocol.Request) -> protocol.Answer:
        """Convert the operators to the layout, which is not part of a run."""
        layout = request["layout"]
        if layout not in self.operators:
            H, energy, *jumps = (
                qt.Qobj(matrix).to(layout)
                for matrix in (self.problem.H, self.problem.energy, *self.problem.jumps)
            )
            self.operators = {layout: (H, jumps, energy)}
        return {}

    def run(self, request: protocol.Request) -> protocol.Answer:
        """Solve up to output time number ``until``."""
        self.prepare(request)
        H, jumps, energy = self.operators[request["layout"]]
        options = {
            "method": request["method"],
            "matrix_form": request["matrix_form"],
            "atol": request["tolerance"],
            "rtol": request["tolerance"],
            "nsteps": ALL_STEPS,
            "store_states": False,
            "store_final_state": False,
            "progress_bar": "",
        }
        times = self.problem.times[: request["until"]]
        start = time.perf_counter()
        result = qt.mesolve(H, self.rho_0, times, jumps, e_ops=[energy], options=options)
        energies = np.real(result.expect[0])
        seconds = time.perf_counter() - start
        return {"seconds": seconds, "energies": energies.tolist()}


if __name__ == "__main__":
    session = Session()
    versions = {"qutip": qt.__version__, "numpy": np.__version__, "scipy": scipy.__version__}
    protocol.serve(versions, session.load, session.prepare, session.run)
