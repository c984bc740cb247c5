"""Run the benchmark: ``python -m bench.run``; ``make bench`` sets everything up for it."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from bench.cases import CASES, GROWTH_ATOMS, QUICK, STEADY, Case, SteadyCase, find_case
from bench.machine import describe_machine, revision
from bench.measure import agreement, cold, contestants, reference, repeat, single
from bench.qualify import Qualification
from bench.report import write_docs, write_table
from bench.results import Results, say
from bench.roofline import measure_roofline
from bench.steady import measure_steady
from bench.worker import ROOT, Team, Worker, WorkerError

LIBRARIES = ("qubatt", "qutip", "dynamiqs")
ALL = (*CASES, *STEADY, "growth")


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return the options."""
    parser = argparse.ArgumentParser(prog="python -m bench.run", description=__doc__)
    known = f"of {','.join(ALL)} (default: all), or smoke, steady-smoke"
    parser.add_argument("--cases", help=known)
    parser.add_argument("--quick", action="store_true", help=f"only {','.join(QUICK)}, 3 repeats")
    parser.add_argument("--repeats", type=int, help="interleaved repeats (default: 5)")
    parser.add_argument("--time-limit", type=float, default=900.0, help="seconds for one run")
    parser.add_argument("--output", type=Path, help="folder (default: results/bench)")
    parser.add_argument("--docs", type=Path, help="page for the tables, unless quick")
    parser.add_argument("--resume", action="store_true", help="keep the steps already measured")
    peers = ROOT / ".venv-peers" / "bin" / "python"
    parser.add_argument("--peers-python", default=str(peers), help="Python that has the peers")
    options = parser.parse_args(arguments)
    names = options.cases.split(",") if options.cases else list(ALL)
    options.cases = list(QUICK) if options.quick and not options.cases else names
    options.repeats = options.repeats or (3 if options.quick else 5)
    trial = options.quick or any("smoke" in name for name in options.cases)
    options.output = options.output or Path("results/bench-quick" if trial else "results/bench")
    options.docs = None if trial else options.docs
    try:
        for name in options.cases:
            if name != "growth":
                find_case(name)
    except ValueError as error:
        parser.error(str(error))
    return options


def peer_versions(python: str, output: Path) -> dict[str, str]:
    """Return the versions of the peers and what they compute with."""
    found: dict[str, str] = {}
    for library in LIBRARIES[1:]:
        with Worker(library, python, output / f"{library}.log") as worker:
            found |= worker.hello["versions"]
    return found


def measure(case: Case, team: Team, results: Results, repeats: int, time_limit: float) -> None:
    """Measure everything asked of a case, one step after the other."""
    name = case.name
    if isinstance(case, SteadyCase):
        measure_steady(case, team, results, repeats, time_limit)
        return
    if not case.peers:
        say(f"{name}: qubatt alone")
        results.step(f"{name}/single", lambda: single(team, case, time_limit))
        return
    say(f"{name}: reference")
    exact = results.step(f"{name}/reference", lambda: reference(team, case))

    def trial(library: str) -> Qualification:
        return Qualification(team, library, name, exact, time_limit)

    results.step(f"{name}/agreement", lambda: agreement(trial("qubatt")))
    qualified: dict[str, Any] = {}
    for library in LIBRARIES:
        say(f"{name}: every configuration of {library}")
        step = f"{name}/qualify-{library}"
        qualified[library] = results.step(step, trial(library).qualify)
    entered = contestants(qualified)
    judge = trial("qubatt")
    step = f"{name}/repeats"
    results.step(step, lambda: repeat(team, case, entered, judge.error, repeats))
    if "cold_s" in case.target:
        results.step(f"{name}/cold", lambda: cold(team, case, entered))


def measure_growth(team: Team, results: Results, time_limit: float) -> None:
    """Measure cases like A for growing N; one that another case has measured is taken over."""
    for n_atoms in GROWTH_ATOMS:
        case = find_case(f"growth-{n_atoms}")
        say(f"growth: N = {n_atoms}")
        same = [other for other in CASES.values() if other.battery == case.battery]
        done = [results.data["steps"].get(f"{other.name}/single") for other in same]
        current = [step for step in done if step and step["revision"] == results.revision]
        if current:
            results.step(f"growth/{n_atoms}", partial(dict, current[0]["value"]))
        else:
            results.step(f"growth/{n_atoms}", partial(single, team, case, time_limit))


def run(options: argparse.Namespace) -> None:
    """Measure the chosen cases and write JSON and tables."""
    output = options.output
    output.mkdir(parents=True, exist_ok=True)
    team = Team(options.peers_python, output)
    machine = describe_machine(peer_versions(options.peers_python, output))
    results = Results(output / "bench.json", machine, revision())
    results.data["options"] = {"repeats": options.repeats, "time_limit": options.time_limit}
    for name in options.cases:
        if not options.resume:
            results.forget(name)
    try:
        for name in options.cases:
            if name == "growth":
                measure_growth(team, results, options.time_limit)
                continue
            case = find_case(name)
            results.describe(case)
            if name == "A":
                results.step("roofline", measure_roofline)
            try:
                measure(case, team, results, options.repeats, options.time_limit)
            except WorkerError as error:
                say(f"{name}: given up: {error}")
    finally:
        results.write()
        write_table(results.data, output / "bench.md")
        say(f"written: {results.path} and {output / 'bench.md'}")
    if options.docs is not None:
        write_docs(results.data, options.docs)
        say(f"written: {options.docs}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark and return the exit status."""
    options = parse(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends the workers too
    try:
        run(options)
    except KeyboardInterrupt:
        say("interrupted; what was measured is kept, --resume goes on from there")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
