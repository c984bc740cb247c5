"""Numba's compiler, with a cache whose failure never stops a run."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

# Threads wait for each other once per product. By default they spin for milliseconds before they
# yield the core, which makes two runs on the same cores up to a hundred times slower.
os.environ.setdefault("GOMP_SPINCOUNT", "1000")  # read when the OpenMP library is loaded

from numba import njit
from numba.core.caching import FunctionCache

from qubatt.core.errors import QubattWarning

SOURCES = ("kernels.py", "simd.py", "tables.py")
"""Source files on which the cache depends; Numba itself checks only the file of each function."""

OPTIONS = {"nogil": True, "error_model": "numpy"}


class KernelCache(FunctionCache):
    """Cache of compiled functions in files, which depends on the content of `SOURCES`.

    Unreadable files, such as those of an earlier version of this package, count as missing; files
    that cannot be written are skipped.
    """

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Return the compiled function for a signature, or None."""
        try:
            return super().load_overload(sig, target_context)
        except Exception:  # reading a foreign pickle may raise anything
            self._drop()
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Store a compiled function."""
        try:
            super().save_overload(sig, data)
        except Exception:  # a full disk, or an index that is no longer readable
            self._drop()

    def _drop(self) -> None:
        """Clear the index, so that the next function can be stored."""
        try:
            self.flush()
        except OSError:
            self.disable()

    def _index_key(self, sig: Any, codegen: Any) -> tuple[Any, ...]:
        return (*super()._index_key(sig, codegen), _digest())


def compiled(**options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Return a decorator that compiles a function on its first call, with additional options."""

    def decorate(function: Callable[..., Any]) -> Any:
        dispatcher = njit(**OPTIONS, **options)(function)
        try:
            dispatcher._cache = KernelCache(dispatcher.py_func)  # as enable_caching() does
        except RuntimeError:  # no writable folder
            _warn_once()
        return dispatcher

    return decorate


@cache
def _digest() -> str:
    """Return a hash of the files of `SOURCES`."""
    folder = Path(__file__).parent
    texts = [(folder / name).read_bytes() for name in SOURCES if (folder / name).is_file()]
    return hashlib.sha256(b"\0".join(texts)).hexdigest()


@cache
def _warn_once() -> None:
    """Warn that compiled code is not cached; in a study, only the parent process warns."""
    if multiprocessing.parent_process() is None:
        warnings.warn(
            f"Compiled code cannot be cached, because neither {Path(__file__).parent} nor the home"
            " directory is writable. Every process compiles it again, which takes about 20 s. Set"
            " the environment variable NUMBA_CACHE_DIR to a writable directory.",
            QubattWarning,
            stacklevel=2,
        )
