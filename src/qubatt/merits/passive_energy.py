"""What no unitary can take out, and how far unitaries can move the energy at all."""

from __future__ import annotations

import math

import numpy as np

from qubatt.core.check import FloatArray
from qubatt.core.declaration import declare
from qubatt.merits.battery_state import WITHIN, UnitaryMerit
from qubatt.merits.solved_run import SolvedRun

PASSIVE = "min over U of Tr[Uρ_BU† H_B]"
LOCKED = f"{PASSIVE} above the lowest level of H_B"
CAPACITY = "max − min over U of Tr[Uρ_BU† H_B]"


class PassiveEnergy(UnitaryMerit):
    """Energy of the passive state with the populations of ρ_B."""

    units = "omega_ref"
    citations = ("allahverdyan2004",)

    def values(self, run: SolvedRun) -> FloatArray:
        """Return the energy, shape ``(T,)``."""
        return self.lowest(run, run.populations)


class LockedEnergy(UnitaryMerit):
    """The same above the lowest level."""

    units = "omega_ref"
    bounds = (0.0, math.inf)

    def values(self, run: SolvedRun) -> FloatArray:
        """Return the energy, shape ``(T,)``."""
        above = self.levels(run)[0] - self.levels(run)[0][0]
        return np.asarray(np.maximum(run.populations[:, ::-1] @ above, 0.0))


class Capacity(UnitaryMerit):
    """Energy between the passive state and the most active one."""

    units = "omega_ref"
    bounds = (0.0, math.inf)
    citations = ("yang2023",)

    def values(self, run: SolvedRun) -> FloatArray:
        """Return the capacity, shape ``(T,)``."""
        lowest, highest = self.levels(run)
        return np.maximum(run.populations[:, ::-1] @ (highest - lowest), 0.0)


@declare("merit", "passive_energy_symmetric")
class PassiveEnergySymmetric(PassiveEnergy):
    """Passive energy by unitaries on the permutation-symmetric states."""

    long_name = "passive energy on the symmetric states"
    definition = f"{PASSIVE}, {WITHIN['symmetric']}"
    reach = "symmetric"


@declare("merit", "passive_energy_full")
class PassiveEnergyFull(PassiveEnergy):
    """Passive energy by unitaries on all states of the atoms."""

    long_name = "passive energy on the full space"
    definition = f"{PASSIVE}, {WITHIN['full']}"
    reach = "full"


@declare("merit", "locked_energy_symmetric")
class LockedEnergySymmetric(LockedEnergy):
    """Energy that unitaries on the permutation-symmetric states cannot take out."""

    long_name = "locked energy on the symmetric states"
    definition = f"{LOCKED}, {WITHIN['symmetric']}"
    reach = "symmetric"


@declare("merit", "locked_energy_full")
class LockedEnergyFull(LockedEnergy):
    """Energy that unitaries on all states of the atoms cannot take out."""

    long_name = "locked energy on the full space"
    definition = f"{LOCKED}, {WITHIN['full']}"
    reach = "full"


@declare("merit", "capacity_symmetric")
class CapacitySymmetric(Capacity):
    """Battery capacity by unitaries on the permutation-symmetric states."""

    long_name = "battery capacity on the symmetric states"
    definition = f"{CAPACITY}, {WITHIN['symmetric']}"
    reach = "symmetric"


@declare("merit", "capacity_full")
class CapacityFull(Capacity):
    """Battery capacity by unitaries on all states of the atoms."""

    long_name = "battery capacity on the full space"
    definition = f"{CAPACITY}, {WITHIN['full']}"
    reach = "full"
