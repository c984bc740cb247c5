"""Fluctuations of the battery energy."""

from __future__ import annotations

import math

import numpy as np
import scipy.sparse as sp

from qubatt.core.check import FloatArray
from qubatt.core.declaration import declare
from qubatt.core.observable import ENERGY, ENERGY_SQUARE, Observable
from qubatt.core.problem import Problem
from qubatt.core.realization import Realization
from qubatt.merits.merit import Merit
from qubatt.merits.requirements import initial_battery_state
from qubatt.merits.solved_run import SolvedRun


def variance(run: SolvedRun) -> FloatArray:
    """Return ⟨H_B²⟩ − ⟨H_B⟩², shape ``(T,)``; negative rounding errors are set to 0."""
    above = run.of(ENERGY) - run.realization.empty_energy
    return np.maximum(run.of(ENERGY_SQUARE) - above**2, 0.0)


@declare("merit", "energy_variance")
class EnergyVariance(Merit):
    """Variance of the battery energy."""

    long_name = "variance of the battery energy"
    units = "omega_ref^2"
    definition = "(ΔH_B)² = Tr[ρ H_B²] − Tr[ρ H_B]²"
    bounds = (0.0, math.inf)

    def observables(self, problem: Problem) -> tuple[Observable, ...]:  # noqa: ARG002  # the same for all
        """Return H_B and its square."""
        return (ENERGY, ENERGY_SQUARE)

    def values(self, run: SolvedRun) -> FloatArray:
        """Return the variance, shape ``(T,)``."""
        return variance(run)

    def error_bound(self, distance: FloatArray, run: SolvedRun) -> FloatArray | None:
        """Return 5/8 of the squared spread s² times the distance; see `Merit.error_bound`.

        With H_B centred, ⟨H_B²⟩ and ⟨H_B⟩² change by at most s²/8 and s²/2 times the distance.
        """
        energy = run.energy_error(distance)
        return None if energy is None else 1.25 * energy * run.energy_scale


@declare("merit", "work_fluctuation")
class WorkFluctuation(Merit):
    """Standard deviation of the work done on the battery, from two energy measurements."""

    long_name = "fluctuation of the work done on the battery"
    units = "omega_ref"
    definition = (
        "standard deviation of E_k − E_l, with the battery energy measured as E_l at time 0 and"
        " E_k at time t; equal to ΔH_B, because the battery starts in one level of H_B"
    )
    bounds = (0.0, math.inf)
    citations = ("friis2018",)

    def unavailable(self, realization: Realization) -> str:
        """Return the reason why this merit is unavailable, or an empty string."""
        H, rho = realization.battery_alone.H_B, initial_battery_state(realization)
        mean = np.trace(rho @ H).real
        above = sp.csr_array(H - mean * sp.eye_array(H.shape[0]))
        if np.trace(rho @ above @ above).real <= 1e-12 * abs(above).max() ** 2:
            return ""
        return (
            "the battery does not start in one level of H_B, so the first energy measurement would"
            " disturb it"
        )

    def observables(self, problem: Problem) -> tuple[Observable, ...]:  # noqa: ARG002  # the same for all
        """Return H_B and its square."""
        return (ENERGY, ENERGY_SQUARE)

    def values(self, run: SolvedRun) -> FloatArray:
        """Return ΔH_B, shape ``(T,)``."""
        return np.sqrt(variance(run))
