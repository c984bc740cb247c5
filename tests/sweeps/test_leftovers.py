"""What killed writers left behind is never read, and swept up once nobody is at it any more."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import xarray as xr
from small import assert_same, driven, new_points

from qubatt.sweeps import load, sweep
from qubatt.sweeps.store.store import ABANDONED_AFTER, Store

OLD = ABANDONED_AFTER + 60.0


def litter(folder: Path, source: Path, age: float) -> list[Path]:
    """Leave what a killed writer leaves: part of a grid, part of a file, a whole one not named."""
    whole = next((source / "points").glob("*.npz")).read_bytes()
    parts = [folder / ".grid-abc", folder / "points/.12-abc.npz", folder / "states/.34-abc.npz"]
    parts += [folder / ".study-abc.toml"]
    parts[0].mkdir()
    (parts[0] / ".zattrs").write_text("{")
    parts[1].write_bytes(whole)
    parts[2].write_bytes(whole[:100])
    parts[3].write_text("battery")
    for part in parts:
        os.utime(part, (time.time() - age,) * 2)
    return parts


def test_young_leftovers_stay_and_are_not_read(tmp_path: Path) -> None:
    """They may be those of a writer that is alive, with other points in them."""
    wanted = sweep(driven(), tmp_path / "one")
    sweep(driven(battery={"type": "driven", "n_atoms": 3, "drive": 1.0}), tmp_path / "other")
    parts = litter(tmp_path / "one", tmp_path / "other", ABANDONED_AFTER - 60.0)
    data, new = new_points(driven(), tmp_path / "one")
    assert new == 0
    assert all(part.exists() for part in parts)
    assert len(Store.open(tmp_path / "one").files) == len(
        [*(tmp_path / "one/points").glob("[!.]*")]
    )
    assert_same(data, wanted)
    assert_same(load(tmp_path / "one"), wanted)


def test_old_leftovers_are_swept_up_and_nothing_else_is(tmp_path: Path) -> None:
    """Hidden files of others in that folder are not ours."""
    wanted = sweep(driven(), tmp_path)
    parts = litter(tmp_path, tmp_path, OLD)
    foreign = [tmp_path / ".git", tmp_path / ".nfs0001", tmp_path / "points" / ".keep"]
    for path in [*foreign, *tmp_path.glob("*/*.npz"), tmp_path / "data.zarr"]:
        path.touch()
        os.utime(path, (time.time() - OLD,) * 2)
    load(tmp_path)
    assert all(part.exists() for part in parts)  # who only looks changes nothing
    assert new_points(driven(), tmp_path)[1] == 0
    assert not any(part.exists() for part in parts)
    assert all(path.exists() for path in foreign)
    assert_same(load(tmp_path), wanted)


def test_damaged_files_count_as_not_there(tmp_path: Path) -> None:
    """A file that a disk lost the end of is computed again, and the grid is whole at last."""
    wanted = sweep(driven(), tmp_path)
    for folder in ("points", "states"):
        path = next((tmp_path / folder).glob("*.npz"))
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert (load(tmp_path).status == "missing").all()
    data, new = new_points(driven(), tmp_path)
    assert new == 3
    assert_same(data, wanted)
    with xr.open_zarr(tmp_path / "data.zarr") as grid:
        assert_same(grid.load(), wanted)
    wider = driven(run={**driven()["run"], "merits": ["energy", "purity"]})
    assert np.isfinite(sweep(wider, tmp_path).purity).all()
