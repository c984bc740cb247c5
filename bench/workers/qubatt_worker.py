"""qubatt: `charge` from the battery on, at any tolerance that its engine has."""

from __future__ import annotations

import json
import time
import warnings

import qubatt as qb
from bench.cases import Case, find_case
from bench.workers import protocol
from qubatt.core.version import versions


class Session:
    """The case loaded, and whether ``"auto"`` chooses an engine that has a tolerance for it."""

    case: Case
    has_tolerance: bool

    def load(self, request: protocol.Request) -> None:
        """Take the case ``case``."""
        self.case = case = find_case(request["case"])
        cost = qb.cost(
            case.battery,
            times=case.times,
            charger=case.charger,
            environment=case.environment,
            merits=["energy"],
        )
        self.has_tolerance = cost.engine.startswith("exact")

    def prepare(self, request: protocol.Request) -> protocol.Answer:  # noqa: ARG002
        """Do nothing: whatever is prepared is part of a run."""
        return {}

    def run(self, request: protocol.Request) -> protocol.Answer:
        """Charge up to output time number ``until``; no tolerance is the default one."""
        tolerance = request["tolerance"]
        chosen = tolerance is not None and self.has_tolerance
        engine = qb.ExactEngine(tolerance=tolerance) if chosen else "auto"
        case = self.case
        start = time.perf_counter()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", qb.QubattWarning)  # the status is in the answer
            result = qb.charge(
                case.battery,
                times=case.times[: request["until"]],
                charger=case.charger,
                environment=case.environment,
                merits=["energy"],
                engine=engine,
                certificate="bound",  # the peers have no certificate at all
            )
        energies = result.energy.values
        seconds = time.perf_counter() - start
        return {
            "seconds": seconds,
            "energies": energies.tolist(),
            "status": result.attrs["status"],
            "certificate": json.loads(result.attrs["certificate"]),
            "engine": json.loads(result.attrs["engine"]),
        }


if __name__ == "__main__":
    for name in ("charge", "ExactEngine"):  # public names load on first use
        getattr(qb, name)
    session = Session()
    protocol.serve(versions(), session.load, session.prepare, session.run)
