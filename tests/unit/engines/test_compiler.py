"""Compiled code: kept where it can be, compiled anew where files are missing, foreign or broken."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import qubatt
from qubatt.engines.exact import compiler

KERNEL = """
import qubatt.engines.exact.kernels as kernels
import numpy as np
out = np.empty((1, 3))
kernels.bessel(np.array([1.0]), 1.0, out)
stats = kernels.bessel.stats
print(round(out[0, 1], 6), len(stats.cache_hits), len(stats.cache_misses))
"""

READ_ONLY = """
import numba.core.caching as caching
def refuse(self):
    raise PermissionError(13, "Read-only file system")
caching._CacheLocator.ensure_cache_path = refuse
"""


def run(code: str, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a process of its own, with compiled code in a folder."""
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=os.environ | {"NUMBA_CACHE_DIR": str(folder)} | more,
        check=True,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder that holds the compiled code."""
    assert run(KERNEL, tmp_path).stdout.split() == ["0.440051", "0", "1"]
    assert run(KERNEL, tmp_path).stdout.split() == ["0.440051", "1", "0"]
    return tmp_path


def test_damaged_files_are_compiled_anew(folder: Path) -> None:
    """Files that end early, hold anything else, or name a class that has moved."""
    indices, data = (list(folder.rglob(f"*bessel*.{kind}")) for kind in ("nbi", "nbc"))
    assert indices
    assert data
    for path in indices:
        path.write_bytes(path.read_bytes().replace(b"numba.core.types", b"numba.gone.types"))
    assert run(KERNEL, folder).stdout.split() == ["0.440051", "0", "1"]
    for path in data:
        path.write_bytes(b"nothing that pickle knows")
    assert run(KERNEL, folder).stdout.split() == ["0.440051", "0", "1"]
    assert run(KERNEL, folder).stdout.split() == ["0.440051", "1", "0"]


def test_other_sources_are_compiled_anew(folder: Path, tmp_path: Path) -> None:
    """Code is not taken from the cache once a file that is compiled into it has changed."""
    copy = tmp_path / "copy"
    shutil.copytree(Path(qubatt.__file__).parent, copy / "qubatt")
    path = {"PYTHONPATH": str(copy)}
    assert run(KERNEL, folder, **path).stdout.split()[1:] == ["0", "1"]
    assert run(KERNEL, folder, **path).stdout.split()[1:] == ["1", "0"]
    for name in compiler.SOURCES:
        with (copy / "qubatt/engines/exact" / name).open("a", encoding="utf-8") as file:
            file.write("# changed\n")
        assert run(KERNEL, folder, **path).stdout.split()[1:] == ["0", "1"], name


def test_without_a_folder_it_runs_and_says_so_once(tmp_path: Path) -> None:
    """Package and home directory read-only: compiled in memory, one warning with the cure."""
    done = run(READ_ONLY + KERNEL, tmp_path)
    assert done.stdout.split()[0] == "0.440051"
    assert done.stderr.count("QubattWarning") == 1
    assert "NUMBA_CACHE_DIR" in done.stderr


def test_a_full_disk_does_not_end_a_run(tmp_path: Path) -> None:
    """What cannot be written is compiled in memory."""
    full = "import numba.core.caching as caching\ndef full(*_):\n    raise OSError(28, 'full')\n"
    full += "caching.IndexDataCacheFile._save_data = full\n"
    full += "caching.IndexDataCacheFile._save_index = full\n"
    assert run(full + KERNEL, tmp_path).stdout.split()[0] == "0.440051"
