"""Entropy, purity and free energy of the battery."""

from __future__ import annotations

import math

import numpy as np
from pydantic import Field
from scipy.special import xlogy

from qubatt.core.check import FloatArray, Positive
from qubatt.core.declaration import declare
from qubatt.merits.battery_state import BatteryStateMerit, energy_of
from qubatt.merits.solved_run import SolvedRun


def shannon(populations: FloatArray) -> FloatArray:
    """Return −Σ p ln p over the last axis; negative rounding errors count as 0."""
    p = np.maximum(populations, 0.0)
    return np.asarray(np.maximum(-xlogy(p, p).sum(axis=-1), 0.0))


@declare("merit", "purity")
class Purity(BatteryStateMerit):
    """Purity of the battery state."""

    long_name = "purity of the battery"
    definition = "Tr[ρ_B²]"
    bounds = (0.0, 1.0)

    def values(self, run: SolvedRun) -> FloatArray:
        """Return the purity, shape ``(T,)``, of the state projected to trace 1 and ρ_B ≥ 0.

        Without this projection, propagation errors of the trace could raise the purity above 1.
        """
        p = np.maximum(run.populations, 0.0)
        return np.asarray(np.minimum((p**2).sum(axis=-1) / p.sum(axis=-1) ** 2, 1.0))


@declare("merit", "entropy")
class Entropy(BatteryStateMerit):
    """Von Neumann entropy of the battery state."""

    long_name = "entropy of the battery"
    definition = "S = −Tr[ρ_B ln ρ_B]"
    bounds = (0.0, math.inf)

    def values(self, run: SolvedRun) -> FloatArray:
        """Return S, shape ``(T,)``."""
        return shannon(run.populations)


@declare("merit", "free_energy")
class FreeEnergy(BatteryStateMerit):
    """Nonequilibrium free energy of the battery with respect to a bath of temperature 1/β."""

    long_name = "free energy of the battery"
    units = "omega_ref"
    definition = "F = Tr[ρ_B H_B] − S/β, where S is the von Neumann entropy of ρ_B"
    citations = ("esposito2011",)

    beta: Positive = Field(
        default=1.0, description="Inverse temperature β of the bath", examples=[1.0]
    )

    def values(self, run: SolvedRun) -> FloatArray:
        """Return F, shape ``(T,)``."""
        return energy_of(run, run.in_levels) - shannon(run.populations) / self.beta
