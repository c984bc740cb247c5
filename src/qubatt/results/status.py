"""Status of a result: the reliability of its numbers in one word."""

from __future__ import annotations

from typing import Literal

import numpy as np
import xarray as xr

from qubatt.results.dims import varied_parameters

Status = Literal[
    "ok",
    "cutoff-too-small",
    "cutoff-not-resolved",
    "not-positive",
    "not-converged",
    "sampled",
]
"""Possible statuses of a computed result."""

FAILED, MISSING = "failed", "missing"
"""Statuses of points of a study: the run raised an error, or has not been computed yet."""

MEANINGS: dict[str, str] = {
    "ok": "all errors are within their tolerances",
    "cutoff-too-small": "the photon cut-off causes errors above the tolerance: raise max_photons",
    "cutoff-not-resolved": "the error that the photon cut-off causes is not known",
    "not-positive": "the density matrix has a negative eigenvalue: use a smaller tolerance",
    "not-converged": "the error exceeds the tolerance: do not trust the numbers",
    "sampled": "the numbers are means over samples, with the given standard errors",
    FAILED: "an error, given below: no numbers",
    MISSING: "not computed yet",
}
"""Meaning of each status of a result or of a point of a study."""


def status_counts(dataset: xr.Dataset) -> dict[str, int]:
    """Return the number of points with each status; empty if the points store no status."""
    if "status" not in dataset.variables or dataset["status"].dtype.kind not in "OSUT":
        return {}
    if not dataset["status"].ndim:
        return {}
    names, counts = np.unique(dataset["status"].to_numpy().astype(str), return_counts=True)
    return dict(zip(names.tolist(), counts.tolist(), strict=True))


def one_status(dataset: xr.Dataset) -> str:
    """Return the status of a single run or point; empty if there are several or none."""
    if "status" in dataset.variables:
        return "" if dataset["status"].ndim else str(dataset["status"].item())
    return "" if varied_parameters(dataset) else str(dataset.attrs.get("status", ""))
