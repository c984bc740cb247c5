"""Stores of results: in memory, or in files that are written atomically and never modified."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import hashlib
import os
import shutil
import time
import zipfile
import zlib
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qubatt.core.errors import ArgumentError
from qubatt.core.file import check_directory, write_whole
from qubatt.results.status import FAILED
from qubatt.sweeps.store.kept_state import result_of_state, state_of_result
from qubatt.sweeps.store.point_result import (
    Arrays,
    PointResult,
    keys_in,
    stack,
    unstack,
)
from qubatt.sweeps.study.point import SolvedState

READ_ERRORS = (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile, zlib.error)
"""Exceptions raised when a damaged file is read."""

CREATE_STUDY = "Create one with `qubatt sweep study.toml --output DIR`."
"""Advice in the error about a folder that contains no study."""

GRID_FOLDER = "data.zarr"
"""Folder of the grid in a store."""

TEMPORARY_NAMES = (".grid-*", ".study-*.toml", "points/.*.npz", "states/.*.npz")
"""Name patterns of temporary files."""

ABANDONED_AFTER = 3600.0
"""Age in seconds at which a temporary file is considered abandoned."""


class MemoryStore:
    """Results held in memory."""

    def __init__(self) -> None:
        self._results: dict[str, list[PointResult]] = {}

    def refresh(self) -> None:
        """Do nothing, because a store in memory has no results of other processes."""

    def get(self, key: str, merit_names: Iterable[str]) -> PointResult | None:
        """Return the result of a point that covers these merits best, or None if there is none.

        Use `PointResult.covers` to check whether the result has all of them.
        """
        results = self._results.get(key, ())
        if len(results) < 2:
            return results[0] if results else None
        return min(
            results,
            key=lambda result: (
                not result.covers(merit_names),
                result.status == FAILED,
                -len(result.merit_names),
            ),
        )

    def find(self, beginning: str) -> PointResult:
        """Return the result of the only point whose key begins with this string.

        Raises
        ------
        ArgumentError
            If no key, or more than one key, begins with this string.
        """
        keys = [key for key in self._results if beginning and key.startswith(beginning)]
        if len(keys) != 1:
            matches = f"It matches {len(keys)} of {len(self._results)} keys"
            cure = f"{matches}; the variable `key` of the results lists them."
            raise ArgumentError("point", "be the beginning of exactly one key", beginning, cure)
        results = self._results[keys[0]]
        return max(results, key=lambda result: (result.status != FAILED, len(result.merit_names)))

    def state(self, key: str) -> SolvedState | None:  # noqa: ARG002  # none is kept
        """Return the solved state of a point; a store in memory keeps none."""
        return None

    def discard(self, keys: Collection[str]) -> None:
        """Remove the results of points."""
        for key in keys:
            self._results.pop(key, None)

    def add(self, results: Iterable[PointResult]) -> None:
        """Add results, without their solved states."""
        for result in results:
            others = self._results.get(result.key, [])
            new = result if result.state is None else dataclasses.replace(result, state=None)
            self._results[result.key] = [old for old in others if not new.replaces(old)] + [new]


class Store(MemoryStore):
    """A folder with the results of points, identified by their keys.

    ``points/*.npz`` contain results, several points per file; ``states/*.npz`` contain the solved
    states, from which further merits are computed. A file is named by a hash of its content and
    moved into place atomically. All files are therefore complete even after a kill or on a full
    disk, and several processes can write to one folder.
    """

    def __init__(self, directory: Path) -> None:
        super().__init__()
        self.directory = directory
        self._files_read: set[str] = set()
        self._state_files_read: set[str] = set()
        self._state_files: dict[str, str] = {}  # file name by key
        self._last_states: tuple[str, dict[str, PointResult]] = "", {}  # name and states of a file

    @classmethod
    def create(cls, directory: str | Path) -> Store:
        """Open the store in a folder, which is created if it does not exist.

        Raises
        ------
        ArgumentError
            If the folder cannot be created or is not writable.
        """
        if str(directory) == "":
            raise ArgumentError("output", "name a folder", str(directory))
        directory = Path(directory)
        for part in (directory, directory / "points", directory / "states"):
            check_directory("output", part)
        store = cls(directory)
        store._remove_abandoned_files()
        store.refresh()
        return store

    @classmethod
    def open(cls, directory: str | Path) -> Store:
        """Open the store in an existing folder.

        Raises
        ------
        ArgumentError
            If the folder contains no study.
        """
        directory = Path(directory)
        if not (directory / "points").is_dir():
            raise ArgumentError("directory", "contain a study", str(directory), CREATE_STUDY)
        store = cls(directory)
        store.refresh()
        return store

    def refresh(self) -> None:
        """Read files that any process has added since the last call; damaged ones are ignored."""
        for path in self._files("points"):
            if path.name not in self._files_read:
                self._files_read.add(path.name)
                super().add(unstack(_read(path)))

    def state(self, key: str) -> SolvedState | None:
        """Return the solved state of a point, or None if it was not kept."""
        for path in self._files("states") if key not in self._state_files else ():
            if path.name not in self._state_files_read:
                self._state_files_read.add(path.name)
                self._state_files |= dict.fromkeys(keys_in(_read(path, "/facts")), path.name)
        name = self._state_files.get(key)
        if name is None:
            return None
        if name != self._last_states[0]:
            states = unstack(_read(self.directory / "states" / name))
            self._last_states = name, {state.key: state for state in states}
        result = self._last_states[1].get(key)
        return None if result is None else state_of_result(result)

    def add(self, results: Iterable[PointResult]) -> None:
        """Write solved states to one file and results to another, then add the results.

        Raises
        ------
        OSError
            If the disk is full; the incomplete file is removed.
        """
        results = list(results)
        states = [
            result_of_state(result.key, result.state)
            for result in results
            if result.state is not None
        ]
        if states:
            self._write("states", stack(states))
        if results:
            self._files_read.add(self._write("points", stack(results)))
        super().add(results)

    def discard(self, keys: Collection[str]) -> None:
        """Remove the results of points; other results in the same files are rewritten."""
        for path in [*self._files("points"), *self._files("states")]:
            arrays = _read(path)
            if not set(keys).isdisjoint(keys_in(arrays)):
                others = [result for result in unstack(arrays) if result.key not in keys]
                if others:
                    self._write(path.parent.name, stack(others))
                path.unlink(missing_ok=True)
        for key in keys:
            self._state_files.pop(key, None)
        super().discard(keys)

    @property
    def files(self) -> tuple[str, ...]:
        """Names of the files of results read or written so far."""
        return tuple(sorted(self._files_read))

    @property
    def nbytes(self) -> int:
        """Size on disk in bytes."""
        total = 0
        for part in ("points", "states", GRID_FOLDER):
            for folder, _, names in os.walk(self.directory / part):  # skips files that vanish
                for name in names:
                    with contextlib.suppress(FileNotFoundError):
                        total += Path(folder, name).stat().st_size
        return total

    def _remove_abandoned_files(self) -> None:
        """Remove temporary files that killed processes have abandoned."""
        for pattern in TEMPORARY_NAMES:
            for part in self.directory.glob(pattern):
                with contextlib.suppress(OSError):  # another process has removed it
                    if time.time() - part.stat().st_mtime > ABANDONED_AFTER:
                        shutil.rmtree(part) if part.is_dir() else part.unlink()

    def _files(self, folder: str) -> list[Path]:
        return sorted((self.directory / folder).glob("[!.]*.npz"))

    def _write(self, folder: str, arrays: Arrays) -> str:
        digest = hashlib.sha256()
        for name, array in arrays.items():
            digest.update(f"{name} {array.dtype.str} {array.shape}\n".encode())
            digest.update(np.ascontiguousarray(array).data)
        name = f"{digest.hexdigest()[:32]}.npz"
        write_whole(self.directory / folder / name, functools.partial(_savez, arrays))
        return name


def _savez(arrays: Arrays, path: Path) -> None:
    np.savez(path, **arrays)  # type: ignore[arg-type]  # numpy's **kwds stub


def _read(path: Path, part: str = "") -> dict[str, NDArray[Any]]:
    """Return the arrays of a file whose names contain `part`; none if the file is damaged."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            return {name: stored[name] for name in stored if part in name}
    except READ_ERRORS:
        return {}
