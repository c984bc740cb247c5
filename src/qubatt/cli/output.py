"""Show results, store them, and show progress on the way."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import rich.progress
import typer
import xarray as xr
from rich.console import Console

from qubatt.core.errors import ArgumentError
from qubatt.core.file import check_directory
from qubatt.io import save
from qubatt.results.plain_data import to_plain
from qubatt.results.summary import summary
from qubatt.results.tables import value_tables


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

    def __exit__(self, *error: Any) -> None:
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
        typer.echo(json.dumps(to_plain(result), ensure_ascii=False, allow_nan=False))
    else:
        for lines in value_tables(result, shutil.get_terminal_size().columns):
            typer.echo("\n".join([*lines, ""]))
        typer.echo(summary(result, max_lines=None))
    if plot is not None:
        from qubatt.plots import plot as draw
        from qubatt.plots import save_figure

        save_figure(draw(result), plot)
