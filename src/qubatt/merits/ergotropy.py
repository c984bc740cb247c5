"""Ergotropy: the energy that unitaries on the battery can take out."""

from __future__ import annotations

import math

import numpy as np

from qubatt.core.check import FloatArray
from qubatt.core.declaration import declare
from qubatt.merits.battery_state import WITHIN, UnitaryMerit, energy_of
from qubatt.merits.solved_run import SolvedRun

FORMULA = "W = Tr[ρ_B H_B] − min over U of Tr[Uρ_BU† H_B]"


class Ergotropy(UnitaryMerit):
    """W of the battery's state."""

    units = "omega_ref"
    bounds = (0.0, math.inf)
    citations = ("allahverdyan2004",)

    def values(self, run: SolvedRun) -> FloatArray:
        """Return W, shape ``(T,)``."""
        lowest = self.lowest(run, run.populations)
        return np.maximum(energy_of(run, run.in_levels) - lowest, 0.0)


@declare("merit", "ergotropy_symmetric")
class ErgotropySymmetric(Ergotropy):
    """Ergotropy by unitaries on the permutation-symmetric states."""

    long_name = "ergotropy on the symmetric states"
    definition = f"{FORMULA}, {WITHIN['symmetric']}"
    reach = "symmetric"


@declare("merit", "ergotropy_full")
class ErgotropyFull(Ergotropy):
    """Ergotropy by unitaries on all states of the atoms."""

    long_name = "ergotropy on the full space"
    definition = f"{FORMULA}, {WITHIN['full']}"
    reach = "full"
