"""Upper bound on the charging power from energy fluctuations."""

from __future__ import annotations

import math

import numpy as np

from qubatt.core.check import FloatArray
from qubatt.core.declaration import declare
from qubatt.core.observable import (
    ENERGY,
    ENERGY_SQUARE,
    ChargingEnergy,
    HeatFlow,
    Observable,
    Product,
)
from qubatt.core.problem import Problem
from qubatt.merits.energy_variance import variance
from qubatt.merits.first_law import environments
from qubatt.merits.merit import Merit
from qubatt.merits.solved_run import SolvedRun

CHARGING = ChargingEnergy()
CHARGING_SQUARE = Product(CHARGING, CHARGING)


@declare("merit", "power_bound")
class PowerBound(Merit):
    """Upper bound on the charging power from the fluctuations of H_B and the charging terms."""

    long_name = "bound on the charging power"
    units = "omega_ref^2"
    definition = (
        "|P| ≤ 2 ΔV ΔH_B + Σ |Tr[H_B D(ρ)]|, where V is the sum of the terms of H that do not"
        " commute with H_B, and D are the dissipators"
    )
    bounds = (0.0, math.inf)
    citations = ("juliafarre2020",)

    def observables(self, problem: Problem) -> tuple[Observable, ...]:
        """Return H_B, V, their squares, and D†(H_B) for each environment."""
        return (ENERGY, ENERGY_SQUARE, CHARGING, CHARGING_SQUARE, *_leaks(problem))

    def values(self, run: SolvedRun) -> FloatArray:
        """Return the bound, shape ``(T,)``."""
        spread = np.maximum(run.of(CHARGING_SQUARE) - run.of(CHARGING) ** 2, 0.0)
        leaks = sum(np.abs(run.of(leak)) for leak in _leaks(run.problem))
        return 2.0 * np.sqrt(spread * variance(run)) + leaks


def _leaks(problem: Problem) -> tuple[HeatFlow, ...]:
    """Return D†(H_B) for each environment."""
    return tuple(HeatFlow(ENERGY, source) for source in environments(problem))
