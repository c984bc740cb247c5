"""Maxima of the stored energy and the charging power, and their times."""

from __future__ import annotations

import dataclasses
import math
from typing import Literal, Self

import numpy as np
from pydantic import Field

from qubatt.core.check import FloatArray
from qubatt.core.declaration import declare
from qubatt.core.observable import ENERGY, POWER
from qubatt.merits.curve_merit import CurveMerit
from qubatt.merits.solved_run import SolvedRun

BETWEEN_TIMES = ", interpolated between output times"
"""Suffix of the definition of a merit that `Curve` interpolates."""

FORMULAS = {"energy": "E(t)", "power": "dE/dt", "average_power": "E(t)/t"}
ENERGY_VALUE = ("energy", "value")
"""Quantity and coordinate of the largest energy."""

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
        """Bounds on the value or the time; a power may be negative at all times."""
        not_negative = self.of == "energy" or self.coordinate == "time"
        return (0.0 if not_negative else -math.inf, math.inf)

    def number(self, run: SolvedRun) -> float:
        """Return the value or the time."""
        time, value = getattr(run.curve, f"max_{self.of}")()
        return float(value if self.coordinate == "value" else time)

    def scale(self, run: SolvedRun) -> float:
        """Return the scale of the energy, the power, or the time; see `Merit.scale`."""
        power = self.coordinate == "value" and self.of != "energy"
        return run.power_scale if power else super().scale(run)

    def error_bound(self, distance: FloatArray, run: SolvedRun) -> FloatArray | None:
        """Return a bound on the largest energy, from bounds ±e(t) on the energy at all times.

        max E lies between max(E − e) and max(E + e), so late errors do not spoil an early maximum
        that stays above E + e. None for powers and times.
        """
        errors = run.energy_error(distance) if (self.of, self.coordinate) == ENERGY_VALUE else None
        return None if errors is None else np.asarray(run.maximum_error(errors, run.of(ENERGY)))

    @property
    def time(self) -> Self:
        """The merit that is the time of this maximum."""
        return dataclasses.replace(self, coordinate="time")

    def curve(self, run: SolvedRun) -> FloatArray:
        """Return the quantity to maximise at all sampling times, shape ``(T,)``."""
        if self.of == "power":
            return np.asarray(run.of(POWER))
        energy = run.of(ENERGY) - run.of(ENERGY)[0]
        if self.of == "energy":
            return np.asarray(energy)
        start = run.times == 0.0
        average = energy / np.where(start, 1.0, run.times)
        return np.asarray(np.where(start, run.of(POWER), average))
