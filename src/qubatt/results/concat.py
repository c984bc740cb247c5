"""Join results such that each part keeps its parameters, status and certificate."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import xarray as xr

from qubatt.core.errors import ArgumentError
from qubatt.results.coordinates import STATUS
from qubatt.results.dims import ROLE
from qubatt.results.late_maxima import LONG_NAME, STILL_RISING, names_text
from qubatt.results.result import Result


def concat(results: Iterable[xr.Dataset], dim: Any) -> xr.Dataset:
    """Join results along a new dim or a parameter, with the parameters and status of each part.

    This is `xarray.concat` with settings that stack the parameters, status and certificate of all
    parts. Results of different batteries can be joined: a parameter or certificate number that a
    part lacks is NaN there. Attributes that differ are dropped.

    Parameters
    ----------
    results : iterable of xarray.Dataset
        Results to join, at least one.
    dim : str, pandas.Index, xarray.DataArray or xarray.Variable
        Name of a scalar coordinate such as ``"n_atoms"``, or a new dim with or without labels.

    Returns
    -------
    xarray.Dataset
        The variables of all parts along `dim`, with parameters, status and numbers of the
        certificate that differ as coordinates along `dim`.

    Raises
    ------
    ArgumentError
        If `results` is empty, or if one of them is not a Dataset.

    Examples
    --------
    >>> import qubatt as qb
    >>> runs = [
    ...     qb.charge(qb.DrivenBattery(n_atoms=n, drive=1.0), times=[0.0, 1.0]) for n in (2, 4)
    ... ]
    >>> qb.concat(runs, "n_atoms").energy.sel(n_atoms=4).shape
    (2,)
    """
    parts = list(results)
    if not parts or not all(isinstance(part, xr.Dataset) for part in parts):
        raise ArgumentError("results", "hold at least one Dataset", results)
    scalars: dict[str, Any] = {}
    for part in parts:
        for name, coordinate in part.coords.items():
            if not coordinate.ndim:
                missing = "" if coordinate.dtype.kind in "OSUT" else float("nan")
                scalars.setdefault(str(name), ((), missing, coordinate.attrs))
    complete = [
        part.assign_coords({k: v for k, v in scalars.items() if k not in part.variables})
        for part in parts
    ]
    complete = _with_late_maxima(complete)
    axis = str(dim) if isinstance(dim, str) else str(getattr(dim, "name", None) or dim.dims[0])
    shared = {str(name) for part in complete for name in part.coords if name not in part.dims}
    different = [
        name
        for name in sorted(shared)
        if name == STATUS
        or (name != axis and not all(_same(part[name], complete[0][name]) for part in complete))
    ]
    joined = xr.concat(
        complete,
        dim,
        data_vars="all",
        coords=different,
        compat="equals",
        join="outer",
        combine_attrs="drop_conflicts",
    )
    return Result(joined.data_vars, joined.coords, joined.attrs)


def _with_late_maxima(parts: list[xr.Dataset]) -> list[xr.Dataset]:
    """Return parts with the names of their late maxima as a coordinate, if any part has some."""
    if not any(STILL_RISING in part.attrs or STILL_RISING in part.variables for part in parts):
        return parts
    attributes = {"long_name": LONG_NAME, ROLE: STILL_RISING}
    return [
        part
        if STILL_RISING in part.variables
        else part.assign_coords({STILL_RISING: ((), names_text(part.attrs, part), attributes)})
        for part in parts
    ]


def _same(one: xr.DataArray, other: xr.DataArray) -> bool:
    """Return whether two coordinates are equal, where NaN counts as equal to NaN."""
    first, second = one.to_numpy(), other.to_numpy()
    numeric = first.dtype.kind == "f" and second.dtype.kind == "f"
    return bool(np.array_equal(first, second, equal_nan=numeric))
