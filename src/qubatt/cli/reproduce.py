"""``qubatt reproduce``: reproduction of published results."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from qubatt.cli.command import Command


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("reproduce", cls=Command)(_reproduce)


def _reproduce(
    paper: Annotated[
        str, typer.Argument(metavar="PAPER", help="Key of the paper, such as zhang2024")
    ],
    figures: Annotated[
        str | None,
        typer.Option(metavar="NAMES", help="Figures, such as 2,5,repulsion [default: all]"),
    ] = None,
    reading: Annotated[str, typer.Option(metavar="READING", help="R1, R2, R3, R4 or all")] = "all",
    output: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder for the results [default: results/PAPER]"),
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Compute cached runs again")] = False,
) -> None:
    """Reproduce a published paper, with a verdict on every claim.

    The folder receives data, figures and one report.
    """
    from rich.console import Console
    from rich.table import Table

    import qubatt.papers
    from qubatt.core.progress import ProgressBar
    from qubatt.core.registry import registry

    paper_object = registry.get("paper", paper)
    keys = [part.strip() for part in figures.split(",")] if figures is not None else None
    folder = output if output is not None else Path("results") / paper
    with ProgressBar(announce=True) as progress:
        claims = qubatt.papers.reproduce(paper_object, folder, keys, reading, fresh, progress.show)
    table = Table(box=None, pad_edge=False)
    for name in ("claim", "verdict", "statement"):
        table.add_column(name)
    for claim in claims:
        shown = "holds where …" if claim.verdict == "holds where" else claim.verdict
        table.add_row(claim.key, shown, claim.statement)
    console = Console()
    console.print(table)
    left_out = [
        figure for figure in paper_object.figures if keys is not None and figure.key not in keys
    ]
    stale = [figure.key for figure in left_out if (folder / f"{figure.stem}.nc").exists()]
    if stale:
        console.print(
            f"Figures {', '.join(stale)} in {folder} are from an earlier run; claims.json and"
            " report.html cover only the figures of this run.",
            highlight=False,
        )
    console.print(f"Figures, data, claims.json and report.html are in {folder}", highlight=False)
