"""``qubatt steady``: the steady state of any registered battery."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from qubatt.cli.battery_commands import add_battery_commands
from qubatt.cli.option import (
    Certificate,
    Charger,
    CutoffTolerance,
    Dissipators,
    Json,
    Merits,
    Output,
    Strict,
)


def register(app: typer.Typer) -> None:
    """Add one sub-command per registered battery."""
    text = "Compute the steady state of a battery with an environment."
    add_battery_commands(app, "steady", text, _steady)


def _steady(
    battery: Any,
    *,
    environment: Dissipators = None,
    charger: Charger = None,
    merit: Merits = None,
    method: Annotated[
        str,
        typer.Option(
            metavar="METHOD", help="auto, or a steady solver (see: qubatt list steady-solver)"
        ),
    ] = "auto",
    gap: Annotated[
        bool, typer.Option("--gap", help="Add the relaxation rate (Liouvillian gap)")
    ] = False,
    output: Output = None,
    certificate: Certificate = "auto",
    cutoff_tolerance: CutoffTolerance = 1e-6,
    strict: Strict = False,
    json: Json = False,
) -> None:
    from qubatt.charging import steady_state
    from qubatt.cli.output import check_targets, deliver

    check_targets(output, None)
    end = steady_state(
        battery,
        charger=charger,
        environment=environment,
        merits=merit or None,
        method=method,
        gap=gap,
        certificate=certificate,  # type: ignore[arg-type]  # checked there
        cutoff_tolerance=cutoff_tolerance,
        progress=True,
        strict=strict,
    )
    deliver(end, output, None, as_json=json)
