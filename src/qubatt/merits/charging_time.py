"""Charging time and time to a fraction of the largest energy."""

from __future__ import annotations

import math
from typing import Annotated

from pydantic import Field

from qubatt.core.check import Positive
from qubatt.core.declaration import declare
from qubatt.merits.curve_merit import CurveMerit
from qubatt.merits.maximum import BETWEEN_TIMES
from qubatt.merits.solved_run import SolvedRun


@declare("merit", "charging_time")
class ChargingTime(CurveMerit):
    """Time of the first maximum of the stored energy."""

    long_name = "charging time"
    units = "1/omega_ref"
    definition = f"time of the first maximum of E(t) after t = 0{BETWEEN_TIMES}; NaN if none exists"
    bounds = (0.0, math.inf)

    def number(self, run: SolvedRun) -> float:
        """Return the time."""
        return run.curve.first_maximum()


@declare("merit", "time_to_fraction")
class TimeToFraction(CurveMerit):
    """First time at which the stored energy reaches a given fraction of its maximum."""

    long_name = "time to reach a fraction of the largest energy"
    units = "1/omega_ref"
    definition = f"smallest t with E(t) = fraction × max E{BETWEEN_TIMES}"
    bounds = (0.0, math.inf)

    fraction: Annotated[Positive, Field(le=1.0)] = Field(
        default=0.9, description="Fraction of the largest energy", examples=[0.9]
    )

    def number(self, run: SolvedRun) -> float:
        """Return the time, or NaN if no energy is stored."""
        curve = run.curve
        time, energy = curve.max_energy()
        if energy <= curve.rounding:
            return math.nan
        return time if self.fraction == 1.0 else curve.first_reaching(self.fraction * energy)
