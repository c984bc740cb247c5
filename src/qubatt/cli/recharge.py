"""``qubatt recharge``: ergotropy, work, heat and efficiency of the recharging process."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from qubatt.cli.command import Command


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("recharge", cls=Command)(_recharge)


def _recharge(
    n_atoms: Annotated[
        str, typer.Option(metavar="NUMBERS", help="Numbers of atoms: 6 or 6,10,12 or 2:12:6")
    ],
    interaction: Annotated[
        str, typer.Option(metavar="NUMBERS", help="Exchange g: 4 or 1,2,4 or 0:20:101")
    ],
    beta: Annotated[
        str, typer.Option(metavar="NUMBERS", help="Inverse temperatures: 1 or 0.5,1 or 0.01:5:100")
    ],
    omega_atom: Annotated[
        float, typer.Option(metavar="NUMBER", help="Level splitting of an atom")
    ] = 1.0,
    basis: Annotated[
        str,
        typer.Option(metavar="BASIS", help="symmetric (N + 1 ladder states) or full (2^N states)"),
    ] = "symmetric",
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the result as netCDF")
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw the result (.png, .pdf or .svg)")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the result as JSON")] = False,
) -> None:
    """Compute work, heat and efficiency of a recharging cycle."""
    from qubatt.cli.output import check_targets, deliver
    from qubatt.cli.parse import numbers
    from qubatt.core.errors import ArgumentError
    from qubatt.recharging import recharge

    check_targets(output, plot)
    axes = {
        "n_atoms": numbers("n_atoms", n_atoms),
        "interaction": numbers("interaction", interaction),
        "beta": numbers("beta", beta),
    }
    lists = [name for name, values in axes.items() if isinstance(values, list)]
    if plot is not None and not 1 <= len(lists) <= 2:
        cure = "Give one or two of n_atoms, interaction and beta as lists, the others as numbers."
        raise ArgumentError("plot", "have one or two axes", ", ".join(lists) or "none", cure)
    result = recharge(
        **axes,
        omega_atom=omega_atom,
        basis=basis,  # type: ignore[arg-type]  # checked by recharge
    )
    deliver(result, output, plot, as_json=json)
