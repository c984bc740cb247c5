"""``qubatt discharge``: self-discharge of a battery after the charger is switched off."""

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
    Plot,
    Points,
    Strict,
    TEnd,
    output_times,
)


def register(app: typer.Typer) -> None:
    """Add one sub-command per registered battery."""
    text = "Report how the energy decays once the charger is off."
    add_battery_commands(app, "discharge", text, _discharge)


def _discharge(
    battery: Any,
    *,
    start: Annotated[
        str, typer.Option(help="full, or the preceding charging time", metavar="full|TIME")
    ] = "full",
    environment: Dissipators = None,
    charger: Charger = None,
    t_end: TEnd = None,
    points: Points = None,
    merit: Merits = None,
    output: Output = None,
    plot: Plot = None,
    certificate: Certificate = "auto",
    cutoff_tolerance: CutoffTolerance = 1e-6,
    strict: Strict = False,
    json: Json = False,
) -> None:
    times = output_times(t_end, points)
    from qubatt.charging import discharge
    from qubatt.charging.discharge import DISCHARGE_MERITS
    from qubatt.cli.output import check_targets, deliver
    from qubatt.core.spec_string import number_or_text

    check_targets(output, plot)
    left = discharge(
        battery,
        times=times,
        charger=charger,
        environment=environment,
        merits=merit or DISCHARGE_MERITS,
        start=number_or_text(start),  # type: ignore[arg-type]  # checked there
        certificate=certificate,  # type: ignore[arg-type]  # checked there
        cutoff_tolerance=cutoff_tolerance,
        progress=True,
        strict=strict,
    )
    deliver(left, output, plot, as_json=json)
