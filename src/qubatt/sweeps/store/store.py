"""Where results of points stand: files that are written once, whole or not at all."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import shutil
import time
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qubatt.core.errors import ArgumentError
from qubatt.core.file import check_directory, write_whole
from qubatt.results.status import FAILED
from qubatt.sweeps.store.point_result import (
    Arrays,
    PointResult,
    kept_of_row,
    keys_in,
    row_of_kept,
    stack,
    unstack,
)
from qubatt.sweeps.study.run_spec import Kept

BROKEN = (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile, zlib.error)
"""What reading a damaged file raises."""

GRID = "data.zarr"
"""Name of the grid in a store."""

TEMPORARY = (".grid-*", ".study-*.toml", "points/.*.npz", "states/.*.npz")
"""Names of what is being written."""

LEFT_BEHIND = 3600.0
"""Seconds after which a temporary file is nobody's any more."""


class Memory:
    """Rows of a study that is not stored."""

    def __init__(self) -> None:
        self._rows: dict[str, list[PointResult]] = {}

    def refresh(self) -> None:
        """Look for results of others: there are none."""

    def get(self, key: str, merit_names: Iterable[str]) -> PointResult | None:
        """Return the result of a point that is nearest to these merits, None if there is none.

        `PointResult.covers` tells whether they are all there, or failed to be.
        """
        return min(
            self._rows.get(key, ()),
            key=lambda row: (
                not row.covers(merit_names),
                row.status == FAILED,
                -len(row.merit_names),
            ),
            default=None,
        )

    def find(self, beginning: str) -> PointResult:
        """Return the result of the one point whose key begins so.

        Raises
        ------
        ArgumentError
            If there is none, or more than one.
        """
        found = [key for key in self._rows if beginning and key.startswith(beginning)]
        if len(found) != 1:
            cure = f"{len(found)} of {len(self._rows)} do. The variable `key` of the grid has them."
            raise ArgumentError("point", "be the beginning of one key", beginning, cure)
        return max(
            self._rows[found[0]], key=lambda row: (row.status != FAILED, len(row.merit_names))
        )

    def kept(self, key: str) -> Kept | None:  # noqa: ARG002  # nothing is
        """Return what was kept of a point: nothing."""
        return None

    def add(self, rows: Iterable[PointResult], kept: Mapping[str, Kept]) -> None:  # noqa: ARG002
        """Take results in."""
        for row in rows:
            others = self._rows.get(row.key, [])
            self._rows[row.key] = [old for old in others if not row.replaces(old)] + [row]


class Store(Memory):
    """A folder with the results of points, each under its key.

    ``points/*.npz`` hold results, several points in each, and ``states/*.npz`` what they were read
    off. A file is named by a hash of what it holds and put in place in one step, so that a kill or
    a full disk leaves whole files only, and two processes may write to one folder.
    """

    def __init__(self, directory: Path) -> None:
        super().__init__()
        self.directory = directory
        self._seen: set[str] = set()
        self._indexed: set[str] = set()
        self._kept: dict[str, str] = {}  # names of files, by key
        self._opened: tuple[str, dict[str, PointResult]] = "", {}  # the file read last

    @classmethod
    def create(cls, directory: str | Path) -> Store:
        """Return the store in a folder, made if need be.

        Raises
        ------
        ArgumentError
            If it cannot be written to.
        """
        if str(directory) == "":
            raise ArgumentError("output", "name a folder", str(directory))
        directory = Path(directory)
        for part in (directory, directory / "points", directory / "states"):
            check_directory("output", part)
        store = cls(directory)
        store._sweep_up()
        store.refresh()
        return store

    @classmethod
    def open(cls, directory: str | Path) -> Store:
        """Return the store in an existing folder.

        Raises
        ------
        ArgumentError
            If there is none.
        """
        directory = Path(directory)
        if not (directory / "points").is_dir():
            cure = "qubatt sweep study.toml --output DIR makes one."
            raise ArgumentError("directory", "hold a study", str(directory), cure)
        store = cls(directory)
        store.refresh()
        return store

    def refresh(self) -> None:
        """Read what was added since, by whomever; damaged files count as not there."""
        for path in self._files("points"):
            if path.name not in self._seen:
                self._seen.add(path.name)
                packed = _read(path)
                super().add(unstack(packed) if packed is not None else (), {})

    def kept(self, key: str) -> Kept | None:
        """Return what was kept of a point, None if nothing was."""
        for path in self._files("states") if key not in self._kept else ():
            if path.name not in self._indexed:
                self._indexed.add(path.name)
                self._kept |= dict.fromkeys(keys_in(_read(path, "/facts") or {}), path.name)
        name = self._kept.get(key)
        if name is None:
            return None
        if name != self._opened[0]:
            packed = _read(self.directory / "states" / name)
            rows = unstack(packed) if packed is not None else ()
            self._opened = name, {row.key: row for row in rows}
        row = self._opened[1].get(key)
        return None if row is None else kept_of_row(row)

    def add(self, rows: Iterable[PointResult], kept: Mapping[str, Kept]) -> None:
        """Write results, those of one call into one file, before taking them in.

        Raises
        ------
        OSError
            If the disk is full; nothing is left of what was being written.
        """
        rows = list(rows)
        if kept:
            self._write("states", stack(row_of_kept(key, solved) for key, solved in kept.items()))
        if rows:
            self._seen.add(self._write("points", stack(rows)))
        super().add(rows, {})

    @property
    def files(self) -> tuple[str, ...]:
        """Names of the files of results read or written so far."""
        return tuple(sorted(self._seen))

    @property
    def nbytes(self) -> int:
        """Bytes on disk."""
        total = 0
        for own in ("points", "states", GRID):
            for folder, _, names in os.walk(self.directory / own):  # leaves out what is gone
                for name in names:
                    with contextlib.suppress(FileNotFoundError):
                        total += Path(folder, name).stat().st_size
        return total

    def _sweep_up(self) -> None:
        """Remove what writers that were killed left behind, so old that none is at it any more."""
        for pattern in TEMPORARY:
            for part in self.directory.glob(pattern):
                with contextlib.suppress(OSError):  # another process was quicker
                    if time.time() - part.stat().st_mtime > LEFT_BEHIND:
                        shutil.rmtree(part) if part.is_dir() else part.unlink()

    def _files(self, folder: str) -> list[Path]:
        return sorted((self.directory / folder).glob("[!.]*.npz"))

    def _write(self, folder: str, packed: Arrays) -> str:
        digest = hashlib.sha256()
        for name, array in packed.items():
            digest.update(f"{name} {array.dtype.str} {array.shape}\n".encode())
            digest.update(np.ascontiguousarray(array).data)
        name = f"{digest.hexdigest()[:32]}.npz"
        write_whole(self.directory / folder / name, functools.partial(_savez, packed))
        return name


def _savez(packed: Arrays, path: Path) -> None:
    np.savez(path, **packed)  # type: ignore[arg-type]  # numpy's **kwds stub


def _read(path: Path, part: str = "") -> dict[str, NDArray[Any]] | None:
    """Return the arrays of a file that have a part in their names, None if it is damaged."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            return {name: stored[name] for name in stored if part in name}
    except BROKEN:
        return None
