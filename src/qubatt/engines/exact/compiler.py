"""Numba's compiler, with a cache that is used where it can be and never in the way."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

# Threads wait for each other once per product. By default they burn milliseconds before they let
# another process run, which makes two runs on the same cores up to a hundred times slower.
os.environ.setdefault("GOMP_SPINCOUNT", "1000")  # read when the OpenMP library is loaded

from numba import njit
from numba.core.caching import FunctionCache

from qubatt.core.errors import QubattWarning

SOURCES = ("kernels.py", "simd.py", "tables.py")
"""Files that compiled code is made of; Numba itself watches the file of each function only."""

OPTIONS = {"nogil": True, "error_model": "numpy"}


class KernelCache(FunctionCache):
    """Compiled functions in files, kept apart by what is in `SOURCES`.

    Files that cannot be read, such as those of an earlier version of this package, count as
    missing, and those that cannot be written are left out.
    """

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Return the compiled function for a signature, or None."""
        try:
            return super().load_overload(sig, target_context)
        except Exception:  # whatever reading a foreign pickle raises
            self._drop()
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep a compiled function."""
        try:
            super().save_overload(sig, data)
        except Exception:  # a full disk, or an index that is no longer readable
            self._drop()

    def _drop(self) -> None:
        """Empty the index, so that the next function can be kept."""
        try:
            self.flush()
        except OSError:
            self.disable()

    def _index_key(self, sig: Any, codegen: Any) -> tuple[Any, ...]:
        return (*super()._index_key(sig, codegen), _digest())


def compiled(**options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Return a decorator that compiles a function when it is called, with `OPTIONS` and others."""

    def decorate(function: Callable[..., Any]) -> Any:
        dispatcher = njit(**OPTIONS, **options)(function)
        try:
            dispatcher._cache = KernelCache(dispatcher.py_func)  # as enable_caching() does
        except RuntimeError:  # no folder for it
            _say_once()
        return dispatcher

    return decorate


@cache
def _digest() -> str:
    """Return a hash of the files of `SOURCES`."""
    folder = Path(__file__).parent
    texts = [(folder / name).read_bytes() for name in SOURCES if (folder / name).is_file()]
    return hashlib.sha256(b"\0".join(texts)).hexdigest()


@cache
def _say_once() -> None:
    """Warn that every process compiles again; in a study, the parent alone warns."""
    if multiprocessing.parent_process() is None:
        warnings.warn(
            f"Compiled code cannot be kept, because neither {Path(__file__).parent} nor the home"
            " directory can be written to: every process compiles it again, which takes some 20 s."
            " Set the environment variable NUMBA_CACHE_DIR to a directory that can be written to.",
            QubattWarning,
            stacklevel=2,
        )
