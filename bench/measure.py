"""The measurements of one case: reference, interleaved repeats, cold processes, single runs."""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bench.cases import Case, export
from bench.qualify import Qualification, Record, best_of, describe
from bench.results import say
from bench.worker import Team, Worker, WorkerError

REFERENCE = {"method": "vern9", "matrix_form": True, "layout": "CSR", "tolerance": 1e-12}
"""QuTiP's most accurate method, four digits beyond what counts."""

TIGHTEST = 1e-12
"""Smallest tolerance of the exact engine."""

COLD_RUNS = 3
ROUND = 0.3
"""Seconds that a contestant's turn lasts at least: short runs are repeated, the median counts."""

WARM_BELOW = 10.0
"""Single runs below this many seconds are repeated three times in the same process."""


def reference(team: Team, case: Case) -> dict[str, Any]:
    """Return QuTiP's energies at a tight tolerance; the file is reused for the same problem."""
    problem = team.output / f"problem-{case.name}.npz"
    export(case, problem)
    path = team.output / f"reference-{case.name}.npz"
    if path.exists():
        with np.load(path) as stored, np.load(problem) as wanted:
            same = set(stored) == {*wanted, "energies", "seconds"}
            if same and all(np.array_equal(stored[name], wanted[name]) for name in wanted):
                energies, seconds = stored["energies"], float(stored["seconds"])
                return _reference(case, energies, seconds)
    with team.start("qutip", case.name) as worker:
        answer = worker.ask({"do": "run", "until": None, **REFERENCE}, limit=7200.0)
    energies, seconds = np.array(answer["energies"]), answer["seconds"]
    with np.load(problem) as wanted:
        np.savez(path, energies=energies, seconds=seconds, **dict(wanted))
    return _reference(case, energies, seconds)


def _reference(case: Case, energies: Any, seconds: float) -> dict[str, Any]:
    return {
        "n_atoms": case.n_atoms,
        "dim": case.dim,
        "energies": energies.tolist(),
        "seconds": seconds,
    }


def agreement(qualification: Qualification) -> dict[str, Record]:
    """Return the error of qubatt at its tightest tolerance and at its default one."""
    found: dict[str, Record] = {}
    try:
        for name, tolerance in (("tightest", TIGHTEST), ("default", None)):
            try:
                found[name] = qualification.run({}, tolerance, None, qualification.time_limit)
            except WorkerError as error:
                found[name] = {"note": str(error)}
    finally:
        qualification.close()
    return found


def contestants(qualified: Mapping[str, list[Record]]) -> dict[str, Record]:
    """Return library, configuration and tolerance of all that enter the repeats."""
    entered = {}
    for library, records in qualified.items():
        best = best_of(records)
        if best is not None:
            entered[library] = {
                "library": library,
                "config": best["config"],
                "tolerance": best["tolerance"],
            }
    entered["qubatt, default tolerance"] = {"library": "qubatt", "config": {}, "tolerance": None}
    return entered


def repeat(
    team: Team,
    case: Case,
    entered: Mapping[str, Record],
    error: Callable[[Sequence[float]], float],
    rounds: int,
) -> dict[str, Record]:
    """Return seconds of every contestant: a first run each, then rounds in turning order.

    Every contestant has a process of its own; the memory is that of its first run. `error` is the
    largest |ΔE|/N of stored energies.
    """
    workers: dict[str, Worker] = {}
    found: dict[str, Record] = {}
    try:
        for name, entry in entered.items():
            workers[name] = team.start(entry["library"], case.name)
            request = _request(entry)
            workers[name].ask({"do": "prepare", **request})
            first = workers[name].ask({"do": "run", **request}, limit=7200.0)
            kept = ("peak_mb", "peak_rss_mb", "compile_s", "status", "residual")
            found[name] = {
                **entry,
                "first_s": first["seconds"],
                **{key: first[key] for key in kept if key in first},
                "error": error(first["energies"]),
                "seconds": [],
            }
        names = list(entered)
        for number in range(rounds):
            say(f"{case.name}: round {number + 1} of {rounds}")
            turn = number % len(names)
            for name in names[turn:] + names[:turn]:
                seconds, energies = _turn(workers[name], _request(entered[name]))
                found[name]["seconds"].append(seconds)
                found[name]["error"] = max(found[name]["error"], error(energies))
    finally:
        for worker in workers.values():
            worker.close()
    return found


def _turn(worker: Worker, request: Record) -> tuple[float, list[float]]:
    """Return the median seconds of a contestant's runs in one turn, and the last energies."""
    seconds: list[float] = []
    while sum(seconds) < ROUND:
        answer = worker.ask({"do": "run", **request}, limit=7200.0)
        seconds.append(answer["seconds"])
    return statistics.median(seconds), answer["energies"]


def _request(entry: Record) -> Record:
    return {**entry["config"], "tolerance": entry["tolerance"], "until": None}


def cold(team: Team, case: Case, entered: Mapping[str, Record]) -> dict[str, list[float]]:
    """Return the seconds of whole processes: start, imports, compilation, one run.

    qubatt runs with an empty folder for compiled kernels, and with a filled one.
    """
    seconds: dict[str, list[float]] = {}
    for name, entry in entered.items():
        say(f"{case.name}: cold processes, {name}")
        if entry["library"] != "qubatt":
            seconds[name] = [_process(team, case, entry, {}) for _ in range(COLD_RUNS)]
            continue
        folder = Path(tempfile.mkdtemp(prefix="bench-cache-"))
        empty, filled = [], []
        try:
            for _ in range(COLD_RUNS):
                shutil.rmtree(folder)
                folder.mkdir()
                empty.append(_process(team, case, entry, {"NUMBA_CACHE_DIR": str(folder)}))
            for _ in range(COLD_RUNS):
                filled.append(_process(team, case, entry, {"NUMBA_CACHE_DIR": str(folder)}))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        seconds[f"{name}, nothing compiled before"] = empty
        seconds[f"{name}, kernels compiled before"] = filled
    return seconds


def _process(team: Team, case: Case, entry: Record, environment: Mapping[str, str]) -> float:
    start = time.perf_counter()
    with team.start(entry["library"], case.name, environment) as worker:
        worker.ask({"do": "run", **_request(entry)}, limit=7200.0)
    return time.perf_counter() - start


def single(team: Team, case: Case, time_limit: float) -> Record:
    """Return time, memory and certificate of qubatt alone, default tolerance, fresh process."""
    request = {"do": "run", "tolerance": None, "until": None}
    record: Record = {"n_atoms": case.n_atoms, "dim": case.dim, "title": case.title}
    try:
        with team.start("qubatt", case.name) as worker:
            first = worker.ask(request, time_limit)
            again = []
            if first["seconds"] < WARM_BELOW:
                again = [worker.ask(request, time_limit)["seconds"] for _ in range(3)]
    except WorkerError as error:
        return {**record, "note": str(error)}
    del first["energies"]
    record |= first | {"first_s": first["seconds"]}
    if again:
        record["seconds"] = statistics.median(again)
    return record


def entry_text(entry: Record) -> str:
    """Return configuration and tolerance of a contestant in words."""
    tolerance = entry["tolerance"]
    parts = [describe(entry["config"])] if entry["config"] else []
    return ", ".join([*parts, "default" if tolerance is None else f"{tolerance:.0e}"])
