"""Remaining energy of a discharging battery, and its half-life."""

from __future__ import annotations

import math

import numpy as np

from qubatt.core.check import FloatArray
from qubatt.core.declaration import declare
from qubatt.core.observable import ENERGY, Observable
from qubatt.core.problem import Problem, Term
from qubatt.core.realization import Realization
from qubatt.merits.curve_merit import CurveMerit
from qubatt.merits.merit import Merit
from qubatt.merits.requirements import initial_battery_state
from qubatt.merits.solved_run import SolvedRun

EMPTY = 1e-12
"""Largest population of charged states in a battery that counts as empty."""


@declare("merit", "remaining_energy")
class RemainingEnergy(Merit):
    """Battery energy relative to that of the empty battery."""

    long_name = "energy above the empty battery"
    units = "omega_ref"
    linear = True
    definition = "Tr[ρ H_B] − ⟨G|H_B|G⟩, where |G⟩ is the empty battery, in its ground level"

    def observables(self, problem: Problem) -> tuple[Observable, ...]:  # noqa: ARG002  # the same for all
        """Return H_B."""
        return (ENERGY,)

    def values(self, run: SolvedRun) -> FloatArray:
        """Return the energy, shape ``(T,)``."""
        return np.asarray(run.of(ENERGY) - run.realization.empty_energy)

    def error_bound(self, distance: FloatArray, run: SolvedRun) -> FloatArray | None:
        """Return half the spread of H_B times the distance; see `Merit.error_bound`."""
        return run.energy_error(distance)


@declare("merit", "half_life")
class HalfLife(CurveMerit):
    """Time in which a charged battery loses half of its energy by self-discharge."""

    long_name = "half-life of the stored energy"
    units = "1/omega_ref"
    definition = (
        "first time at which Tr[ρ H_B] − ⟨G|H_B|G⟩ is half of its value at time 0, where |G⟩ is"
        " the empty battery; NaN if it is not reached"
    )
    bounds = (0.0, math.inf)

    def unavailable(self, realization: Realization) -> str:
        """Return the reason why this merit is unavailable, or an empty string."""
        name, alone = realization.problem.battery, realization.battery_alone
        empty = alone.operator([Term(1.0, {name: "P_ground"})])
        if (empty @ initial_battery_state(realization)).trace().real < 1.0 - EMPTY:
            return ""
        return "the battery starts empty; use qb.discharge to start from a charged battery"

    def number(self, run: SolvedRun) -> float:
        """Return the half-life, or NaN if it is not reached."""
        first = run.of(ENERGY)[0] - run.realization.empty_energy
        return run.curve.first_reaching(-0.5 * first) if first > 0 else math.nan
