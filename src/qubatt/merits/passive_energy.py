"""Passive and locked energy, which no unitary can extract, and the battery capacity."""

from __future__ import annotations

import math

import numpy as np

from qubatt.core.check import FloatArray
from qubatt.core.declaration import declare
from qubatt.merits.solved_run import SolvedRun
from qubatt.merits.unitary_merit import ReachName, UnitaryMerit, reach_field

PASSIVE = "min over U of Tr[UρU† H]"


@declare("merit", "passive_energy")
class PassiveEnergy(UnitaryMerit):
    """Energy of the passive state with the eigenvalues of ρ."""

    title = "passive energy"
    formula = PASSIVE
    bounds = (-math.inf, math.inf)
    citations = ("allahverdyan2004",)

    reach: ReachName = reach_field()

    def values(self, run: SolvedRun) -> FloatArray:
        """Return the energy, shape ``(T,)``."""
        return self.unitaries.lowest(run)


@declare("merit", "locked_energy")
class LockedEnergy(UnitaryMerit):
    """Passive energy measured from the lowest level."""

    title = "locked energy"
    formula = f"{PASSIVE}, measured from the lowest level of H"

    reach: ReachName = reach_field()

    def values(self, run: SolvedRun) -> FloatArray:
        """Return the energy, shape ``(T,)``."""
        lowest, _ = self.unitaries.levels(run)
        energy = self.unitaries.populations(run)[:, ::-1] @ (lowest - lowest[0])
        return np.asarray(np.maximum(energy, 0.0))


@declare("merit", "capacity")
class Capacity(UnitaryMerit):
    """Energy difference between the most active and the passive state."""

    title = "battery capacity"
    formula = "max − min over U of Tr[UρU† H]"
    citations = ("yang2023",)

    reach: ReachName = reach_field()

    def values(self, run: SolvedRun) -> FloatArray:
        """Return the capacity, shape ``(T,)``."""
        lowest, highest = self.unitaries.levels(run)
        energy = self.unitaries.populations(run)[:, ::-1] @ (highest - lowest)
        return np.asarray(np.maximum(energy, 0.0))
