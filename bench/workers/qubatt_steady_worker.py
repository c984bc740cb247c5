"""qubatt: `steady_state`, from the battery on, and its residual by plain SciPy."""

from __future__ import annotations

import json
import time
import warnings

import numpy as np

import qubatt as qb
from bench.cases import Case, find_case
from bench.workers import protocol
from bench.workers.liouvillian import residual
from qubatt.charging.request import Request
from qubatt.core.task import AT_REST, Save, Task
from qubatt.core.version import versions
from qubatt.engines.steady.solve_steady import solve_steady


class Session:
    """The case loaded."""

    case: Case

    def load(self, request: protocol.Request) -> None:
        """Take the case ``case``."""
        self.case = find_case(request["case"])

    def prepare(self, request: protocol.Request) -> protocol.Answer:
        """Do nothing, or return residual and relaxation rate if they are asked for."""
        if not request.get("audit"):
            return {}
        case = self.case
        asked = Request.of(case.battery, case.charger, case.environment, ["energy"])
        realization = asked.realization
        task = Task.of(realization, AT_REST, observables=asked.observables, save=Save(states=True))
        (solution,) = solve_steady(task, gap=True)
        jumps = [np.sqrt(rate) * c for rate, c in realization.jumps]
        return {
            "residual": residual(realization.H, jumps, solution.state),
            "relaxation_rate": solution.relaxation_rate,
        }

    def run(self, request: protocol.Request) -> protocol.Answer:  # noqa: ARG002
        """Return the stored energy in the steady state, and whether that is unique."""
        case = self.case
        start = time.perf_counter()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", qb.QubattWarning)  # the status is in the answer
            result = qb.steady_state(
                case.battery,
                environment=case.environment,
                charger=case.charger,
                merits=["energy"],
                certificate="bound",  # the peers have no certificate at all
            )
        energy = float(result.energy)
        seconds = time.perf_counter() - start
        return {
            "seconds": seconds,
            "energies": [energy],
            "status": result.attrs["status"],
            "uniqueness": result.attrs["uniqueness"],
            "certificate": json.loads(result.attrs["certificate"]),
            "engine": json.loads(result.attrs["engine"]),
        }


if __name__ == "__main__":
    _ = qb.steady_state  # public names load on first use
    session = Session()
    protocol.serve(versions(), session.load, session.prepare, session.run)
