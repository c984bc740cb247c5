"""Progress of a study as plain data and as text: status counts, failures, size on disk."""

from __future__ import annotations

from typing import Any

import xarray as xr

from qubatt.core.format import format_bytes
from qubatt.results.contents import CERTIFICATE_PREFIX, json_attribute
from qubatt.results.status import MEANINGS, status_counts
from qubatt.results.tables import failure_rows

MAX_FAILURES = 10
"""Maximum number of failures in the text; JSON output lists all of them."""


def study_status(dataset: xr.Dataset, directory: str, nbytes: int) -> dict[str, Any]:
    """Return the axes, variables, status counts, failures and folder size of a study."""
    return {
        "title": dataset.attrs.get("title", ""),
        "directory": directory,
        "axes": {str(dim): dataset.sizes[dim] for dim in dataset["key"].dims},
        "points": int(dataset["key"].size),
        "status": status_counts(dataset),
        "variables": [
            str(name)
            for name in dataset.data_vars
            if "units" in dataset[name].attrs and not str(name).startswith(CERTIFICATE_PREFIX)
        ],
        "failures": json_attribute(dataset, "failures") or [],
        "bytes": nbytes,
        "versions": json_attribute(dataset, "versions"),
    }


def study_status_text(dataset: xr.Dataset, directory: str, nbytes: int) -> str:
    """Return the progress of a study as text."""
    status = study_status(dataset, directory, nbytes)
    axes = " x ".join(f"{name} {length}" for name, length in status["axes"].items())
    rows = [("points", f"{status['points']:,} ({axes or 'one point'})")]
    for name, count in sorted(status["status"].items(), key=lambda item: -item[1]):
        rows.append((name, f"{count:,}: {MEANINGS.get(name, '')}"))
    if status["variables"]:
        rows.append(("variables", ", ".join(status["variables"])))
    rows.append(("folder", f"{directory}, {format_bytes(nbytes)}; the grid: data.zarr"))
    width = max(len(name) for name, _ in rows) + 2
    lines = [status["title"]] if status["title"] else []
    lines += [f"{name:<{width}}{text}" for name, text in rows]
    failures = failure_rows(dataset)
    for (point, message), failure in zip(failures[:MAX_FAILURES], status["failures"], strict=False):
        lines += [f"failed at {point} ({failure['key'][:12]}):", f"  {message}"]
    if len(failures) > MAX_FAILURES:
        lines.append(f"and {len(failures) - MAX_FAILURES} more; --json lists all failures")
    if failures:
        lines.append("--retry-failed computes the failed points again.")
    return "\n".join(lines)
