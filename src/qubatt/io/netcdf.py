"""NetCDF files of results."""

from __future__ import annotations

from pathlib import Path

import xarray as xr

from qubatt.core.errors import ArgumentError
from qubatt.core.file import write_whole
from qubatt.core.result import Result


def save(dataset: xr.Dataset, path: str | Path) -> Path:
    """Write a Dataset as one netCDF file, whole or not at all.

    Raises
    ------
    ArgumentError
        If the place cannot be written to.
    """
    if not isinstance(dataset, xr.Dataset):
        raise ArgumentError("dataset", "be an xarray.Dataset", dataset)
    if not isinstance(path, str | Path):
        raise ArgumentError("path", "be a path", path)
    return write_whole(path, lambda part: dataset.to_netcdf(part, engine="h5netcdf"), "path")


def load(path: str | Path) -> xr.Dataset:
    """Read a Dataset that `save` wrote, into memory.

    Raises
    ------
    ArgumentError
        If there is no such file or it is not netCDF.
    """
    if not isinstance(path, str | Path) or not Path(path).is_file():
        raise ArgumentError("path", "be an existing file", str(path))
    try:
        with xr.open_dataset(path, engine="h5netcdf") as dataset:
            found = dataset.load()
    except (OSError, ValueError):
        raise ArgumentError("path", "be a netCDF file", str(path)) from None
    return Result(found.data_vars, found.coords, found.attrs)
