"""Show results, store them, and show progress on the way."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Hashable
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import rich.progress
import typer
import xarray as xr
from rich.console import Console

from qubatt.core.errors import ArgumentError
from qubatt.core.file import check_directory
from qubatt.io import save
from qubatt.results.summary import aligned, entries, summary

ROWS = 12
"""Rows of the table that stands for a long result."""

LABELS = ("units", "long_name", "definition")
"""What JSON tells of a variable beside its values."""


class Progress:
    """A progress bar with the time left, on standard error, in a terminal.

    Elsewhere, each label is printed once if `announce` is set, so that logs tell what goes on.
    """

    def __init__(self, announce: bool = False) -> None:
        self._announce = announce
        self._console = Console(stderr=True)
        self._bars = rich.progress.Progress(
            rich.progress.TextColumn("{task.description}"),
            rich.progress.BarColumn(),
            rich.progress.TaskProgressColumn(),
            rich.progress.TimeElapsedColumn(),
            rich.progress.TextColumn("left"),
            rich.progress.TimeRemainingColumn(),
            console=self._console,
            disable=not self._console.is_terminal,
        )
        self._tasks: dict[str, rich.progress.TaskID] = {}

    def __enter__(self) -> Progress:
        self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bars.stop()

    def show(self, label: str, done: float, total: float) -> None:
        """Show that `done` of `total` is done of the work called `label`."""
        if label not in self._tasks:
            self._tasks[label] = self._bars.add_task(label, total=total)
            if self._announce and not self._console.is_terminal and done < total:
                self._console.print(f"{label} …", highlight=False)
        self._bars.update(self._tasks[label], completed=done, total=total)


def check_targets(output: Path | None, plot: Path | None) -> None:
    """Refuse targets that cannot be written, before anything is computed.

    Raises
    ------
    ArgumentError
        Naming the option.
    """
    for argument, path in (("output", output), ("plot", plot)):
        if path is None:
            continue
        check_directory(argument, path.parent)
        if path.is_dir():
            raise ArgumentError(argument, "be a file, not a directory", str(path))
    if output is not None and output.suffix != ".nc":
        raise ArgumentError("output", "end in .nc", str(output), "Results are netCDF files.")
    if plot is not None and plot.suffix.lower() not in (".png", ".pdf", ".svg"):
        raise ArgumentError("plot", "end in .png, .pdf or .svg", str(plot))


def deliver(result: xr.Dataset, output: Path | None, plot: Path | None, *, as_json: bool) -> None:
    """Store, print and draw a result."""
    if output is not None:
        save(result, output)
    if as_json:
        typer.echo(json.dumps(_plain(result), ensure_ascii=False, allow_nan=False))
    else:
        for lines in tables(result, shutil.get_terminal_size().columns):
            typer.echo("\n".join([*lines, ""]))
        typer.echo(summary(result, lines=None))
    if plot is not None:
        from qubatt.plots import plot as draw
        from qubatt.plots import save_figure

        save_figure(draw(result), plot)


def _plain(result: xr.Dataset) -> dict[str, Any]:
    """Return a Dataset for JSON: arrays as lists, NaN as null, JSON attributes unpacked."""
    content: dict[str, Any] = {"attributes": {}}
    for name, value in result.attrs.items():
        try:
            content["attributes"][name] = _finite(json.loads(value))
        except (TypeError, ValueError):
            content["attributes"][name] = _finite(value)
    for group, variables in (("coordinates", result.coords), ("variables", result.data_vars)):
        content[group] = {
            str(name): {"dims": list(array.dims), "values": _finite(array.to_numpy().tolist())}
            | {key: array.attrs[key] for key in LABELS if key in array.attrs}
            for name, array in variables.items()
        }
    return content


def _finite(value: Any) -> Any:
    """Return null for what JSON cannot hold, NaN and infinities."""
    if isinstance(value, np.generic | np.ndarray):
        value = value.tolist()
    if isinstance(value, dict):
        return {name: _finite(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [_finite(entry) for entry in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def tables(result: xr.Dataset, width: int) -> list[list[str]]:
    """Return the lines of one table for all that shares its dims, thinned where it is long."""
    groups: dict[tuple[Hashable, ...], dict[str, xr.DataArray]] = {}
    for name, array in entries(result).items():
        if array.size and array.dims:
            groups.setdefault(array.dims, {})[name] = array
    return [_table(dims, columns, width) for dims, columns in groups.items()]


def _table(dims: tuple[Hashable, ...], columns: dict[str, xr.DataArray], width: int) -> list[str]:
    """Return a table with one row per point, of as many columns as the terminal has room for."""
    first = next(iter(columns.values()))
    rows = np.unique(np.linspace(0, first.size - 1, min(ROWS, first.size)).round().astype(int))
    places = np.transpose(np.unravel_index(rows, first.shape))
    words = [
        [str(dim), *(f"{first[dim].to_numpy()[place]:.6g}" for place in column)]
        for dim, column in zip(dims, places.T, strict=True)
    ]
    for name, array in columns.items():
        words.append([name, *(f"{value + 0.0:.6g}" for value in array.to_numpy().ravel()[rows])])
    fits = np.cumsum([max(map(len, column)) + 2 for column in words]) - 2 <= width
    shown = max(int(fits.sum()), len(dims) + 1)
    lines = aligned(list(zip(*words[:shown], strict=True)), left=())
    hidden = len(words) - shown
    notes = [f"{len(rows)} of {first.size} rows"] if first.size > len(rows) else []
    notes += [f"{shown - len(dims)} of {len(columns)} columns"] if hidden else []
    return [*lines, *([f"({', '.join(notes)}; all with --output or --json)"] if notes else [])]
