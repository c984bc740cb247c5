"""How time and memory grow with the number of atoms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from bench.tables import number, table

LARGE = 10
"""From this many atoms on, fixed costs matter less; exponents are fitted with and without."""


def exponent(sizes: Sequence[float], values: Sequence[float]) -> float:
    """Return p of the least-squares fit log value = p log size + constant."""
    return float(np.polyfit(np.log(sizes), np.log(values), 1)[0])


def growth_section(steps: dict[str, Any]) -> str:
    """Return the table of cases like A with max_photons = 3 N, and the fitted exponents."""
    measured = [step["value"] for name, step in steps.items() if name.startswith("growth/")]
    found = sorted(
        (record for record in measured if "seconds" in record), key=lambda record: record["n_atoms"]
    )
    if not found:
        return ""
    head = ["N", "D", "entries of ρ, D²", "entries kept", "seconds", "first run [s]"]
    head += ["memory above imports [MB]", "error estimate", "status"]
    rows = [
        [
            str(record["n_atoms"]),
            str(record["dim"]),
            str(record["dim"] ** 2),
            str(record["engine"].get("entries", "–")),
            number(record["seconds"]),
            number(record["first_s"]),
            number(record["peak_mb"]),
            f"{record['certificate']['error_estimate']:.0e}",
            record["status"],
        ]
        for record in found
    ]
    text = (
        "Cases like A with max_photons = 3 N, qubatt at its default tolerance. This cut-off makes D"
        " grow uniformly; where it is too low, the status says so.\n\n"
    )
    return text + table(head, rows) + "\n\n" + _exponents(found)


def _exponents(found: list[dict[str, Any]]) -> str:
    rows = []
    large = [record for record in found if record["n_atoms"] >= LARGE]
    for label, records in (("all N", found), (f"N ≥ {LARGE}", large)):
        if len(records) < 2:
            continue
        sizes = [record["n_atoms"] for record in records]
        columns = (
            [record["seconds"] for record in records],
            [max(record["peak_mb"], 1e-3) for record in records],
            [record["dim"] ** 2 for record in records],
        )
        rows.append([label, *(f"{exponent(sizes, values):.2f}" for values in columns)])
    return table(["exponent of N, fitted over", "time", "memory", "entries D²"], rows)
