"""What merits cost beside the bare run: ``python -m bench.merits``."""

from __future__ import annotations

import statistics
import time
import warnings

import numpy as np

import qubatt as qb

BATTERY = qb.DickeBattery(n_atoms=10, coupling=0.5, interaction=1.0, max_photons=40)
TIMES = np.linspace(0.0, 10.0, 101)
WANTED = {"energy": ["energy"], "default": None, "all except those of the full state": "all"}
REPEATS = 15


def seconds(merits: list[str] | str | None) -> float:
    """Return how long a run with these merits takes."""
    start = time.perf_counter()
    qb.charge(BATTERY, times=TIMES, environment=qb.CavityLoss(0.5), merits=merits)
    return time.perf_counter() - start


def main() -> None:
    """Run them in turn, and print medians next to that of energy alone."""
    warnings.simplefilter("ignore", qb.QubattWarning)  # case A is cut off too low on purpose
    measured: dict[str, list[float]] = {name: [] for name in WANTED}
    for _ in range(REPEATS + 1):
        for name, merits in WANTED.items():
            measured[name].append(seconds(merits))
    medians = {name: statistics.median(values[1:]) for name, values in measured.items()}
    for name, median in medians.items():
        print(f"{name:<36}{median:.3f} s  {median / medians['energy']:.2f}×")


if __name__ == "__main__":
    main()
