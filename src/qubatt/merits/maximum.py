"""Maxima of the stored energy and the charging power, and their times."""

from __future__ import annotations

import dataclasses
import math
from typing import Literal, Self

from pydantic import Field

from qubatt.core.declaration import declare
from qubatt.merits.curve_merit import CurveMerit
from qubatt.merits.solved_run import SolvedRun

BETWEEN_TIMES = ", interpolated between output times"
"""End of the definitions of interpolated merits; `Curve` provides the interpolating polynomials."""

FORMULAS = {"energy": "E(t)", "power": "dE/dt", "average_power": "E(t)/t"}
LABELS = {
    "energy": "largest stored energy",
    "power": "largest charging power",
    "average_power": "largest average charging power",
}


@declare("merit", "maximum")
class Maximum(CurveMerit):
    """Largest stored energy, power or average power of a run, or the time of this maximum."""

    of: Literal["energy", "power", "average_power"] = Field(
        description="Quantity to maximise", examples=["energy"]
    )
    coordinate: Literal["value", "time"] = Field(
        default="value",
        description="Value or time of the maximum",
        examples=["value"],
    )

    @classmethod
    def variants(cls) -> tuple[Self, ...]:
        """Return the merits for the value and the time of each maximum."""
        coordinates: tuple[Literal["value", "time"], ...] = ("value", "time")
        return tuple(
            dataclasses.replace(maximum, coordinate=coordinate)
            for maximum in super().variants()
            for coordinate in coordinates
        )

    @property
    def long_name(self) -> str:
        """Label of the variable."""
        return LABELS[self.of] if self.coordinate == "value" else f"time of the {LABELS[self.of]}"

    @property
    def units(self) -> str:
        """Units of the coordinate."""
        if self.coordinate == "time":
            return "1/omega_ref"
        return "omega_ref" if self.of == "energy" else "omega_ref^2"

    @property
    def definition(self) -> str:
        """Definition as a formula, with its symbols explained."""
        symbol = "max" if self.coordinate == "value" else "argmax"
        return f"{symbol} over t of {FORMULAS[self.of]}{BETWEEN_TIMES}"

    @property
    def bounds(self) -> tuple[float, float]:
        """Bounds of the coordinate; a power may be negative at all times."""
        not_negative = self.of == "energy" or self.coordinate == "time"
        return (0.0 if not_negative else -math.inf, math.inf)

    def number(self, run: SolvedRun) -> float:
        """Return the value or the time."""
        time, value = getattr(run.curve, f"max_{self.of}")()
        return float(value if self.coordinate == "value" else time)
