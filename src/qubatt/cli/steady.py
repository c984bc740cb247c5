"""``qubatt steady``: the steady state of any registered battery."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from qubatt.cli.declared import command_for
from qubatt.cli.option import Charger, Environment, Json, Merits, Output, Strict, surroundings
from qubatt.core.registry import registry


def register(app: typer.Typer) -> None:
    """Add one sub-command per registered battery."""
    import qubatt.models  # noqa: F401  # registers the batteries

    group = typer.Typer(
        help="Report the steady state that a battery with an environment ends in.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    for name, cls in registry.items("battery").items():
        if cls.typed:
            group.command(name, no_args_is_help=True)(command_for(cls, _steady))
    app.add_typer(group, name="steady")


def _steady(
    battery: Any,
    *,
    charger: Charger = None,
    environment: Environment = None,
    merit: Merits = None,
    method: Annotated[str, typer.Option(help="auto, direct, secular or flow")] = "auto",
    gap: Annotated[
        bool, typer.Option("--gap", help="Add the relaxation rate (Liouvillian gap)")
    ] = False,
    output: Output = None,
    strict: Strict = False,
    json: Json = False,
) -> None:
    from qubatt.charging import steady_state
    from qubatt.cli.result import Progress, check_targets, deliver

    check_targets(output, None)
    state, parts = surroundings(charger, environment)
    with Progress() as progress:
        end = steady_state(
            battery,
            parts,
            state,
            merit or None,
            method,  # type: ignore[arg-type]  # checked there
            gap,
            progress=lambda done: progress.show("settling", done, 1.0),
            strict=strict,
        )
    deliver(end, output, None, as_json=json)
