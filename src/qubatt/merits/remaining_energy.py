"""What is left of the stored energy, and how long it lasts."""

from __future__ import annotations

import math

import numpy as np

from qubatt.core.check import FloatArray
from qubatt.core.declaration import declare
from qubatt.core.problem import Problem
from qubatt.core.space import Basis
from qubatt.merits.curve import OfCurve
from qubatt.merits.merit import Merit, Moments
from qubatt.merits.reading import ENERGY, start_of_battery
from qubatt.merits.record import Record

EMPTY = 1e-12
"""Part of the battery that may be charged in what counts as an empty one."""


@declare("merit", "remaining_energy")
class RemainingEnergy(Merit):
    """Energy of the battery above that of the empty one."""

    long_name = "energy above the empty battery"
    units = "omega_ref"
    definition = "Tr[ρ H_B] − ⟨G|H_B|G⟩ with the empty battery |G⟩, all of it in its ground level"

    def moments(self, problem: Problem) -> Moments:  # noqa: ARG002  # the same for all
        """Return H_B."""
        return ENERGY

    def values(self, record: Record) -> FloatArray:
        """Return the energy, shape ``(T,)``."""
        return np.asarray(record.moments["H_B"] - record.spectrum.empty)


@declare("merit", "half_life")
class HalfLife(OfCurve):
    """Time in which a charged battery loses half of its energy by itself."""

    long_name = "half-life of the stored energy"
    units = "1/omega_ref"
    definition = (
        "first time at which Tr[ρ H_B] − ⟨G|H_B|G⟩ is half of what it was at time 0, |G⟩ being the"
        " empty battery; NaN if that is not within the times"
    )
    bounds = (0.0, math.inf)

    def obstacle(self, problem: Problem, basis: Basis) -> str:
        """Return why the problem cannot give it."""
        if start_of_battery(problem, basis)[0, 0].real < 1.0 - EMPTY:
            return ""
        return "its battery begins empty; let a charged one discharge with qb.discharge"

    def number(self, record: Record) -> float:
        """Return the time."""
        first = record.moments["H_B"][0] - record.spectrum.empty
        return record.curve.first_reaching(-0.5 * first) if first > 0 else math.nan
