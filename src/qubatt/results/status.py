"""Status of a result: how far its numbers can be trusted."""

from __future__ import annotations

from typing import Literal

import numpy as np
import xarray as xr

from qubatt.results.dims import varied_parameters

Status = Literal["ok", "cutoff-too-small", "not-positive", "not-converged"]
"""How far a result can be trusted, in one word."""

FAILED, MISSING = "failed", "missing"
"""Status of a point of a study that raised an error, and of one that is not computed yet."""

MEANINGS: dict[str, str] = {
    "ok": "all checks passed",
    "cutoff-too-small": "the highest Fock level kept fills up: raise max_photons",
    "not-positive": "the density matrix has a negative eigenvalue: use a smaller tolerance",
    "not-converged": "the error is larger than was allowed: do not trust the numbers",
    FAILED: "an error, given below: no numbers",
    MISSING: "not computed yet",
}
"""Every status of a result, or of a point of a study, in a sentence."""

CUTOFF_THRESHOLD = 1e-5
"""Population of the highest Fock level above which a result is ``cutoff-too-small``."""


def status_counts(dataset: xr.Dataset) -> dict[str, int]:
    """Return the number of points of each status; empty where no status is stored by point."""
    if "status" not in dataset.variables or dataset["status"].dtype.kind not in "OSUT":
        return {}
    if not dataset["status"].ndim:
        return {}
    names, counts = np.unique(dataset["status"].to_numpy().astype(str), return_counts=True)
    return dict(zip(names.tolist(), counts.tolist(), strict=True))


def one_status(dataset: xr.Dataset) -> str:
    """Return the status of a single run or point; empty where there are several, or none."""
    if "status" in dataset.variables:
        return "" if dataset["status"].ndim else str(dataset["status"].item())
    return "" if varied_parameters(dataset) else str(dataset.attrs.get("status", ""))
