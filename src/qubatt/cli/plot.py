"""``qubatt plot``: figures of a study or a stored result."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from qubatt.cli.command import Command


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("plot", cls=Command)(_plot)


def _plot(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="Folder of a study, or a .nc file")],
    x: Annotated[
        str | None, typer.Option(metavar="PARAMETER", help="Parameter along the horizontal axis")
    ] = None,
    y: Annotated[
        str | None,
        typer.Option(metavar="PARAMETER", help="Parameter along the vertical axis of a map"),
    ] = None,
    value: Annotated[
        list[str] | None,
        typer.Option(metavar="VARIABLE", help="Variable, such as maximum_power; can be repeated"),
    ] = None,
    family: Annotated[
        str | None, typer.Option(metavar="PARAMETER", help="Parameter that labels the curves")
    ] = None,
    at: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="Fixed value, such as n_atoms=4; can be repeated"),
    ] = None,
    scaling: Annotated[
        bool, typer.Option("--scaling", help="Logarithmic axes, with fitted power laws")
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Image file (.png, .pdf or .svg) [default: PATH/VALUE.png]"
        ),
    ] = None,
) -> None:
    """Draw a study as lines, maps, families of curves or power laws.

    Lines need one axis, maps two.
    """
    from qubatt.cli.output import check_targets
    from qubatt.cli.parse import assignments
    from qubatt.plots import plot, save_figure
    from qubatt.reports import open_result

    fixed = assignments("at", at or [])
    dataset = open_result(path)
    options = [*(value or []), *(at or []), *(["scaling"] if scaling else [])]
    stem = re.sub(r"[^\w.=+-]+", "_", "-".join(options)) or ("plot" if path.is_dir() else path.stem)
    target = output or (path if path.is_dir() else path.parent) / f"{stem}.png"
    check_targets(None, target)
    figure = plot(dataset, value or None, x, family, y, fixed, scaling)
    typer.echo(f"Wrote {save_figure(figure, target)}")
