"""How far a study is, in words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import xarray as xr

from qubatt.core.format import size
from qubatt.results.result import MEANINGS
from qubatt.sweeps.store.grid import counts
from qubatt.sweeps.store.store import Store

SHOWN = 10
"""Failures that are told of; all are in JSON."""


def facts(data: xr.Dataset, directory: Path) -> dict[str, Any]:
    """Return how many points have which status, what failed, and what the folder takes."""
    store = Store.open(directory)
    return {
        "title": data.attrs.get("title", ""),
        "directory": str(directory),
        "axes": {str(dim): data.sizes[dim] for dim in data["key"].dims},
        "points": int(data["key"].size),
        "status": counts(data),
        "variables": [
            str(name)
            for name in data.data_vars
            if "units" in data[name].attrs and not str(name).startswith("certificate_")
        ],
        "failures": json.loads(data.attrs["failures"]),
        "bytes": store.nbytes,
        "versions": json.loads(data.attrs["versions"]),
    }


def sentences(found: dict[str, Any]) -> str:
    """Return the same in lines."""
    axes = " × ".join(f"{name} {length}" for name, length in found["axes"].items()) or "one point"
    rows = [("points", f"{found['points']:,} ({axes})")]
    for status, count in sorted(found["status"].items(), key=lambda item: -item[1]):
        rows.append((status, f"{count:,}: {MEANINGS.get(status, '')}"))
    if found["variables"]:
        rows.append(("variables", ", ".join(found["variables"])))
    rows.append(("folder", f"{found['directory']}, {size(found['bytes'])}; the grid: data.zarr"))
    lines = [found["title"]] if found["title"] else []
    width = max(len(name) for name, _ in rows) + 2
    lines += [f"{name:<{width}}{text}" for name, text in rows]
    for failure in found["failures"][:SHOWN]:
        place = ", ".join(f"{name} = {value}" for name, value in failure["parameters"].items())
        lines += [f"failed at {place} ({failure['key'][:12]}):", f"  {failure['message']}"]
    if len(found["failures"]) > SHOWN:
        lines.append(f"and {len(found['failures']) - SHOWN} more; --json tells of all")
    if found["failures"]:
        lines.append("--retry-failed tries them again.")
    return "\n".join(lines)
