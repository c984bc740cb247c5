"""Results survive a round trip through a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import qubatt as qb


@pytest.fixture
def cycle() -> xr.Dataset:
    """Return a result with three dims, a boolean variable and NaN."""
    return qb.recharge(n_atoms=[2, 6], interaction=[0.1, 4.0], beta=[0.0, 1.0, 2.0])


def test_run_comes_back_identical(tmp_path: Path) -> None:
    """Values, labels and attributes of a run."""
    run = qb.charge(qb.DrivenBattery(2, 1.0), times=[0.0, 0.5, 2.0], merits=["energy", "power"])
    path = qb.save(run, tmp_path / "run.nc")
    assert path == tmp_path / "run.nc"
    xr.testing.assert_identical(qb.load(path), run)


def test_cycle_comes_back_identical(tmp_path: Path, cycle: xr.Dataset) -> None:
    """NaN, booleans and scalar coordinates survive too."""
    assert np.isnan(cycle.efficiency).any()
    xr.testing.assert_identical(qb.load(qb.save(cycle, tmp_path / "c.nc")), cycle)
    point = cycle.isel(n_atoms=0, interaction=1, beta=2)
    xr.testing.assert_identical(qb.load(qb.save(point, str(tmp_path / "p.nc"))), point)


def test_loaded_results_do_not_hold_the_file(tmp_path: Path, cycle: xr.Dataset) -> None:
    """A file may be replaced while what was read from it is in use."""
    path = qb.save(cycle, tmp_path / "c.nc")
    loaded = qb.load(path)
    qb.save(cycle + 1.0, path)
    xr.testing.assert_identical(loaded, cycle)
    assert qb.load(path).work.max() > 1.0


def test_save_makes_the_folder_and_leaves_nothing_else(tmp_path: Path, cycle: xr.Dataset) -> None:
    """No temporary file stays behind."""
    path = qb.save(cycle, tmp_path / "deep" / "er" / "c.nc")
    assert list(path.parent.iterdir()) == [path]


def test_what_cannot_be_written_leaves_the_old_file(tmp_path: Path, cycle: xr.Dataset) -> None:
    """A Dataset that netCDF cannot hold fails before it replaces anything."""
    path = qb.save(cycle, tmp_path / "c.nc")
    with pytest.raises(ValueError, match="cannot serialize"):
        qb.save(cycle.assign(bad=("n_atoms", [object(), object()])), path)
    xr.testing.assert_identical(qb.load(path), cycle)
    assert list(tmp_path.iterdir()) == [path]


def test_save_to_a_directory_is_refused(tmp_path: Path, cycle: xr.Dataset) -> None:
    """A folder is no file."""
    with pytest.raises(qb.ArgumentError, match="must be a file, not a directory"):
        qb.save(cycle, tmp_path)


def test_load_of_a_missing_file(tmp_path: Path) -> None:
    """The path is named."""
    with pytest.raises(qb.ArgumentError) as caught:
        qb.load(tmp_path / "none.nc")
    assert str(caught.value).startswith(
        "Argument `path` must be an existing file or folder, but is"
    )
    assert caught.value.value == str(tmp_path / "none.nc")


def test_load_of_something_else(tmp_path: Path) -> None:
    """A text file and a folder are no netCDF files."""
    text = tmp_path / "text.nc"
    text.write_text("not a result")
    with pytest.raises(qb.ArgumentError, match="must be a netCDF file"):
        qb.load(text)
    for path in (tmp_path, None):
        with pytest.raises(
            qb.ArgumentError, match=r"must be (an existing file|the folder of a study)"
        ):
            qb.load(path)


def test_save_names_its_own_argument(tmp_path: Path, cycle: xr.Dataset) -> None:
    """The argument of `save` is called path."""
    with pytest.raises(qb.ArgumentError) as caught:
        qb.save(cycle, tmp_path)
    assert caught.value.argument == "path"
