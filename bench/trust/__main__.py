"""Measure how far the certificate of the photon cut-off can be trusted.

Without an option, charging runs are judged: ``python -m bench.trust``; ``--steady`` judges steady
states and ``--bound`` compares B with ‖ρ − ρ_n‖₁. Each setting is one line of a file, and a rerun
computes only those that are missing.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bench.machine import revision
from bench.results import say
from bench.trust import bound, summary
from bench.trust.draw import SMALL_ATOMS, settings
from bench.trust.judge import judge, judge_in_time
from bench.trust.outcome import HAS_CERTIFICATES, TOLERANCE
from bench.trust.page import page
from bench.trust.setting import MAX_ATOMS, Setting
from bench.trust.store import complete, line_of, write_lines

COUNTS = {"charge": 1000, "steady": 100, "bound": 500}
"""Number of settings by mode."""

CHECKS = 50
"""Number of charging runs that QuTiP repeats, out of those small enough."""


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return the options."""
    parser = argparse.ArgumentParser(prog="python -m bench.trust", description=__doc__)
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--steady", dest="mode", action="store_const", const="steady")
    mode.add_argument("--bound", dest="mode", action="store_const", const="bound")
    parser.add_argument("--seed", type=int, default=0, help="seed of all random numbers")
    parser.add_argument("--count", type=int, help=f"number of settings (default: {COUNTS})")
    parser.add_argument("--jobs", type=int, default=2, help="number of processes")
    parser.add_argument("--tolerance", type=float, default=TOLERANCE, help="cutoff_tolerance")
    parser.add_argument("--only", type=int, help="index of one setting, which is printed")
    parser.add_argument("--afresh", action="store_true", help="discard the settings that are there")
    parser.add_argument("--output", type=Path, default=Path("results/trust"), help="folder")
    parser.add_argument("--docs", type=Path, help="page for the tables")
    options = parser.parse_args(arguments)
    options.mode = options.mode or "charge"
    options.count = options.count or COUNTS[options.mode]
    return options


def tasks(options: argparse.Namespace) -> list[tuple[Setting, tuple[Any, ...]]]:
    """Return the settings with the further arguments of their judge."""
    if options.mode == "bound":
        drawn = settings(options.count, options.seed, "charge", bound.MAX_ATOMS)
        return [(setting, ()) for setting in drawn]
    charging = options.mode == "charge"
    atoms = MAX_ATOMS if charging else SMALL_ATOMS
    drawn = settings(options.count, options.seed, options.mode, atoms)
    return [
        (setting, (options.tolerance, charging and setting.index < 2 * CHECKS)) for setting in drawn
    ]


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Judge the settings, and return the summary."""
    judging: Callable[..., dict[str, Any]] = judge
    summarise, wrong = summary.summarise, summary.false_oks
    if options.mode == "bound":
        judging = bound.judge_bound
        summarise, wrong = summary.summarise_bound, summary.violations
    name = f"{options.mode}-seed{options.seed}-tolerance{options.tolerance:g}"
    lines = options.output / f"{name}.jsonl"
    if options.afresh:
        lines.unlink(missing_ok=True)
    records = complete(lines, tasks(options), judging, options.jobs, revision())
    errors = options.output / f"{name}-wrong.jsonl"
    write_lines(errors, wrong(records))
    say(f"written: {lines} and {errors}")
    return summarise(records) | {
        "seed": options.seed,
        "count": options.count,
        "tolerance": options.tolerance,
        "certificates": HAS_CERTIFICATES,
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the measurement and write JSON and tables."""
    options = parse(arguments)
    judging = bound.judge_bound if options.mode == "bound" else judge
    if options.only is not None:
        options.count = options.only + 1
        setting, further = tasks(options)[-1]
        print(line_of(judge_in_time(judging, setting, *further)), end="")
        return 0
    options.output.mkdir(parents=True, exist_ok=True)
    path = options.output / "trust.json"
    data = json.loads(path.read_text("utf-8")) if path.exists() else {}
    data[options.mode] = measure(options)
    path.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", "utf-8")
    text = page(data)
    for target in (options.output / "trust.md", options.docs):
        if target is not None:
            target.write_text(text, "utf-8")
            say(f"written: {target}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
