"""A full disk ends a study with a sentence; with room again it goes on as if nothing was."""

from __future__ import annotations

import errno
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
from small import Starter, assert_same, small, written

from qubatt.results.status import status_counts
from qubatt.sweeps import load, sweep
from qubatt.sweeps.execution import study_computation as computation
from qubatt.sweeps.store import store

FULL = {"space": "No space left on device", "large": "File too large"}


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write every point by itself."""
    for name in ("CHUNK_SECONDS", "WRITE_SECONDS"):
        monkeypatch.setattr(computation, name, 0.0)


@pytest.fixture
def tiny(tmp_path: Path) -> Iterator[Path]:
    """Return a disk of 120 kB, where one may be made."""
    place = tmp_path / "tiny"
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=120k", "tmpfs", place],
        capture_output=True,
        check=False,
    )
    if made.returncode:
        pytest.skip("only root may mount a disk")
    yield place
    subprocess.run(["umount", place], check=True)


def full(*_: Any, **__: Any) -> None:
    """Be a disk without room."""
    raise OSError(errno.ENOSPC, FULL["space"])


@pytest.mark.usefixtures("hurry")
@pytest.mark.parametrize("at", range(0, 24, 5))
def test_write_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    """At whichever file it happens, the others are whole."""
    writes = 0
    savez = np.savez

    def failing(path: Path, **arrays: Any) -> None:
        nonlocal writes
        writes += 1
        if writes > at:
            path.write_bytes(b"PK half of it")
            full()
        savez(path, **arrays)

    with monkeypatch.context() as patch:
        patch.setattr(store.np, "savez", failing)
        with pytest.raises(OSError, match=FULL["space"]):
            sweep(small(), tmp_path)
    done = 12 - status_counts(load(tmp_path))["missing"] if at >= 2 else 0
    assert done == at // 2  # states first, then the point
    if (tmp_path / "data.zarr").exists():
        with xr.open_zarr(tmp_path / "data.zarr") as grid:
            grid.load()
    assert not [*tmp_path.glob("*/.*.npz")]
    for path in tmp_path.glob("*/*.npz"):
        with np.load(path) as whole:
            assert {name: whole[name] for name in whole}
    assert_same(sweep(small(), tmp_path), sweep(small()))


@pytest.mark.usefixtures("hurry")
def test_grid_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The points stay; the grid of before does too."""
    sweep(small(), tmp_path)
    with xr.open_zarr(tmp_path / "data.zarr") as grid:
        before = grid.load()
    longer = small(sweep={**small()["sweep"], "cavity-loss.rate": [0.1, 0.2, 0.3, 0.4]})
    with monkeypatch.context() as patch:
        patch.setattr(xr.Dataset, "to_zarr", full)
        with pytest.raises(OSError, match=FULL["space"]):
            sweep(longer, tmp_path)
    assert not [*tmp_path.glob(".grid-*")]
    assert_same(load(tmp_path), before)
    assert_same(sweep(longer, tmp_path), sweep(longer))


def outcome(error: str, cause: str) -> bool:
    """Return whether an error is one sentence with that cause."""
    return error.startswith("Error: ") and error.count("\n") == 1 and FULL[cause] in error


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_disk_that_is_full(tmp_path: Path, tiny: Path, qubatt: Starter, workers: int) -> None:
    """Results that fit on it are there; after a move to a larger one, the same command goes on."""
    study = small()
    file = written(study, tmp_path / "study.toml")
    arguments = ("sweep", file, "--workers", workers, "--output", tiny / "out")
    code, _, error = qubatt(*arguments).end()
    assert code == 2
    assert outcome(error, "space")
    done = 12 - status_counts(load(tiny / "out"))["missing"]
    assert 0 < done < 12
    with xr.open_zarr(tiny / "out" / "data.zarr") as grid:
        grid.load()
    assert qubatt("status", tiny / "out").end()[::2] == (0, "")
    subprocess.run(["mount", "-o", "remount,size=9m", tiny], check=True)
    code, _, error = qubatt(*arguments).end()
    assert (code, error) == (0, "")
    assert_same(load(tiny / "out"), sweep(study))


@pytest.mark.slow
@pytest.mark.parametrize("largest", [300, 1500, 3000, 5000])
def test_file_that_cannot_grow(tmp_path: Path, qubatt: Starter, largest: int) -> None:
    """A limit on the size of files is a full disk for large ones alone."""
    file = written(small(), tmp_path / "study.toml")
    arguments = ("sweep", file, "--workers", 1, "--output", tmp_path / "out")
    code, _, error = qubatt(*arguments, largest=largest).end()
    assert code == 2
    assert outcome(error, "large"), error
    code, _, error = qubatt(*arguments).end()
    assert (code, error) == (0, "")
    assert_same(load(tmp_path / "out"), sweep(small()))
