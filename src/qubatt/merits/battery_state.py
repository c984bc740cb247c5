"""Merits of the battery's reduced state, on the ladder or with all states of the atoms."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from qubatt.core.check import FloatArray
from qubatt.core.realization import Realization
from qubatt.merits.merit import Merit
from qubatt.merits.solved_run import SolvedRun, States
from qubatt.merits.spectrum import without_full_levels
from qubatt.operators import Atoms

Reach = Literal["symmetric", "full"]
"""What unitaries may touch: permutation-symmetric states only, or all of them."""

WITHIN = {
    "symmetric": "U on the permutation-symmetric states of the battery",
    "full": "U on all states of the battery's atoms, levels counted with multiplicity",
}
"""What U stands for in definitions."""


class BatteryStateMerit(Merit):
    """A function of the reduced state ρ_B = Tr_charger ρ."""

    needs = "battery state"


class UnitaryMerit(BatteryStateMerit):
    """A merit that asks what unitaries on the battery can reach."""

    reach: ClassVar[Reach]

    def unavailable(self, realization: Realization) -> str:
        """Return why the problem cannot give it."""
        problem = realization.problem
        battery = problem.space.factors[problem.battery]
        several = isinstance(battery, Atoms) and battery.n_atoms > 1
        if self.reach == "symmetric" and not isinstance(battery, Atoms):
            full = self.kind.replace("symmetric", "full")
            return f"its levels are not those of several atoms; {full} is what can be asked"
        if self.reach == "symmetric" and several and problem.space.bases[problem.battery] == "full":
            return (
                "local decay takes the atoms out of the permutation-symmetric states; use"
                f" {self.kind.replace('symmetric', 'full')}"
            )
        return without_full_levels(problem) if self.reach == "full" else ""

    def levels(self, run: SolvedRun) -> tuple[FloatArray, FloatArray]:
        """Return the d lowest levels of H_B, ascending, and the d highest, descending."""
        if self.reach == "full":
            return run.spectrum.extremes
        energies = run.spectrum.energies
        return energies, energies[::-1]

    def lowest(self, run: SolvedRun, populations: FloatArray) -> FloatArray:
        """Return Tr[H_B σ] of the passive state σ with ascending populations ``(T, d)``."""
        return np.asarray(populations[:, ::-1] @ self.levels(run)[0])


def energy_of(run: SolvedRun, in_levels: States) -> FloatArray:
    """Return Tr[ρ_B H_B] of states in the eigenbasis of H_B, shape ``(T,)``."""
    diagonal = np.diagonal(in_levels, axis1=1, axis2=2).real
    return np.asarray(diagonal @ run.spectrum.energies)
