"""Store, print and draw results."""

from __future__ import annotations

import shutil
from pathlib import Path

import typer
import xarray as xr

from qubatt.cli.console import json_text
from qubatt.core.errors import ArgumentError
from qubatt.core.file import check_directory
from qubatt.io import save
from qubatt.results.plain_data import to_plain
from qubatt.results.summary import summary
from qubatt.results.tables import value_tables


def check_targets(output: Path | None, plot: Path | None) -> None:
    """Check before the computation that the output files can be written.

    Raises
    ------
    ArgumentError
        If a file cannot be written; the message names the option.
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
    written = [] if output is None else [save(result, output)]
    if as_json:
        typer.echo(json_text(to_plain(result)))
    else:
        for lines in value_tables(result, shutil.get_terminal_size().columns):
            typer.echo("\n".join([*lines, ""]))
        typer.echo(summary(result, max_lines=None))
    if plot is not None:
        from qubatt.plots import plot as draw
        from qubatt.plots import save_figure

        written.append(save_figure(draw(result), plot))
    for path in written if not as_json else ():
        typer.echo(f"Wrote {path}")
