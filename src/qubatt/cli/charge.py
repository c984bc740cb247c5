"""``qubatt charge``: charging curves of any registered battery."""

from __future__ import annotations

from json import dumps
from pathlib import Path
from typing import Annotated, Any

import typer

from qubatt.cli.declared import command_for
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
        group.command(name, no_args_is_help=True)(command_for(cls, _charge))
    app.add_typer(group, name="charge")


def _charge(
    battery: Any,
    *,
    charger: Annotated[
        str | None,
        typer.Option(
            help="Charger state of a cavity, such as fock:6 or coherent:6"
            " [default: a photon per atom]"
        ),
    ] = None,
    environment: Annotated[
        list[str] | None,
        typer.Option(
            help="Dissipator, such as cavity-loss:0.5 or cavity-loss:rate=0.5,n_thermal=0.1;"
            " may be given several times"
        ),
    ] = None,
    t_end: Annotated[float, typer.Option(help="Last time, in 1/omega_ref")] = 10.0,
    points: Annotated[int, typer.Option(help="Number of output times from 0 to t-end")] = 101,
    merit: Annotated[
        list[str] | None,
        typer.Option(help="Figure of merit (see: qubatt list merit); may be given several times"),
    ] = None,
    engine: Annotated[
        str,
        typer.Option(
            help="auto, or one of: qubatt list engine; with options as in exact:tolerance=1e-10"
        ),
    ] = "auto",
    output: Annotated[Path | None, typer.Option(help="Write the result as netCDF")] = None,
    plot: Annotated[Path | None, typer.Option(help="Draw it (.png, .pdf or .svg)")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what it would take: engine, memory, work")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the result as JSON")] = False,
) -> None:
    from qubatt.cli.parse import LONGEST, finite, named
    from qubatt.core.errors import ArgumentError

    if not finite("t_end", t_end) > 0:
        raise ArgumentError("t_end", "be positive", t_end)
    if not 2 <= points <= LONGEST:
        raise ArgumentError("points", f"be from 2 to {LONGEST}", points)
    import numpy as np

    import qubatt.engines
    import qubatt.environment
    import qubatt.states  # noqa: F401  # these three register what options name
    from qubatt.charging import charge
    from qubatt.cli.result import Progress, check_targets, deliver

    check_targets(output, plot)
    state = named("charger", charger) if charger is not None else None
    parts = [named("environment", text) for text in environment or []]
    solver = engine if engine == "auto" else named("engine", engine)
    times = np.linspace(0.0, t_end, points)
    if dry_run:
        from qubatt.engines import cost

        found = cost(battery.problem(state, parts), times, solver)
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
        )
    deliver(run, output, plot, as_json=json)
