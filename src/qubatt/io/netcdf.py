"""Files of results: netCDF files and the grids of studies."""

from __future__ import annotations

from pathlib import Path

import xarray as xr

from qubatt.core.errors import ArgumentError
from qubatt.core.file import write_whole
from qubatt.results.result import Result


def save(dataset: xr.Dataset, path: str | Path) -> Path:
    """Write a Dataset to a netCDF file, atomically.

    Parameters
    ----------
    dataset : xarray.Dataset
        A result.
    path : str or Path
        File to write, with the suffix ``.nc``.

    Returns
    -------
    Path
        The written file.

    Raises
    ------
    ArgumentError
        If an argument has the wrong type, or if the file cannot be written.

    Examples
    --------
    >>> import qubatt as qb
    >>> run = qb.charge(qb.DrivenBattery(n_atoms=2, drive=1.0), times=[0.0, 1.0])
    >>> path = qb.save(run, "run.nc")
    >>> qb.load(path).identical(run)
    True
    """
    if not isinstance(dataset, xr.Dataset):
        raise ArgumentError("dataset", "be an xarray.Dataset", dataset)
    if not isinstance(path, str | Path):
        raise ArgumentError("path", "be a path", path)
    if Path(path).suffix != ".nc" and not Path(path).is_dir():
        raise ArgumentError("path", "end in .nc", str(path), "Results are netCDF files.")
    return write_whole(path, lambda part: dataset.to_netcdf(part, engine="h5netcdf"), "path")


def load(path: str | Path) -> xr.Dataset:
    """Read a result into memory from a file of `save` or from the folder of a study.

    For a running study this is the most recently written grid.

    Parameters
    ----------
    path : str or Path
        A netCDF file or the folder of a study.

    Returns
    -------
    xarray.Dataset
        The result.

    Raises
    ------
    ArgumentError
        If the file or folder does not exist or does not contain a result.

    Examples
    --------
    >>> import qubatt as qb
    >>> path = qb.save(qb.recharge(n_atoms=2, interaction=4.0, beta=1.0), "cycle.nc")
    >>> round(float(qb.load(path).efficiency), 6)
    0.75
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
