"""Sources of figures and pages: the folder of a study, a file or a Dataset."""

from __future__ import annotations

from pathlib import Path

import xarray as xr

from qubatt.core.errors import ArgumentError
from qubatt.io import load
from qubatt.sweeps import load as load_study


def open_result(path: str | Path) -> xr.Dataset:
    """Return the Dataset in the folder of a study or in a netCDF file.

    Raises
    ------
    ArgumentError
        If the path is neither of these.
    """
    path = Path(path)
    if (path / "data.zarr").is_dir():
        return load_study(path) if (path / "points").is_dir() else load(path)
    if path.is_dir() or not path.exists():
        cure = "Create a study by: qubatt sweep study.toml --output DIR."
        raise ArgumentError("path", "be the folder of a study or a .nc file", str(path), cure)
    return load(path)
