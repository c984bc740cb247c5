"""Charging power."""

from __future__ import annotations

import numpy as np

from qubatt.core.check import FloatArray
from qubatt.core.declaration import declare
from qubatt.core.observable import ENERGY, POWER, Observable
from qubatt.core.problem import Problem
from qubatt.merits.merit import Merit
from qubatt.merits.solved_run import SolvedRun


@declare("merit", "power")
class Power(Merit):
    """Charging power P = dE/dt."""

    long_name = "charging power"
    units = "omega_ref^2"
    definition = "P(t) = dE/dt = Tr[ρ(t) L†(H_B)], evaluated exactly, not by finite differences"
    default = True
    linear = True

    def observables(self, problem: Problem) -> tuple[Observable, ...]:  # noqa: ARG002  # the same for all
        """Return L†(H_B)."""
        return (POWER,)

    def values(self, run: SolvedRun) -> FloatArray:
        """Return P, shape ``(T,)``."""
        return run.of(POWER)

    def scale(self, run: SolvedRun) -> float:
        """Return the spread of H_B times the rate of charging; see `Merit.scale`."""
        return run.power_scale


@declare("merit", "average_power")
class AveragePower(Merit):
    """Average charging power E(t)/t, which equals P(0) at t = 0."""

    long_name = "average charging power"
    units = "omega_ref^2"
    definition = "E(t)/t; dE/dt at t = 0"
    has_steady_value = False
    linear = True

    def observables(self, problem: Problem) -> tuple[Observable, ...]:  # noqa: ARG002  # the same for all
        """Return H_B and L†(H_B)."""
        return (ENERGY, POWER)

    def values(self, run: SolvedRun) -> FloatArray:
        """Return E/t, shape ``(T,)``."""
        energy = run.of(ENERGY) - run.of(ENERGY)[0]
        start = run.times == 0
        times = np.where(start, 1.0, run.times)
        return np.where(start, run.of(POWER), energy / times)

    def scale(self, run: SolvedRun) -> float:
        """Return the spread of H_B times the rate of charging; see `Merit.scale`."""
        return run.power_scale
