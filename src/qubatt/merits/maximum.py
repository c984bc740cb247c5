"""The largest energy and power of a run, and when they are reached."""

from __future__ import annotations

import dataclasses
import math
from typing import Literal, Self

from pydantic import Field

from qubatt.core.declaration import declare
from qubatt.merits.curve_merit import CurveMerit
from qubatt.merits.solved_run import SolvedRun

BETWEEN_TIMES = ", between the output times too"
"""By the polynomials of `Curve`."""

FORMULAS = {"energy": "E(t)", "power": "dE/dt", "average_power": "E(t)/t"}
LABELS = {
    "energy": "largest stored energy",
    "power": "largest charging power",
    "average_power": "largest average charging power",
}


@declare("merit", "maximum")
class Maximum(CurveMerit):
    """Largest energy, power or average power of a run, or the time at which it is reached."""

    of: Literal["energy", "power", "average_power"] = Field(
        description="Quantity of which the maximum is taken", examples=["energy"]
    )
    coordinate: Literal["value", "time"] = Field(
        default="value",
        description="Coordinate of the maximum, its value or its time",
        examples=["value"],
    )

    @classmethod
    def variants(cls) -> tuple[Self, ...]:
        """Return value and time of every maximum."""
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
        """The formula."""
        symbol = "max" if self.coordinate == "value" else "argmax"
        return f"{symbol} over t of {FORMULAS[self.of]}{BETWEEN_TIMES}"

    @property
    def bounds(self) -> tuple[float, float]:
        """Bounds of the coordinate: a power may be negative at all times."""
        not_negative = self.of == "energy" or self.coordinate == "time"
        return (0.0 if not_negative else -math.inf, math.inf)

    def number(self, run: SolvedRun) -> float:
        """Return the value or the time."""
        time, value = getattr(run.curve, f"max_{self.of}")()
        return float(value if self.coordinate == "value" else time)
