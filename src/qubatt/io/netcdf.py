"""Files of results: netCDF, and the grids of studies."""

from __future__ import annotations

from pathlib import Path

import xarray as xr

from qubatt.core.errors import ArgumentError
from qubatt.core.file import write_whole
from qubatt.results.result import Result


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
    """Read a Dataset into memory: a file that `save` wrote, or the folder of a study.

    Of a study that goes on, it is the grid as it was last written.

    Raises
    ------
    ArgumentError
        If there is no such file or folder, or it holds no result.
    """
    if not isinstance(path, str | Path) or not Path(path).exists():
        raise ArgumentError("path", "be an existing file or folder", str(path))
    study = Path(path).is_dir()
    try:
        with (
            xr.open_zarr(Path(path) / "data.zarr", chunks=None)
            if study
            else xr.open_dataset(path, engine="h5netcdf")
        ) as dataset:
            loaded = dataset.load()
    except (OSError, ValueError):
        kind = "the folder of a study" if study else "a netCDF file"
        raise ArgumentError("path", f"be {kind}", str(path)) from None
    return Result(loaded.data_vars, loaded.coords, loaded.attrs)
