"""dynamiqs: `mesolve` in double precision, with its compilation apart."""

from __future__ import annotations

import time
from importlib.metadata import version
from typing import Any

import dynamiqs as dq
import jax
import numpy as np

from bench.workers import problem_file, protocol

ALL_STEPS = 10**8
"""Steps allowed in a run, so that none ends for want of them."""

dq.set_precision("double")
dq.set_progress_meter(False)


class Session:
    """The problem loaded, and for which calls the solver is compiled."""

    def load(self, request: protocol.Request) -> None:
        """Take the problem in the file ``path``."""
        self.problem = problem_file.read(request["path"])
        self.rho_0 = dq.asqarray(self.problem.rho_0.toarray().astype(np.complex128))
        self.operators: dict[str, tuple[Any, list[Any], Any]] = {}
        self.compiled: dict[tuple[Any, ...], float] = {}

    def prepare(self, request: protocol.Request) -> protocol.Answer:
        """Convert the operators and compile: a first call minus a second, both to t ≈ 0."""
        layout = request["layout"]
        if layout not in self.operators:
            chosen = {"dia": dq.dia, "dense": dq.dense}[layout]
            H, energy, *jumps = (  # real where real: compiles and runs no slower than complex
                dq.asqarray(matrix.toarray(), layout=chosen)
                for matrix in (self.problem.H, self.problem.energy, *self.problem.jumps)
            )
            self.operators = {layout: (H, jumps, energy)}
        key = tuple(request[name] for name in ("method", "layout", "vectorized", "until"))
        if key not in self.compiled:
            times = self.problem.times[: request["until"]] * 1e-9
            first, second = self._solve(request, times)[1], self._solve(request, times)[1]
            self.compiled[key] = first - second
        return {"compile_s": self.compiled[key]}

    def _solve(self, request: protocol.Request, times: Any) -> tuple[Any, float]:
        H, jumps, energy = self.operators[request["layout"]]
        tolerance = request["tolerance"]
        method = getattr(dq.method, request["method"])(
            rtol=tolerance, atol=tolerance, max_steps=ALL_STEPS
        )
        start = time.perf_counter()
        result = dq.mesolve(
            H,
            jumps,
            self.rho_0,
            times,
            exp_ops=[energy],
            method=method,
            save_states=False,
            progress_meter=False,
            vectorized=request["vectorized"],
        )
        energies = np.asarray(result.expects)[0].real
        return energies, time.perf_counter() - start

    def run(self, request: protocol.Request) -> protocol.Answer:
        """Solve up to output time number ``until``, compiled before."""
        compiled = self.prepare(request)
        energies, seconds = self._solve(request, self.problem.times[: request["until"]])
        return {"seconds": seconds, "energies": energies.tolist(), **compiled}


if __name__ == "__main__":
    session = Session()
    versions = {
        "dynamiqs": version("dynamiqs"),
        "jax": jax.__version__,
        "numpy": np.__version__,
    }
    protocol.serve(versions, session.load, session.prepare, session.run)
