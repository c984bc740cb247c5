"""Merits of the battery's reduced state."""

from __future__ import annotations

import numpy as np

from qubatt.core.check import FloatArray
from qubatt.merits.merit import Merit
from qubatt.merits.solved_run import SolvedRun, States


class BatteryStateMerit(Merit):
    """A function of the reduced state ρ_B = Tr_charger ρ."""

    needs = "battery state"


def energy_of(run: SolvedRun, in_levels: States) -> FloatArray:
    """Return Tr[ρ_B H_B] of states in the eigenbasis of H_B, shape ``(T,)``."""
    diagonal = np.diagonal(in_levels, axis1=1, axis2=2).real
    return np.asarray(diagonal @ run.spectrum.energies)
