"""``qubatt charge``: charging curves of any registered battery."""

from __future__ import annotations

from json import dumps
from pathlib import Path
from typing import Annotated, Any

import typer

from qubatt.cli.declared import command_for
from qubatt.cli.option import Charger, Environment, Json, Merits, Output, Strict, surroundings
from qubatt.core.registry import registry


def register(app: typer.Typer) -> None:
    """Add one sub-command per registered battery."""
    import qubatt.models  # noqa: F401  # registers the batteries

    group = typer.Typer(
        help="Charge a battery and report its figures of merit over time.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    for name, cls in registry.items("battery").items():
        if cls.typed:
            group.command(name, no_args_is_help=True)(command_for(cls, _charge))
    app.add_typer(group, name="charge")


def _charge(
    battery: Any,
    *,
    charger: Charger = None,
    environment: Environment = None,
    t_end: Annotated[
        float | None, typer.Option(help="Last time, in 1/omega_ref", show_default="10")
    ] = None,
    points: Annotated[
        int | None,
        typer.Option(help="Number of output times from 0 to t-end", show_default="101"),
    ] = None,
    until_steady: Annotated[
        bool,
        typer.Option("--until-steady", help="Go on until the steady state; chooses the times"),
    ] = False,
    merit: Merits = None,
    engine: Annotated[
        str,
        typer.Option(
            help="auto, or one of: qubatt list engine; with options as in exact:tolerance=1e-10"
        ),
    ] = "auto",
    output: Output = None,
    plot: Annotated[Path | None, typer.Option(help="Draw it (.png, .pdf or .svg)")] = None,
    strict: Strict = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what it would take: engine, memory, work")
    ] = False,
    json: Json = False,
) -> None:
    times = _times(t_end, points, until_steady, dry_run)
    import qubatt.engines  # registers what the option names
    from qubatt.charging import charge
    from qubatt.cli.parse import named
    from qubatt.cli.result import Progress, check_targets, deliver

    check_targets(output, plot)
    state, parts = surroundings(charger, environment)
    solver = engine if engine == "auto" else named("engine", engine)
    if dry_run:
        found = qubatt.engines.cost(battery.problem(state, parts), times, solver)
        typer.echo(dumps(found.to_dict(), indent=2) if json else str(found))
        return
    with Progress() as progress:
        run = charge(
            battery,
            times,
            state,
            parts,
            merit or None,
            solver,
            progress=lambda done: progress.show("charging", done, 1.0),
            strict=strict,
        )
    deliver(run, output, plot, as_json=json)


def _times(t_end: float | None, points: int | None, until_steady: bool, dry_run: bool) -> Any:
    """Return the output times that the options ask for."""
    from qubatt.cli.parse import LONGEST, finite
    from qubatt.core.errors import ArgumentError

    if until_steady:
        for argument, given in (("t_end", t_end), ("points", points), ("dry_run", dry_run or None)):
            if given is not None:
                cure = "With --until-steady the times are found while computing."
                raise ArgumentError(argument, "be left out", given, cure)
        return "auto"
    end, count = 10.0 if t_end is None else t_end, 101 if points is None else points
    if not finite("t_end", end) > 0:
        raise ArgumentError("t_end", "be positive", end)
    if not 2 <= count <= LONGEST:
        raise ArgumentError("points", f"be from 2 to {LONGEST}", count)
    import numpy as np

    return np.linspace(0.0, end, count)
