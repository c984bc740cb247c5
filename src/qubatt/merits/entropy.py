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


def entropy_error(distance: FloatArray, d: int) -> FloatArray:
    """Return the bound of Fannes and Audenaert on the change of the entropy in d dimensions.

    T ln(d − 1) + h(T) with T = ½‖ρ̂ − ρ‖₁ and the binary entropy h, at most ln d.
    """
    T = np.minimum(0.5 * distance, 1.0 - 1.0 / d)
    return np.asarray(T * math.log(max(d - 1, 1)) + shannon(np.stack([T, 1.0 - T], axis=-1)))


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

    def error_bound(self, distance: FloatArray, run: SolvedRun) -> FloatArray:  # noqa: ARG002
        """Return the distance, since Tr[(ρ̂ − ρ)(ρ̂ + ρ)] ≤ ½‖ρ̂ − ρ‖₁ · 2."""
        return np.minimum(distance, 1.0)


@declare("merit", "entropy")
class Entropy(BatteryStateMerit):
    """Von Neumann entropy of the battery state."""

    long_name = "entropy of the battery"
    definition = "S = −Tr[ρ_B ln ρ_B]"
    bounds = (0.0, math.inf)

    def values(self, run: SolvedRun) -> FloatArray:
        """Return S, shape ``(T,)``."""
        return shannon(run.populations)

    def scale(self, run: SolvedRun) -> float:
        """Return ln d; see `Merit.scale`."""
        return math.log(max(run.battery_dim, 2))

    def error_bound(self, distance: FloatArray, run: SolvedRun) -> FloatArray | None:
        """Return the bound of `entropy_error`; None if the battery is itself a mode."""
        return None if run.is_mode else entropy_error(distance, run.battery_dim)


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

    def error_bound(self, distance: FloatArray, run: SolvedRun) -> FloatArray | None:
        """Return the sum of the bounds on energy and entropy; see `Merit.error_bound`."""
        energy = run.energy_error(distance)
        return (
            None
            if energy is None
            else energy + entropy_error(distance, run.battery_dim) / self.beta
        )
