"""The report of the steady states: the comparison, and every method tried."""

from __future__ import annotations

from statistics import median
from typing import Any

from bench.qualify import Record, best_of
from bench.tables import number, spread, table

TARGETS = {
    "steady_ratio": "at least {} times faster than the best method of QuTiP",
    "residual": "‖𝓛ρ‖ ≤ {}, by plain SciPy",
    "stored": "stored energy per atom {}",
}
"""What is asked of steady states, in words."""


def value(steps: dict[str, Any], name: str) -> Any:
    """Return the value of a step, or None where it was not measured."""
    return steps[name]["value"] if name in steps else None


def theirs(steps: dict[str, Any], name: str) -> tuple[Record | None, list[float]]:
    """Return QuTiP's best method, and its seconds: of the repeats, or of its only run."""
    best = best_of(value(steps, f"{name}/steady-qutip") or [])
    repeats = value(steps, f"{name}/steady-repeats") or {}
    if "qutip" in repeats:
        return repeats["qutip"], repeats["qutip"]["seconds"]
    return best, [best["seconds"]] if best else []


def ratio(steps: dict[str, Any], name: str) -> list[float]:
    """Return the ratio of the medians and those within the rounds; nothing without both."""
    _, seconds = theirs(steps, name)
    repeats = value(steps, f"{name}/steady-repeats")
    if not seconds or repeats is None:
        return []
    mine = repeats["qubatt"]["seconds"]
    pairs = zip(seconds * (len(mine) if len(seconds) == 1 else 1), mine, strict=True)
    return [median(seconds) / median(mine), *(a / b for a, b in pairs)]


def measured_steady(steps: dict[str, Any], name: str) -> dict[str, float]:
    """Return what is judged by the targets of a case."""
    found = value(steps, f"{name}/steady")
    if found is None:
        return {}
    measured = {
        "seconds": found["first_s"],
        "residual": found["residual"],
        "stored": found["energy"] / found["n_atoms"],
    }
    if ratios := ratio(steps, name):
        measured["steady_ratio"] = ratios[0]
    return measured


def agreement(steps: dict[str, Any], name: str) -> str:
    """Return |ΔE|/N of qubatt against the closed form, or QuTiP's state of the least residual."""
    found = value(steps, f"{name}/steady")
    if found["exact"] is not None:
        return f"{abs(found['energy'] - found['exact']) / found['n_atoms']:.0e} (closed form)"
    tried = value(steps, f"{name}/steady-qutip") or []
    solved = [record for record in tried if "seconds" in record]
    if not solved:
        return "–"
    best = min(solved, key=lambda record: float(record["residual"]))
    difference = abs(found["energy"] - best["energy"]) / found["n_atoms"]
    return f"{difference:.0e} ({best['config']['name']})"


def steady_section(data: dict[str, Any]) -> str:
    """Return medians, residuals and ratios, one row per case."""
    steps = data["steps"]
    rows = []
    for name, case in data.get("cases", {}).items():
        found, repeats = value(steps, f"{name}/steady"), value(steps, f"{name}/steady-repeats")
        if found is None or repeats is None:
            continue
        row = [name, str(case["dim"]), found["engine"]["method"]]
        row += [spread(repeats["qubatt"]["seconds"]), number(found["first_s"])]
        row += [number(found["peak_mb"]), f"{found['residual']:.0e}", agreement(steps, name)]
        best, seconds = theirs(steps, name)
        if best is None:
            row += ["none succeeded", "–", "–", "–", "–"]
        else:
            first, *rounds = ratio(steps, name)
            row += [spread(seconds) if len(seconds) > 1 else f"{number(seconds[0])} (once)"]
            row += [method_text(best), number(best["peak_mb"]), f"{best['residual']:.0e}"]
            row += [f"**{number(first)}** ({number(min(rounds))}–{number(max(rounds))})"]
        rows.append([*row, found["status"]])
    head = ["case", "D", "qubatt's method", "qubatt [s]", "first run [s]"]
    head += ["memory above imports [MB]", "‖𝓛ρ‖", "abs. ΔE/N"]
    head += ["best of QuTiP [s]", "its method", "its memory [MB]", "its ‖𝓛ρ‖"]
    return table([*head, "QuTiP / qubatt", "status"], rows)


def method_text(record: Record) -> str:
    """Return method and tolerance in words."""
    name = str(record["config"]["name"])
    return name if record["tolerance"] is None else f"{name}, {record['tolerance']:.0e}"


def attempts_section(data: dict[str, Any]) -> str:
    """Return every method of QuTiP that was tried, with its outcome."""
    rows = []
    for name in data.get("cases", {}):
        for record in value(data["steps"], f"{name}/steady-qutip") or []:
            cells = ["–"] * 3
            if "seconds" in record:
                cells = [f"{record[key]:.0e}" for key in ("error", "residual")]
                cells.append(number(record["seconds"]))
            rows.append([name, method_text(record), *cells, record.get("note", "")])
    return table(["case", "method, tolerance", "abs. ΔE/N", "‖𝓛ρ‖", "seconds", "note"], rows)
