"""Options that several commands share, and what is built from them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

Charger = Annotated[
    str | None,
    typer.Option(
        help="Charger state of a cavity, such as fock:6 or coherent:6 [default: a photon per atom]"
    ),
]
Environment = Annotated[
    list[str] | None,
    typer.Option(
        help="Dissipator, such as cavity-loss:0.5 or cavity-loss:rate=0.5,n_thermal=0.1;"
        " may be given several times"
    ),
]
Merits = Annotated[
    list[str] | None,
    typer.Option(help="Figure of merit (see: qubatt list merit); may be given several times"),
]
Output = Annotated[Path | None, typer.Option(help="Write the result as netCDF")]
Strict = Annotated[
    bool, typer.Option("--strict", help="Fail (exit code 2) if the status is not ok")
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON")]


def surroundings(charger: str | None, environment: list[str] | None) -> tuple[Any, list[Any]]:
    """Return the charger state, if one is named, and the dissipators."""
    import qubatt.environment
    import qubatt.states  # noqa: F401  # these two register what options name
    from qubatt.core.named import named

    state = named("charger", charger) if charger is not None else None
    return state, [named("environment", text) for text in environment or []]
