"""Qualifying: for every configuration of a library the loosest tolerance that is accurate enough.

The ladder of tolerances is searched on the first tenth of the times, where a run is cheap. The
integrators go forward in time, so a tolerance that fails there fails on the whole: the search on
the whole starts at the one found and tightens until a run passes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from bench.results import say
from bench.worker import Team, TimeLimitError, Worker, WorkerError

ALLOWED = 1e-8
"""Largest |ΔE|/N of a run that counts."""

LADDER = tuple(float(f"{digit}e{power}") for power in range(-4, -13, -1) for digit in (3, 1))
"""Tolerances, loosest first, two to a decade; absolute and relative alike."""

SLOWER = 2.0
"""A run that takes this many times as long as the best so far of its library is stopped."""

LEAST_LIMIT = 10.0
"""No run is stopped before this many seconds."""

CLOSE = 1.25
"""Configurations within this factor of the best run again, lest noise choose among them."""

Config = dict[str, Any]
Record = dict[str, Any]

CONFIGS: dict[str, list[Config]] = {
    "qubatt": [{}],
    "qutip": [
        {"method": method, "matrix_form": matrix_form, "layout": layout}
        for method in ("adams", "bdf", "vern7", "dop853", "tsit5")
        for matrix_form, layout in (
            (True, "CSR"),
            (True, "Dia"),
            (True, "Dense"),
            (False, "CSR"),
            (False, "Dia"),
        )
    ],
    "dynamiqs": [
        {"method": method, "layout": layout, "vectorized": vectorized}
        for method in ("Tsit5", "Dopri8")
        for layout, vectorized in (("dia", False), ("dia", True), ("dense", False))
    ],
}
"""What is tried of each library; of every method the search for the tolerance takes the first."""


def describe(config: Config) -> str:
    """Return a configuration in words."""
    parts = [str(config[name]) for name in ("method", "layout") if name in config]
    parts += [name for name in ("matrix_form", "vectorized") if config.get(name)]
    return ", ".join(parts)


def loosest(
    ladder: Sequence[float], passes: Callable[[float], bool], start: float | None = None
) -> float | None:
    """Return the first tolerance of the ladder, from `start` on, that passes, or None."""
    for tolerance in ladder:
        if (start is None or tolerance <= start) and passes(tolerance):
            return tolerance
    return None


class Qualification:
    """The configurations of one library on one case."""

    def __init__(
        self,
        team: Team,
        library: str,
        case: str,
        reference: Mapping[str, Any],
        time_limit: float,
    ) -> None:
        self.team, self.library, self.case = team, library, case
        self.exact = np.array(reference["energies"])
        self.n_atoms = reference["n_atoms"]
        self.short = max(2, len(self.exact) // 10 + 1)
        self.time_limit = time_limit
        self._worker: Worker | None = None

    def error(self, energies: Sequence[float]) -> float:
        """Return the largest |ΔE|/N of stored energies at the first output times."""
        found = np.array(energies)
        stored = found - found[0]
        exact = self.exact[: len(found)] - self.exact[0]
        worst = float(np.max(np.abs(stored - exact))) / self.n_atoms
        return worst if np.isfinite(worst) else float("inf")

    def run(
        self, config: Config, tolerance: float | None, until: int | None, limit: float
    ) -> Record:
        """Return the answer to one run with its error; start a worker if there is none."""
        if self._worker is None or not self._worker.alive:
            self._worker = self.team.start(self.library, self.case)
        request = {**config, "tolerance": tolerance, "until": until}
        self._worker.ask({"do": "prepare", **request})
        answer = self._worker.ask({"do": "run", **request}, limit)
        return {**answer, "error": self.error(answer.pop("energies"))}

    def close(self) -> None:
        """End the worker."""
        if self._worker is not None:
            self._worker.close()

    def probe(self) -> list[Record]:
        """Return every configuration with its seconds on the first tenth of the times.

        The tolerance is the loosest that passes there with the first configuration of the same
        method that runs at all.
        """
        start: dict[str, float | None] = {}
        best = float("inf")
        probes = []
        for config in CONFIGS[self.library]:
            method = config.get("method", "")
            limit = min(self.time_limit, max(LEAST_LIMIT, SLOWER * best))
            last: Record = {}

            def passes(
                tolerance: float,
                config: Config = config,
                limit: float = limit,
                last: Record = last,
            ) -> bool:
                last.update(self.run(config, tolerance, self.short, limit))
                return bool(last["error"] <= ALLOWED)

            probe: Record = {"library": self.library, "config": config}
            probes.append(probe)
            try:
                if start.get(method) is None:
                    start[method] = loosest(LADDER, passes)
                else:
                    passes(start[method] or 0.0)
            except WorkerError as error:
                probe["note"] = f"first tenth: {error}"
                continue
            if start[method] is None:
                probe["note"] = f"first tenth: |ΔE|/N is {last['error']:.0e} at the tightest"
                continue
            probe |= {"start": start[method], "probe_s": last["seconds"]}
            best = min(best, last["seconds"])
        return probes

    def qualify(self) -> list[Record]:
        """Return every configuration with tolerance, seconds and error of a run on the whole."""
        try:
            records = self.probe()
            order = [record for record in records if "probe_s" in record]
            order.sort(key=lambda record: float(record["probe_s"]))
            tightened: dict[str, float] = {}
            best = float("inf")
            for record in order:
                method = record["config"].get("method", "")
                begin = min(record.pop("start"), tightened.get(method, 1.0))
                limit = min(self.time_limit, max(LEAST_LIMIT, SLOWER * best))
                self._whole(record, begin, limit)
                if "seconds" in record:
                    best = min(best, record["seconds"])
                    tightened[method] = record["tolerance"]
                outcome = record.get("note") or f"{record['seconds']:.2f} s"
                say(f"{self.case}: {self.library} {describe(record['config'])}: {outcome}")
            for record in order:
                if record.get("seconds", float("inf")) <= CLOSE * best:
                    self._again(record)
        finally:
            self.close()
        return records

    def _again(self, record: Record) -> None:
        """Run once more, three times if that is quick, and keep the least seconds."""
        for _ in range(3 if record["seconds"] < 1.0 else 1):
            try:
                again = self.run(record["config"], record["tolerance"], None, self.time_limit)
            except WorkerError:
                return
            record["seconds"] = min(record["seconds"], again["seconds"])

    def _whole(self, record: Record, begin: float, limit: float) -> None:
        answer: Record = {}

        def passes(tolerance: float) -> bool:
            answer.clear()
            answer.update(self.run(record["config"], tolerance, None, limit))
            return bool(answer["error"] <= ALLOWED)

        try:
            tolerance = loosest(LADDER, passes, begin)
        except TimeLimitError as error:
            slow = "slower than twice the best" if limit < self.time_limit else "time limit"
            record["note"] = f"{error}: {slow}"
        except WorkerError as error:
            record["note"] = str(error)
        else:
            if tolerance is None:
                record["note"] = f"|ΔE|/N is {answer['error']:.0e} at the tightest tolerance"
            else:
                record |= answer | {"tolerance": tolerance}


def best_of(records: Sequence[Record]) -> Record | None:
    """Return the quickest record that qualified."""
    qualified = [record for record in records if "seconds" in record]
    return min(qualified, key=lambda record: float(record["seconds"])) if qualified else None
