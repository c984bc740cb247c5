"""The Dataset that qubatt returns: xarray's, but for what ``print`` shows."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Literal

import xarray as xr

Status = Literal["ok", "cutoff-too-small", "not-positive", "not-converged"]
"""How far a result can be trusted, in a word."""

MEANING: dict[Status, str] = {
    "ok": "all checks passed",
    "cutoff-too-small": "the highest Fock level kept fills up: raise max_photons",
    "not-positive": "the density matrix has a negative eigenvalue: use a smaller tolerance",
    "not-converged": "the error is larger than was allowed: do not trust the numbers",
}
"""Every status in a sentence."""

CUTOFF_THRESHOLD = 1e-5
"""Population of the highest Fock level from which on a result is ``cutoff-too-small``."""

CERTIFICATE = "certificate_"
"""Beginning of the names of variables that hold the certificates of the points of a study."""

FAILED, MISSING = "failed", "missing"
"""Status of a point of a study that raised an error, and of one that was not computed yet."""

MEANINGS: dict[str, str] = {
    **dict(MEANING.items()),
    FAILED: "an error, told below: no numbers",
    MISSING: "not computed yet",
}
"""Every status of a point of a study in a sentence."""

OWN_DIMS = ("time", "state_time", "step", "environment", "drive")
"""Dims and coordinates of a single run; those of parameters have an attribute ``parameter``."""


class Result(xr.Dataset):  # type: ignore[no-untyped-call]  # xarray types no __init_subclass__
    """A Dataset that prints what was computed, its main numbers, and how far to trust them.

    Everything else, ``repr`` and selections and files included, is that of `xarray.Dataset`.
    """

    __slots__ = ()

    def __str__(self) -> str:
        """Return the summary, at most 25 lines."""
        from qubatt.results.summary import summary

        return summary(self)


def varied(dataset: xr.Dataset) -> list[str]:
    """Return the parameters that differ between the points of a study, or of runs put together.

    The attributes of the latter, parameters and certificate, are those of one run alone.
    """
    if not {"certificate", "study"} & {*dataset.attrs}:
        return []
    single = [name for name, coordinate in dataset.coords.items() if coordinate.ndim == 0]
    names = dict.fromkeys([*dataset.dims, *single])
    return [str(name) for name in names if not is_own(dataset, name) and str(name) != "status"]


def is_own(dataset: xr.Dataset | xr.DataArray, dim: Hashable) -> bool:
    """Tell whether a dim is one of a single run; an axis may have such a name too."""
    axis = dim in dataset.coords and "parameter" in dataset.coords[dim].attrs
    return dim in OWN_DIMS and not axis
