"""The largest energy and power of a run, and when they are reached."""

from __future__ import annotations

import math

from qubatt.core.declaration import declare
from qubatt.merits.curve_merit import CurveMerit
from qubatt.merits.solved_run import SolvedRun

BETWEEN = ", between the output times too"
"""By the polynomials of `Curve`."""


@declare("merit", "maximum_energy")
class MaximumEnergy(CurveMerit):
    """Largest stored energy of the run."""

    long_name = "largest stored energy"
    units = "omega_ref"
    definition = f"max over t of E(t){BETWEEN}"
    bounds = (0.0, math.inf)

    def number(self, run: SolvedRun) -> float:
        """Return max E."""
        return run.curve.max_energy()[1]


@declare("merit", "maximum_energy_time")
class MaximumEnergyTime(CurveMerit):
    """Time of the largest stored energy of the run."""

    long_name = "time of the largest stored energy"
    units = "1/omega_ref"
    definition = f"argmax over t of E(t){BETWEEN}"
    bounds = (0.0, math.inf)

    def number(self, run: SolvedRun) -> float:
        """Return the time."""
        return run.curve.max_energy()[0]


@declare("merit", "maximum_power")
class MaximumPower(CurveMerit):
    """Largest charging power of the run."""

    long_name = "largest charging power"
    units = "omega_ref^2"
    definition = f"max over t of dE/dt{BETWEEN}"

    def number(self, run: SolvedRun) -> float:
        """Return max P."""
        return run.curve.max_power()[1]


@declare("merit", "maximum_power_time")
class MaximumPowerTime(CurveMerit):
    """Time of the largest charging power of the run."""

    long_name = "time of the largest charging power"
    units = "1/omega_ref"
    definition = f"argmax over t of dE/dt{BETWEEN}"
    bounds = (0.0, math.inf)

    def number(self, run: SolvedRun) -> float:
        """Return the time."""
        return run.curve.max_power()[0]


@declare("merit", "maximum_average_power")
class MaximumAveragePower(CurveMerit):
    """Largest average charging power of the run."""

    long_name = "largest average charging power"
    units = "omega_ref^2"
    definition = f"max over t of E(t)/t{BETWEEN}"

    def number(self, run: SolvedRun) -> float:
        """Return max E/t."""
        return run.curve.max_average_power()[1]


@declare("merit", "maximum_average_power_time")
class MaximumAveragePowerTime(CurveMerit):
    """Time of the largest average charging power of the run."""

    long_name = "time of the largest average charging power"
    units = "1/omega_ref"
    definition = f"argmax over t of E(t)/t{BETWEEN}"
    bounds = (0.0, math.inf)

    def number(self, run: SolvedRun) -> float:
        """Return the time."""
        return run.curve.max_average_power()[0]
