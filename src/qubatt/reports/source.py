"""What is drawn and reported on: the store of a study, a file, or a Dataset."""

from __future__ import annotations

from pathlib import Path

import xarray as xr

from qubatt.core.errors import ArgumentError
from qubatt.io import load


def open_result(path: str | Path) -> xr.Dataset:
    """Return the Dataset of the store of a study, a folder, or of a netCDF file.

    Raises
    ------
    ArgumentError
        If there is neither.
    """
    path = Path(path)
    if (path / "data.zarr").is_dir():
        return _open_store(path)
    if path.is_dir() or not path.exists():
        cure = "It is made by: qubatt sweep study.toml --output DIR."
        raise ArgumentError("path", "be the folder of a study or a .nc file", str(path), cure)
    return load(path)


def _open_store(folder: Path) -> xr.Dataset:
    """Return the grid of a study."""
    data: xr.Dataset = xr.open_zarr(folder / "data.zarr", consolidated=False).load()
    return data
