"""The largest energy and power of a run, and when they are reached."""

from __future__ import annotations

import math

from qubatt.core.declaration import declare
from qubatt.merits.curve import OfCurve
from qubatt.merits.record import Record

BETWEEN = ", between the output times too"
"""By the polynomials of `Curve`."""


@declare("merit", "maximum_energy")
class MaximumEnergy(OfCurve):
    """Largest stored energy of the run."""

    long_name = "largest stored energy"
    units = "omega_ref"
    definition = f"max over t of E(t){BETWEEN}"
    bounds = (0.0, math.inf)

    def number(self, record: Record) -> float:
        """Return max E."""
        return record.curve.highest()[1]


@declare("merit", "maximum_energy_time")
class MaximumEnergyTime(OfCurve):
    """Time of the largest stored energy of the run."""

    long_name = "time of the largest stored energy"
    units = "1/omega_ref"
    definition = f"argmax over t of E(t){BETWEEN}"
    bounds = (0.0, math.inf)

    def number(self, record: Record) -> float:
        """Return the time."""
        return record.curve.highest()[0]


@declare("merit", "maximum_power")
class MaximumPower(OfCurve):
    """Largest charging power of the run."""

    long_name = "largest charging power"
    units = "omega_ref^2"
    definition = f"max over t of dE/dt{BETWEEN}"

    def number(self, record: Record) -> float:
        """Return max P."""
        return record.curve.strongest()[1]


@declare("merit", "maximum_power_time")
class MaximumPowerTime(OfCurve):
    """Time of the largest charging power of the run."""

    long_name = "time of the largest charging power"
    units = "1/omega_ref"
    definition = f"argmax over t of dE/dt{BETWEEN}"
    bounds = (0.0, math.inf)

    def number(self, record: Record) -> float:
        """Return the time."""
        return record.curve.strongest()[0]


@declare("merit", "maximum_average_power")
class MaximumAveragePower(OfCurve):
    """Largest average charging power of the run."""

    long_name = "largest average charging power"
    units = "omega_ref^2"
    definition = f"max over t of E(t)/t{BETWEEN}"

    def number(self, record: Record) -> float:
        """Return max E/t."""
        return record.curve.strongest_average()[1]


@declare("merit", "maximum_average_power_time")
class MaximumAveragePowerTime(OfCurve):
    """Time of the largest average charging power of the run."""

    long_name = "time of the largest average charging power"
    units = "1/omega_ref"
    definition = f"argmax over t of E(t)/t{BETWEEN}"
    bounds = (0.0, math.inf)

    def number(self, record: Record) -> float:
        """Return the time."""
        return record.curve.strongest_average()[0]
