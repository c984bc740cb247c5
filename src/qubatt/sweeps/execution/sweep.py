"""Compute a study and reuse earlier results."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import xarray as xr

from qubatt.core.call import explained_call
from qubatt.core.file import write_whole
from qubatt.core.float_errors import usual_float_errors
from qubatt.sweeps.execution.progress import StudyProgress, reporting
from qubatt.sweeps.execution.runner import StudyRunner
from qubatt.sweeps.store.grid import empty_grid, filled_grid
from qubatt.sweeps.store.store import Store
from qubatt.sweeps.store.zarr import read_grid, write_grid
from qubatt.sweeps.study.study import Study


@explained_call
@usual_float_errors
def sweep(
    study: Study | Mapping[str, Any] | str | Path,
    output: str | Path | None = None,
    *,
    workers: int = 1,
    scheduler: str | None = None,
    retry_failed: bool = False,
    keep: bool | None = None,
    progress: bool | Callable[[StudyProgress], None] | None = False,
) -> xr.Dataset:
    """Compute a study and return its results on the grid of the varied parameters.

    Parameters
    ----------
    study : Study, mapping, or path of a TOML file
        The study; a mapping has the same tables as a file.
    output : path, optional
        Folder of the results. Earlier results in it are reused: an interrupted study is resumed,
        only the new points of an extended axis are computed, and further merits are computed from
        stored states. Results for different parameters are never mixed.
    workers : int
        Number of processes, each with one thread; 1 computes in this process with all its threads.
        A script that uses several must call `sweep` under ``if __name__ == "__main__":``.
    scheduler : str, optional
        Address of a Dask scheduler whose workers are used instead.
    retry_failed : bool
        Whether to compute failed points again.
    keep : bool, optional
        Whether to keep moments and battery states for further merits; by default they are kept if
        they take less than 1 GB in total.
    progress : bool or callable
        True draws a bar in a terminal or notebook; a function receives a `StudyProgress`.

    Returns
    -------
    xarray.Dataset
        Variables of `charge`, `steady_state` or `discharge`, in their units, with shape (axes of
        the study, own dimensions) and NaN where a point failed; the ``status`` and ``key`` of each
        point; the values of its certificate as ``certificate_…``; the names of its maxima at the
        last time, where the curve may still rise, as ``still_rising``. The attribute ``failures``
        lists all errors with the parameters of the points.

    Raises
    ------
    ArgumentError
        If the study is invalid; nothing is computed.
    OSError
        If results cannot be written, or the connection to a Dask scheduler is lost; results
        written before are kept.

    Examples
    --------
    >>> import qubatt as qb
    >>> study = {
    ...     "battery": {"type": "driven", "drive": 1.0},
    ...     "environment": ["collective-decay:0.5"],
    ...     "run": {"type": "steady", "merits": ["energy"]},
    ...     "sweep": {"battery.n_atoms": [1, 2, 3]},
    ... }
    >>> qb.sweep(study).energy.values.round(6).tolist()
    [0.16, 0.278788, 0.365859]
    """
    study = Study.of(study)
    grid = empty_grid(study)
    with StudyRunner(
        output, workers=workers, scheduler=scheduler, retry_failed=retry_failed, keep=keep
    ) as runner:
        store, written = runner.store, None
        if isinstance(store, Store):
            _write_study(store, study)
            write_grid(store, grid)
            written = functools.partial(write_grid, store, grid)
        with reporting(progress) as report:
            runner.run([study], report, written)
    return filled_grid(grid, store)


def load(directory: str | Path) -> xr.Dataset:
    """Load the results of a study from its folder, even while it runs or after an interruption.

    Raises
    ------
    ArgumentError
        If the folder contains no study.
    """
    store = Store.open(directory)
    return filled_grid(read_grid(store.directory), store)


def _write_study(store: Store, study: Study) -> None:
    """Write the study to its folder; the file of a different study is renamed."""
    text = study.to_toml()
    path = store.directory / "study.toml"
    earlier = path.read_text(encoding="utf-8") if path.is_file() else text
    if earlier != text:
        name = f"study-{hashlib.sha256(earlier.encode()).hexdigest()[:8]}.toml"
        write_whole(path.with_name(name), lambda part: part.write_text(earlier, encoding="utf-8"))
    if earlier != text or not path.is_file():
        write_whole(path, lambda part: part.write_text(text, encoding="utf-8"))
