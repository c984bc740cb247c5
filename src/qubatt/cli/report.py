"""``qubatt report``: an HTML page about a study."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from qubatt.cli.command import Command


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("report", cls=Command)(_report)


def _report(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="Folder of a study, or a .nc file")],
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="HTML page [default: PATH/report.html]")
    ] = None,
) -> None:
    """Write one HTML page about a study.

    The page shows its parameters, figures, certificates and failures.
    """
    from qubatt.reports import report

    typer.echo(f"Wrote {report(path, output)}")
