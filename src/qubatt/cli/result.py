"""Show results, store them, and show progress on the way."""

from __future__ import annotations

import json
import math
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import rich.progress
import typer
import xarray as xr
from rich.console import Console
from rich.table import Table

from qubatt.core.errors import ArgumentError
from qubatt.core.file import check_directory
from qubatt.io import save

ROWS = 12
"""Rows of the table that stands for a long result."""

LONGEST_NUMBER = 12
"""Characters of a number in a table, at most."""


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
    """Store, draw and print a result."""
    if output is not None:
        save(result, output)
    if plot is not None:
        from qubatt.plots import plot as draw
        from qubatt.plots import save_figure

        save_figure(draw(result), plot)
    if as_json:
        typer.echo(json.dumps(_plain(result), ensure_ascii=False, allow_nan=False))
    else:
        _print(result)


def _plain(result: xr.Dataset) -> dict[str, Any]:
    """Return a Dataset for JSON: arrays as lists, NaN as null, JSON attributes unpacked."""
    content: dict[str, Any] = {"attributes": {}}
    for name, value in result.attrs.items():
        try:
            content["attributes"][name] = json.loads(value)
        except (TypeError, ValueError):
            content["attributes"][name] = value
    for group, variables in (("coordinates", result.coords), ("variables", result.data_vars)):
        content[group] = {
            str(name): {"dims": list(array.dims), "values": _finite(array.to_numpy().tolist())}
            | {key: array.attrs[key] for key in ("units", "long_name") if key in array.attrs}
            for name, array in variables.items()
        }
    return content


def _finite(value: Any) -> Any:
    if isinstance(value, list):
        return [_finite(entry) for entry in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _print(result: xr.Dataset) -> None:
    """Print the result and what it rests on."""
    console = Console()
    shown = _spread(
        result[[str(name) for name, array in result.data_vars.items() if array.dtype != bool]]
    )
    numbers = [str(name) for name, array in shown.data_vars.items() if not array.dims]
    if numbers:
        _print_values(console, shown[numbers])
    if shown.dims:
        _print_table(console, shown.drop_vars(numbers))
    for name, coordinate in result.coords.items():
        if coordinate.ndim == 0:
            console.print(f"{name} = {coordinate.item():g}", highlight=False)
    if "energy" in result and "time" in result.dims:
        best = result["energy"].argmax("time")
        console.print(
            f"largest stored energy {float(result['energy'][best]):.6g} omega_ref"
            f" at time {float(result['time'][best]):g}, last {float(result['energy'][-1]):.6g}",
            highlight=False,
        )
    _print_certificate(console, result)
    if bool(result.get("ambiguous", xr.DataArray(False)).any()):
        console.print(
            "Some points have degenerate levels: there work, heat and efficiency depend on how"
            " ties are broken (here by ascending H_0).",
            highlight=False,
        )


def _spread(result: xr.Dataset) -> xr.Dataset:
    """Return one variable per entry where a dim has names, such as ``environment``."""
    for dim in [dim for dim in result.dims if result[dim].dtype.kind in "OU"]:
        apart = {}
        for name, array in result.data_vars.items():
            if dim not in array.dims:
                apart[str(name)] = array
                continue
            for part in array.transpose(dim, ...):
                apart[f"{name} {part[dim].item()}"] = part.drop_vars(dim)
        result = xr.Dataset(apart)
    return result


def _print_values(console: Console, result: xr.Dataset) -> None:
    """Print what has no dims, a line each."""
    table = Table(box=None, pad_edge=False, show_header=False)
    for name, array in result.data_vars.items():
        units = array.attrs.get("units", "1")
        table.add_row(str(name), f"{array.item():.10g}", "" if units == "1" else units)
    console.print(table)


def _print_table(console: Console, result: xr.Dataset) -> None:
    """Print a table of the result, thinned where it is long."""
    shape = {
        dim: [f"{value:.6g}" for value in result[dim].to_numpy().tolist()] for dim in result.dims
    }
    frame = result.reset_coords(drop=True)
    flat = frame.stack(row=list(frame.dims))
    count = flat.sizes["row"]
    rows = np.unique(np.linspace(0, count - 1, min(ROWS, count)).round().astype(int))
    places = list(np.ndindex(*(len(labels) for labels in shape.values())))
    for names in _blocks([str(name) for name in result.data_vars], console.width - 10 * len(shape)):
        table = Table(box=None, pad_edge=False)
        for name in [*shape, *names]:
            table.add_column(str(name), justify="right")
        for row in rows:
            labels = [texts[k] for texts, k in zip(shape.values(), places[row], strict=True)]
            values = [float(flat[name][row]) for name in names]
            table.add_row(*labels, *(f"{value:.6g}" for value in values))
        console.print(table)
    if count > len(rows):
        console.print(f"({len(rows)} of {count} rows; all with --output or --json)")


def _blocks(names: list[str], width: int) -> list[list[str]]:
    """Return the names of columns in groups that fit beside one another."""
    blocks: list[list[str]] = [[]]
    room = width
    for name in names:
        needed = max(len(name), LONGEST_NUMBER) + 2
        if needed > room and blocks[-1]:
            blocks.append([])
            room = width
        blocks[-1].append(name)
        room -= needed
    return blocks


def _print_certificate(console: Console, result: xr.Dataset) -> None:
    """Print how far the result can be trusted."""
    if "uniqueness" in result.attrs:
        console.print(f"steady state: {result.attrs['uniqueness']}", highlight=False)
    if "cutoff" in result.attrs:
        chosen = json.loads(result.attrs["cutoff"])["chosen"]
        console.print(f"max_photons: {chosen}, found automatically", highlight=False)
    console.print(f"status: {result.attrs.get('status', 'ok')}", highlight=False)
    for name, value in json.loads(result.attrs.get("certificate", "{}")).items():
        shown = value if value is None or isinstance(value, int) else f"{value:.2e}"
        console.print(f"  {name}: {'not computed' if value is None else shown}", highlight=False)
