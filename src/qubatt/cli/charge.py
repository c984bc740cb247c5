"""``qubatt charge``: charging curves of any registered battery."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from qubatt.cli.battery_commands import add_battery_commands
from qubatt.cli.console import json_text
from qubatt.cli.option import (
    Certificate,
    Charger,
    CutoffTolerance,
    Engine,
    Environment,
    Json,
    Merits,
    Output,
    Plot,
    Points,
    Strict,
    TEnd,
    output_times,
)


def register(app: typer.Typer) -> None:
    """Add one sub-command per registered battery."""
    text = "Charge a battery and report its figures of merit over time."
    add_battery_commands(app, "charge", text, _charge)


def _charge(
    battery: Any,
    *,
    charger: Charger = None,
    environment: Environment = None,
    t_end: TEnd = None,
    points: Points = None,
    until_steady: Annotated[
        bool,
        typer.Option("--until-steady", help="Charge until the steady state, with automatic times"),
    ] = False,
    merit: Merits = None,
    engine: Engine = "auto",
    output: Output = None,
    plot: Plot = None,
    state_times: Annotated[
        str | None,
        typer.Option(
            metavar="TIMES",
            help="Times for merits of the full state: 1,2 or 0:10:11 [default: all times]",
        ),
    ] = None,
    certificate: Certificate = "auto",
    cutoff_tolerance: CutoffTolerance = 1e-6,
    strict: Strict = False,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Print the cost (engine, memory, work) without running"),
    ] = False,
    json: Json = False,
) -> None:
    times = _times(t_end, points, until_steady, dry_run)
    from qubatt.charging import charge, cost
    from qubatt.cli.output import check_targets, deliver
    from qubatt.cli.parse import numbers

    check_targets(output, plot)
    wanted: dict[str, Any] = {
        "times": times,
        "charger": charger,
        "environment": environment,
        "merits": merit or None,
        "engine": engine,
        "state_times": None if state_times is None else numbers("state_times", state_times),
    }
    if dry_run:
        expected = cost(battery, **wanted)
        typer.echo(json_text(expected.to_dict(), indent=2) if json else str(expected))
        return
    run = charge(
        battery,
        **wanted,
        certificate=certificate,  # type: ignore[arg-type]  # checked there
        cutoff_tolerance=cutoff_tolerance,
        progress=True,
        strict=strict,
    )
    deliver(run, output, plot, as_json=json)


def _times(t_end: float | None, points: int | None, until_steady: bool, dry_run: bool) -> Any:
    """Return the output times that the options define."""
    if not until_steady:
        return output_times(t_end, points)
    from qubatt.core.errors import ArgumentError

    for argument, given in (("t_end", t_end), ("points", points), ("dry_run", dry_run or None)):
        if given is not None:
            cure = "With --until-steady the run itself determines the times."
            raise ArgumentError(argument, "be left out", given, cure)
    return "auto"
