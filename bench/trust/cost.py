"""Cost of the certificate: ``python -m bench.trust.cost``.

Times of the bound, the companion and the search of the cut-off, relative to a run without any of
them, for the lossy Dicke battery with six atoms at the cut-off that `max_photons="auto"` chooses.
Runs are interleaved, and the medians of the ratios are printed.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np

import qubatt as qb
from qubatt.charging.request import Request
from qubatt.core.cutoff_defect import CutoffDefect

TIMES = np.linspace(0.0, 10.0, 101)
BATTERY = qb.DickeBattery(n_atoms=6, coupling=0.5, interaction=-1.0, max_photons="auto")
LOSS = qb.CavityLoss(0.5)


def charged(battery: Any, **options: Any) -> Any:
    """Return a run with the default merits."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", qb.QubattWarning)
        return qb.charge(battery, times=TIMES, environment=LOSS, **options)


@contextmanager
def without_bound() -> Iterator[None]:
    """Leave out the defect of the cut-off, and so its integrals."""
    known = Request.__dict__["defect"]
    Request.defect = property(lambda _: CutoffDefect(None, ()))  # type: ignore[assignment]
    try:
        yield
    finally:
        Request.defect = known  # type: ignore[method-assign]


def timed(run: Callable[[], Any]) -> float:
    """Return the seconds that a run takes."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def bare(battery: Any) -> Any:
    """Return a run without bound and companion."""
    with without_bound():
        return charged(battery, certificate="bound")


def main() -> None:
    """Print the medians."""
    parser = argparse.ArgumentParser(prog="python -m bench.trust.cost", description=__doc__)
    parser.add_argument("--repeats", type=int, default=15, help="interleaved rounds")
    repeats = parser.parse_args().repeats
    chosen = json.loads(charged(BATTERY).attrs["cutoff"])["chosen"]
    fixed = replace(BATTERY, max_photons=chosen)
    runs: dict[str, Callable[[], Any]] = {
        "none": lambda: bare(fixed),
        "bound": lambda: charged(fixed, certificate="bound"),
        "full": lambda: charged(fixed, certificate="full"),
        "auto cut-off": lambda: charged(BATTERY),
    }
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(repeats + 1):
        for name, run in runs.items():
            seconds[name].append(timed(run))
    seconds = {name: values[1:] for name, values in seconds.items()}  # the first round compiles
    print(f"cut-off {chosen}; medians of {repeats} interleaved rounds")
    for name, values in seconds.items():
        ratios = [one / other for one, other in zip(values, seconds["none"], strict=True)]
        print(f"{name:<14}{statistics.median(values):8.3f} s{statistics.median(ratios):8.3f}")


if __name__ == "__main__":
    main()
