"""Options that several commands share, and functions that read them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

CHARGER = "Charger state, such as fock:6 or, for a cavity, coherent:6"
"""Help text of the option --charger, to which `charger_of` appends the default."""

Charger = Annotated[str | None, typer.Option(help=CHARGER, metavar="STATE")]
Environment = Annotated[
    list[str] | None,
    typer.Option(
        metavar="DISSIPATOR",
        help="Dissipator, such as cavity-loss:0.5 or cavity-loss:rate=0.5,n_thermal=0.1;"
        " can be repeated",
    ),
]
Dissipators = Annotated[
    list[str] | None,
    typer.Option(
        "--environment",
        metavar="DISSIPATOR",
        help="Dissipator, such as cavity-loss:0.5 or cavity-loss:rate=0.5,n_thermal=0.1; at least"
        " one is needed; can be repeated",
    ),
]
"""The option --environment of commands that require an environment."""

Merits = Annotated[
    list[str] | None,
    typer.Option(
        metavar="MERIT",
        help="Figure of merit, such as ergotropy_full or free_energy:beta=2, or all (see:"
        " qubatt list merit); can be repeated",
    ),
]
Output = Annotated[Path | None, typer.Option(metavar="FILE", help="Write the result as netCDF")]
Plot = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Draw the result (.png, .pdf or .svg)")
]
TEnd = Annotated[
    float | None, typer.Option(metavar="NUMBER", help="Last time, in 1/omega_ref [default: 10]")
]
Points = Annotated[
    int | None,
    typer.Option(metavar="INTEGER", help="Number of output times from 0 to t-end [default: 101]"),
]
Strict = Annotated[
    bool, typer.Option("--strict", help="Fail (exit code 2) if the status is not ok")
]
Certificate = Annotated[
    str,
    typer.Option(
        metavar="auto|full|bound",
        help="How the error of the photon cut-off is determined: by a bound, and where it does not"
        " decide by a companion run with fewer levels; always by the companion; by the bound only",
    ),
]
CutoffTolerance = Annotated[
    float,
    typer.Option(
        metavar="NUMBER",
        help="Largest error of a merit due to the photon cut-off, relative to its scale",
    ),
]
Engine = Annotated[
    str,
    typer.Option(
        metavar="ENGINE",
        help="auto, or an engine with any options, such as exact:tolerance=1e-10"
        " (see: qubatt list engine)",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON")]


def charger_of(cls: type[Any]) -> Any | None:
    """Return the option --charger for a battery, or None if the battery has no charger."""
    from qubatt.core.declaration import example_of

    if example_of(cls).charger_factor is None:
        return None
    default = f" [default: {cls.usual_charger}]" if cls.usual_charger else ""
    return Annotated[str | None, typer.Option(help=CHARGER + default, metavar="STATE")]


def output_times(t_end: float | None, points: int | None) -> Any:
    """Return evenly spaced output times, by default 101 times from 0 to 10."""
    from qubatt.cli.parse import MAX_NUMBERS, finite
    from qubatt.core.errors import ArgumentError

    end, count = 10.0 if t_end is None else t_end, 101 if points is None else points
    if not finite("t_end", end) > 0:
        raise ArgumentError("t_end", "be positive", end)
    if not 2 <= count <= MAX_NUMBERS:
        raise ArgumentError("points", f"be from 2 to {MAX_NUMBERS}", count)
    import numpy as np

    return np.linspace(0.0, end, count)
