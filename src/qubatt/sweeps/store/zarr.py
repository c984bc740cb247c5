"""The grid of a study as a Zarr group, readable with xarray and always replaced as a whole."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import xarray as xr

from qubatt.core.errors import ArgumentError
from qubatt.core.file import exchange
from qubatt.sweeps.store.grid import filled_grid
from qubatt.sweeps.store.store import CREATE_STUDY, GRID_FOLDER, Store

MAX_CHUNK = 2**20
"""Maximum number of values in one chunk of the grid."""


def write_grid(store: Store, grid: xr.Dataset) -> None:
    """Write the grid with all results of the store, unless the stored grid is up to date."""
    state = _state(store, grid)
    path = store.directory / GRID_FOLDER
    if _state_of(path) == state:
        return
    data = filled_grid(grid, store).assign_attrs(state=state)
    part = Path(tempfile.mkdtemp(prefix=".grid-", dir=store.directory))
    try:
        data.to_zarr(part, mode="w", zarr_format=2, consolidated=True, encoding=_encoding(data))
        part.chmod(0o755)
        exchange(part, path)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def read_grid(directory: Path) -> xr.Dataset:
    """Return the grid of a study without its results.

    Raises
    ------
    ArgumentError
        If the folder contains no study.
    """
    try:
        stored: xr.Dataset
        with xr.open_zarr(directory / GRID_FOLDER, chunks=None) as stored:
            names = [
                name for name in stored.coords if {*stored[name].dims} <= {*stored["key"].dims}
            ]
            grid = (
                stored[["key"]]
                .reset_coords(drop=True)
                .assign_coords({name: stored[name] for name in names})
            )
            grid = grid.load()
            grid.attrs = {
                name: stored.attrs[name] for name in GRID_ATTRIBUTES if name in stored.attrs
            }
            return grid
    except (OSError, KeyError, ValueError):
        raise ArgumentError("directory", "contain a study", str(directory), CREATE_STUDY) from None


GRID_ATTRIBUTES = ("title", "description", "study", "merits", "versions")
"""Attributes of the grid that describe the study and not its results."""


def _state(store: Store, grid: xr.Dataset) -> str:
    """Return a hash of everything that determines the filled grid."""
    content: list[Any] = [dict(grid.attrs), *store.files, *map(str, grid["key"].to_numpy().ravel())]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _state_of(path: Path) -> str | None:
    try:
        return str(json.loads((path / ".zattrs").read_text())["state"])
    except (OSError, ValueError, KeyError):
        return None


def _encoding(data: xr.Dataset) -> dict[str, Any]:
    """Return the chunk sizes: one chunk per variable, several for a large one."""
    encoding = {}
    for name, array in data.variables.items():
        chunks: list[int] = []
        size = 1
        for length in reversed(array.shape):
            chunks.insert(0, max(1, min(length, MAX_CHUNK // size)))
            size *= chunks[0]
        if array.ndim:
            encoding[str(name)] = {"chunks": tuple(chunks)}
    return encoding
