"""The measurements of a steady state: what it is, every method of QuTiP, repeats in turn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from bench.cases import SteadyCase, export
from bench.measure import repeat
from bench.qualify import ALLOWED, CLOSE, LEAST_LIMIT, Record, best_of
from bench.results import Results, say
from bench.steady_methods import RTOLS, Config, choose
from bench.worker import Team, TimeLimitError, Worker, WorkerError

OURS, PEER = "qubatt_steady", "qutip_steady"
"""Workers of steady states."""

LONGEST = 300.0
"""Seconds after which a method of QuTiP is stopped in any case."""

MUCH_SLOWER = 20.0
"""A method that takes this many times as long as the best so far is stopped."""

ONCE_ABOVE = 60.0
"""Where QuTiP takes more seconds than this, its one run counts."""


def judge(case: SteadyCase, found: float) -> Callable[[Sequence[float]], float]:
    """Return |ΔE|/N of stored energies, against the closed form or what qubatt found."""
    exact = found if case.exact is None else case.exact
    return lambda energies: max(abs(energy - exact) for energy in energies) / case.n_atoms


def audit(team: Team, case: SteadyCase, time_limit: float) -> Record:
    """Return qubatt's first run in a fresh process, and what SciPy says of its ρ."""
    request = {"tolerance": None, "until": None}
    with team.start(OURS, case.name) as worker:
        answer = worker.ask({"do": "run", **request}, time_limit)
        checked = worker.ask({"do": "prepare", "audit": True}, 10 * time_limit)
    first = {"first_s": answer.pop("seconds"), "energy": answer.pop("energies")[0]}
    return (
        {"n_atoms": case.n_atoms, "dim": case.dim, "exact": case.exact} | answer | first | checked
    )


class Attempts:
    """The methods of QuTiP on one problem, each once; an iterative one at a few tolerances.

    Parameters
    ----------
    team : Team
        Where workers come from; the problem of the case must have been exported.
    case : SteadyCase
        What is solved.
    error : callable
        |ΔE|/N of stored energies.
    time_limit : float
        Seconds for one run.
    """

    def __init__(
        self,
        team: Team,
        case: SteadyCase,
        error: Callable[[Sequence[float]], float],
        time_limit: float,
    ) -> None:
        self.team, self.case, self.error = team, case, error
        self.time_limit = min(time_limit, LONGEST)
        self._worker: Worker | None = None

    def run(self, config: Config, tolerance: float | None, limit: float) -> Record:
        """Return the answer to one run with its error; start a worker if there is none."""
        if self._worker is None or not self._worker.alive:
            self._worker = self.team.start(PEER, self.case.name)
        request = {**config, "tolerance": tolerance}
        self._worker.ask({"do": "prepare", **request})
        answer = self._worker.ask({"do": "run", **request}, limit)
        energies = answer.pop("energies")
        return {**answer, "energy": energies[0], "error": self.error(energies)}

    def all(self) -> list[Record]:
        """Return every method with its seconds, or with why it does not count."""
        records: list[Record] = []
        try:
            for config in choose(self.case.attempts):
                best = best_of(records)
                allowed = MUCH_SLOWER * best["seconds"] if best else self.time_limit
                limit = min(self.time_limit, max(LEAST_LIMIT, allowed))
                records.append(self._one(config, limit))
                outcome = records[-1].get("note") or f"{records[-1]['seconds']:.2f} s"
                say(f"{self.case.name}: QuTiP {config['name']}: {outcome}")
            self._again(records)
        finally:
            if self._worker is not None:
                self._worker.close()
        return records

    def _one(self, config: Config, limit: float) -> Record:
        record: Record = {"library": PEER, "config": config, "tolerance": None}
        tolerances = RTOLS if config["adjustable"] else (None,)
        answer: Record = {"error": float("inf")}
        try:
            for tolerance in tolerances:
                answer = self.run(config, tolerance, limit)
                if answer["error"] <= ALLOWED:
                    return record | answer | {"tolerance": tolerance}
        except TimeLimitError as error:
            slow = f"slower than {MUCH_SLOWER:.0f} times the best"
            return record | {
                "note": f"{error}: {slow if limit < self.time_limit else 'time limit'}"
            }
        except WorkerError as error:
            return record | {"note": str(error)}
        return record | {
            "note": f"wrong: |ΔE|/N is {answer['error']:.0e}, residual {answer['residual']:.0e}"
            f" after {answer['seconds']:.1f} s"
        }

    def _again(self, records: Sequence[Record]) -> None:
        """Run those close to the best once more, lest noise choose among them."""
        best = best_of(records)
        if best is None or best["seconds"] > ONCE_ABOVE:
            return
        close = [r for r in records if r.get("seconds", 1e9) <= CLOSE * best["seconds"]]
        for record in close:
            try:
                again = self.run(record["config"], record["tolerance"], self.time_limit)
            except WorkerError:
                continue
            record["seconds"] = min(record["seconds"], again["seconds"])


def contestants(attempts: Sequence[Record]) -> dict[str, Record]:
    """Return what enters the repeats: qubatt, and the best of QuTiP if it is quick enough."""
    entered: dict[str, Record] = {"qubatt": {"library": OURS, "config": {}, "tolerance": None}}
    best = best_of(attempts)
    if best is not None and best["seconds"] <= ONCE_ABOVE:
        entered["qutip"] = {key: best[key] for key in ("library", "config", "tolerance")}
    return entered


def measure_steady(
    case: SteadyCase, team: Team, results: Results, repeats: int, time_limit: float
) -> None:
    """Measure everything asked of a steady state, one step after the other."""
    name = case.name
    export(case, team.output / f"problem-{name}.npz")
    say(f"{name}: qubatt")
    found = results.step(f"{name}/steady", lambda: audit(team, case, time_limit))
    error = judge(case, found["energy"])
    step = f"{name}/steady-qutip"
    tried: Any = results.step(step, Attempts(team, case, error, time_limit).all)
    entered = contestants(tried)
    step = f"{name}/steady-repeats"
    results.step(step, lambda: repeat(team, case, entered, error, repeats))
