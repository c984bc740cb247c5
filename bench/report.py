"""Report: the results as Markdown tables, alone or between the markers of a page.

``python -m bench.report results/bench/bench.json docs/benchmarks.md`` writes the page anew.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from statistics import median
from typing import Any

from bench.growth import growth_section
from bench.measure import entry_text
from bench.qualify import ALLOWED, describe
from bench.roofline import roofline
from bench.steady_report import TARGETS, attempts_section, measured_steady, steady_section
from bench.tables import number, spread, table

BEGIN, END = "<!-- table -->", "<!-- /table -->"
DEFAULT = "qubatt, default tolerance"
PEERS = {"qutip": "QuTiP", "dynamiqs": "dynamiqs"}
Data = dict[str, Any]


def value(data: Data, step: str) -> Any:
    """Return the value of a step, or None where it was not measured."""
    found = data["steps"].get(step)
    return found["value"] if found else None


def ratios(repeats: Data, peer: str, ours: str) -> list[float]:
    """Return the ratio of the medians, and the ratios within the rounds."""
    theirs, mine = repeats[peer]["seconds"], repeats[ours]["seconds"]
    rounds = [a / b for a, b in zip(theirs, mine, strict=True)]
    return [median(theirs) / median(mine), *rounds]


def ratio_text(repeats: Data, peer: str, ours: str) -> str:
    """Return the ratio of the medians with the range over the rounds."""
    if peer not in repeats or ours not in repeats:
        return "–"
    first, *rounds = ratios(repeats, peer, ours)
    return f"**{number(first)}** ({number(min(rounds))}–{number(max(rounds))})"


def machine_section(data: Data) -> str:
    """Return what it was measured on and when."""
    machine = data["machine"]
    names = ("processor", "cores", "memory", "system", "Python")
    lines = [f"- {name}: {machine[name]}" for name in names]
    lines += [f"- qubatt's environment: {machine['ours']}", f"- peers': {machine['peers']}"]
    steps = data["steps"].values()
    measured = sorted({step["when"] for step in steps})
    revisions = sorted({step["revision"] for step in steps})
    if measured:
        lines.append(f"- measured: {measured[0]} to {measured[-1]}")
        lines.append(f"- revision of qubatt: {', '.join(revisions)}")
    return "\n".join(lines)


def comparison_section(data: Data) -> str:
    """Return medians and their ratios, one row per case that the peers solve."""
    head = ["case", "D", "qubatt [s]", "QuTiP [s]", "dynamiqs [s]", "QuTiP / qubatt"]
    head += ["dynamiqs / qubatt", "both ratios at qubatt's default tolerance"]
    rows = []
    for name, case in data.get("cases", {}).items():
        repeats = value(data, f"{name}/repeats")
        if repeats is None:
            continue
        times = [
            spread(repeats[key]["seconds"]) if key in repeats else "none qualified"
            for key in ("qubatt", *PEERS)
        ]
        same = [ratio_text(repeats, peer, "qubatt") for peer in PEERS]
        default = " and ".join(
            number(ratios(repeats, peer, DEFAULT)[0]) for peer in PEERS if peer in repeats
        )
        rows.append([name, str(case["dim"]), *times, *same, default or "–"])
    return table(head, rows)


def verdicts(data: Data, name: str) -> list[list[str]]:
    """Return a row for every target of a case: asked, measured, met."""
    target = data["cases"][name]["target"]
    repeats = value(data, f"{name}/repeats") or {}
    alone = value(data, f"{name}/single") or {}
    cold = value(data, f"{name}/cold") or {}
    ours = [entry for key, entry in repeats.items() if key.startswith("qubatt")]
    measured: dict[str, float] = {}
    if "qubatt" in repeats and any(peer in repeats for peer in PEERS):
        found = [ratios(repeats, peer, "qubatt")[0] for peer in PEERS if peer in repeats]
        measured["ratio"] = min(found)
    if ours:
        measured["memory_mb"] = max(entry["peak_mb"] for entry in ours)
    if cold:
        ends = "nothing compiled before"
        measured["cold_s"] = max(median(s) for key, s in cold.items() if key.endswith(ends))
    if "seconds" in alone:
        measured |= {"seconds": alone["first_s"], "peak_rss_mb": alone["peak_rss_mb"]}
        measured["error_estimate"] = alone["certificate"]["error_estimate"]
    measured |= measured_steady(data["steps"], name)
    texts = {
        **TARGETS,
        "ratio": "at least {} times faster than the best configuration of each peer",
        "memory_mb": "≤ {} MB above the imports",
        "cold_s": "≤ {} s in a cold process, nothing compiled before",
        "seconds": "≤ {} s, first run of a process",
        "peak_rss_mb": "≤ {} MB resident, imports included",
        "error_estimate": "error estimate ≤ {}",
    }
    rows = []
    for key, asked in target.items():
        text = texts[key].format(f"{asked:.10g}")
        if key not in measured:
            rows.append([name, text, alone.get("note", "not measured"), "no"])
            continue
        met = measured[key] >= asked if key.endswith("ratio") else measured[key] <= asked
        shown = number(measured[key])
        if key == "stored":
            met, shown = abs(measured[key] - asked) <= ALLOWED, f"{measured[key]:.10f}"
        rows.append([name, text, shown, "yes" if met else "**no**"])
    return rows


def targets_section(data: Data) -> str:
    """Return targets next to what was measured."""
    rows = [row for name in data.get("cases", {}) for row in verdicts(data, name)]
    return table(["case", "target", "measured", "met"], rows)


def winners_section(data: Data) -> str:
    """Return configuration, accuracy, first run and memory of every contestant."""
    head = ["case", "library", "configuration and tolerance", "abs. ΔE/N", "median [s]"]
    head += ["first run [s]", "compilation [s]", "memory above imports [MB]"]
    rows = []
    for name in data.get("cases", {}):
        for key, entry in (value(data, f"{name}/repeats") or {}).items():
            compiled = number(entry["compile_s"]) if "compile_s" in entry else "–"
            rows.append(
                [
                    name,
                    PEERS.get(key, key),
                    entry_text(entry),
                    f"{entry['error']:.1e}",
                    spread(entry["seconds"]),
                    number(entry["first_s"]),
                    compiled,
                    number(entry["peak_mb"]),
                ]
            )
    return table(head, rows)


def reference_section(data: Data) -> str:
    """Return how qubatt agrees with the reference."""
    rows = []
    for name in data.get("cases", {}):
        exact, agreed = value(data, f"{name}/reference"), value(data, f"{name}/agreement")
        if exact is None or agreed is None:
            continue
        found = [agreed[key] for key in ("tightest", "default")]
        errors = [f"{one['error']:.1e}" if "error" in one else one["note"] for one in found]
        rows.append([name, number(exact["seconds"]), *errors])
    head = [
        "case",
        "time of the reference [s]",
        "abs. ΔE/N of qubatt at 1e-12",
        "at its default tolerance, 1e-9",
    ]
    return table(head, rows)


def cold_section(data: Data) -> str:
    """Return the seconds of cold processes."""
    rows = []
    for name in data.get("cases", {}):
        for key, seconds in (value(data, f"{name}/cold") or {}).items():
            rows.append([name, PEERS.get(key, key), spread(seconds)])
    return table(["case", "process", "wall time [s]"], rows)


def single_section(data: Data) -> str:
    """Return the cases that only qubatt solves."""
    rows = []
    for name, case in data.get("cases", {}).items():
        alone = value(data, f"{name}/single")
        if alone is None:
            continue
        if "note" in alone:
            rows.append([name, str(case["dim"]), alone["note"], "–", "–", "–"])
            continue
        estimate = f"{alone['certificate']['error_estimate']:.1e}"
        cells = [number(alone[key]) for key in ("first_s", "peak_rss_mb")]
        rows.append([name, str(case["dim"]), *cells, estimate, alone["status"]])
    head = ["case", "D", "first run [s]", "peak memory, imports included [MB]"]
    return table([*head, "error estimate", "status"], rows)


def qualifying_section(data: Data) -> str:
    """Return every configuration tried."""
    head = ["case", "library", "configuration", "tolerance", "abs. ΔE/N", "seconds", "note"]
    rows = []
    for name in data.get("cases", {}):
        for library in ("qubatt", *PEERS):
            for record in value(data, f"{name}/qualify-{library}") or []:
                cells = ["–", "–", "–"]
                if "seconds" in record:
                    cells = [f"{record[key]:.0e}" for key in ("tolerance", "error")]
                    cells.append(number(record["seconds"]))
                text = describe(record["config"]) or "exact"
                label = PEERS.get(library, library)
                rows.append([name, label, text, *cells, record.get("note", "")])
    return table(head, rows)


def render(data: Data) -> str:
    """Return all tables with their headings; empty ones are left out."""
    rows = [[name, text] for name, text in roofline(data["steps"]).items()]
    cases = [[name, case["title"]] for name, case in data.get("cases", {}).items()]
    sections = {
        "Machine": machine_section(data),
        "Cases": table(["case", "problem"], cases),
        "Same problem, same accuracy": comparison_section(data),
        "Steady states": steady_section(data),
        "Targets": targets_section(data),
        "Best configurations": winners_section(data),
        "Reference": reference_section(data),
        "Cold starts": cold_section(data),
        "Cases solved by qubatt only": single_section(data),
        "Growth with N": growth_section(data["steps"]),
        "Roofline": table(["quantity", "value"], rows),
        "All configurations": qualifying_section(data),
        "Steady states: all methods of QuTiP": attempts_section(data),
    }
    return "\n\n".join(f"## {title}\n\n{text}" for title, text in sections.items() if text) + "\n"


def write_table(data: Data, path: Path) -> None:
    """Write the tables to a file of their own."""
    path.write_text(render(data))


def write_docs(data: Data, path: Path) -> None:
    """Write the tables between the markers of a page."""
    before, marker, rest = path.read_text().partition(BEGIN)
    _, closing, after = rest.partition(END)
    if not (marker and closing):
        raise ValueError(f"{path} must hold the markers {BEGIN} and {END}.")
    path.write_text(f"{before}{BEGIN}\n\n{render(data)}\n{END}{after}")


if __name__ == "__main__":
    write_docs(json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2]))
