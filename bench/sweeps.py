"""Studies: what workers gain, what a point costs, a map: ``python -m bench.sweeps``.

Every study runs as the command ``qubatt sweep`` in a process of its own, start-up included, from
an empty folder each time; one worker has one thread, as each of several has.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

import qubatt as qb
from qubatt.sweeps import Study

REPEATS = 3

BEGIN, END = "<!-- studies -->", "<!-- /studies -->"

SPREAD = """
[battery]
type = "dicke"
n_atoms = 8
coupling = 0.5
max_photons = 32
[[environment]]
type = "cavity-loss"
[run]
type = "charge"
t_end = 10.0
merits = ["energy", "maximum_power"]
[sweep]
"battery.interaction" = { start = -1, stop = 1, count = 20 }
"cavity-loss.rate" = { start = 0.1, stop = 1, count = 20 }
"""
"""400 points of about 0.1 s."""

TRIVIAL = """
[battery]
type = "driven"
n_atoms = 1
[[environment]]
type = "collective-decay"
[run]
type = "charge"
t_end = 1.0
points = 2
merits = ["energy"]
[sweep]
"battery.drive" = { start = 0.1, stop = 2, count = 100 }
"collective-decay.rate" = { start = 0.01, stop = 1, count = 100 }
"""
"""10,000 points of some milliseconds."""

MAP = """
[battery]
type = "driven"
n_atoms = 20
interaction = 0.5
[[environment]]
type = "collective-decay"
[run]
type = "steady"
merits = ["energy"]
[sweep]
"battery.drive" = { start = 0.05, stop = 5, count = 100 }
"collective-decay.rate" = { start = 0.05, stop = 5, count = 100 }
"""
"""Steady energies at 10,000 points."""


def command(folder: Path, workers: int) -> None:
    """Run the study in a folder."""
    environment = os.environ | {"NUMBA_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    subprocess.run(
        f"{sys.executable} -m qubatt sweep study.toml --output out --workers {workers}".split(),
        cwd=folder,
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )


def timed(folder: Path, workers: int, *, afresh: bool = True) -> float:
    """Return the seconds that the study in a folder takes, from the beginning if `afresh`."""
    if afresh:
        shutil.rmtree(folder / "out", ignore_errors=True)
    start = time.perf_counter()
    command(folder, workers)
    return time.perf_counter() - start


def plain_loop(text: str) -> float:
    """Return the seconds that `qubatt.charge` alone takes for the points of a study."""
    import tomllib

    points = Study.of(tomllib.loads(text)).points
    times = np.linspace(0.0, 1.0, 2)
    start = time.perf_counter()
    for point in points:
        qb.charge(point.battery, times=times, environment=point.environment, merits=["energy"])
    return time.perf_counter() - start


def medians(repeats: int, **what: Callable[[], float]) -> dict[str, float]:
    """Return the medians of several measurements, made in turn."""
    found: dict[str, list[float]] = {name: [] for name in what}
    for _ in range(repeats):
        for name, measure in what.items():
            found[name].append(measure())
            print(f"  {name} {found[name][-1]:.2f} s", flush=True)
    return {name: statistics.median(values) for name, values in found.items()}


def measure(repeats: int) -> list[tuple[str, str, str]]:
    """Return rows of the table: what, target, measured."""
    with tempfile.TemporaryDirectory() as place:
        folders = {}
        for name, text in (("spread", SPREAD), ("trivial", TRIVIAL), ("map", MAP)):
            folders[name] = Path(place) / name
            folders[name].mkdir()
            (folders[name] / "study.toml").write_text(text)
        command(folders["trivial"], 1)  # compiles
        spread = medians(
            repeats,
            one=lambda: timed(folders["spread"], 1),
            two=lambda: timed(folders["spread"], 2),
        )
        environment = {"NUMBA_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        os.environ.update(environment)
        trivial = medians(
            repeats,
            loop=lambda: plain_loop(TRIVIAL),
            study=lambda: timed(folders["trivial"], 1),
            resume=lambda: timed(folders["trivial"], 1, afresh=False),
        )
        whole = medians(1 if repeats == 1 else 2, map=lambda: timed(folders["map"], 2))
    efficiency = spread["one"] / (2.0 * spread["two"])
    overhead = 1e3 * (trivial["study"] - trivial["loop"]) / 1e4
    each = spread["one"] / 400.0
    return [
        (
            f"two workers compared with one, 400 points of {each:.2f} s",
            "≥ 90 % efficiency",
            f"**{efficiency:.0%}** ({spread['one']:.1f} s, {spread['two']:.1f} s)",
        ),
        (
            "10,000 trivial points, one worker",
            "≤ 3 ms overhead per point",
            f"**{overhead:.2f} ms** ({trivial['study']:.1f} s; `charge` in a loop"
            f" {trivial['loop']:.1f} s)",
        ),
        ("resuming these 10,000 after all are done", "< 5 s", f"**{trivial['resume']:.1f} s**"),
        (
            "100 × 100 map of steady energies, driven battery, N = 20, two workers",
            "< 5 min",
            f"**{whole['map']:.0f} s**",
        ),
    ]


def table(rows: list[tuple[str, str, str]]) -> str:
    """Return the table as Markdown."""
    lines = ["| study | target | measured |", "|---|---|---|"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def write(path: Path, text: str) -> None:
    """Put the table between its markers in a page."""
    before, marker, rest = path.read_text().partition(BEGIN)
    _, closing, after = rest.partition(END)
    if not (marker and closing):
        raise ValueError(f"{path} must hold the markers {BEGIN} and {END}.")
    path.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}")


def main() -> None:
    """Measure, print, and write into a page if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--docs", type=Path, help="page for the table, unless quick")
    parser.add_argument("--quick", action="store_true", help="each once")
    options = parser.parse_args()
    found = table(measure(1 if options.quick else REPEATS))
    print(found)
    if options.docs is not None and not options.quick:
        write(options.docs, found)


if __name__ == "__main__":
    main()
