"""Atomic writing of files: a file is written completely or not at all."""

from __future__ import annotations

import contextlib
import ctypes
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from qubatt.core.errors import ArgumentError


def check_directory(argument: str, path: Path) -> Path:
    """Return `path` as a writable directory, which is created if it does not exist.

    Raises
    ------
    ArgumentError
        If the directory cannot be created or written to.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            pass
    except OSError as error:
        requirement = f"be a directory that can be written to ({error.strerror})"
        raise ArgumentError(argument, requirement, str(path), "Choose another folder.") from None
    return path


def write_whole(
    path: str | Path, write: Callable[[Path], object], argument: str = "output"
) -> Path:
    """Call `write` on a temporary file next to `path`, then rename it to `path` atomically.

    Parameters
    ----------
    path : path
        Path of the file; an existing file stays unchanged until the new one is complete.
    write : callable
        Function that writes a file to a given path, which has the suffix of `path`.

    argument : str
        Name of the argument in error messages.

    Raises
    ------
    ArgumentError
        If the folder cannot be written to.
    """
    path = Path(path)
    if path.is_dir():
        raise ArgumentError(argument, "be a file, not a directory", str(path))
    check_directory(argument, path.parent)
    handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=path.suffix, dir=path.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        write(temporary)
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return path


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def exchange(new: Path, target: Path) -> None:
    """Exchange a new directory with an old one; the old one is then at the path of the new one.

    The exchange takes one step if the system supports this (Linux), otherwise two.
    """
    if not target.exists():
        with contextlib.suppress(OSError):  # another process may put one there first
            new.rename(target)
            return
    if not _swap(new, target):
        old = new.with_name(f"{new.name}-old")
        target.rename(old)
        new.rename(target)
        old.rename(new)


def _swap(one: Path, other: Path) -> bool:
    """Exchange two paths atomically; return False if the system does not support this."""
    rename = getattr(ctypes.CDLL(None), "renameat2", None) if os.name == "posix" else None
    here, swapping = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    return (
        rename is not None
        and rename(here, os.fsencode(one.absolute()), here, os.fsencode(other.absolute()), swapping)
        == 0
    )
