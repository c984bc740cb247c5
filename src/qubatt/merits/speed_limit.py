"""Speed limit on the charging power from the quantum Fisher information about time."""

from __future__ import annotations

import math

import numpy as np
import scipy.sparse as sp

from qubatt.core.check import FloatArray
from qubatt.core.declaration import declare
from qubatt.core.realization import Realization
from qubatt.merits.entropy_production import dissipation
from qubatt.merits.fisher_information import MIN_POPULATION
from qubatt.merits.full_state import FullStateMerit, State
from qubatt.merits.solved_run import SolvedRun

MIN_RATE = 1e-9
"""Rate of change of an entry of ρ_B below which it counts as a rounding error."""


@declare("merit", "speed_limit")
class SpeedLimit(FullStateMerit):
    """Speed limit on the charging power."""

    long_name = "speed limit on the charging power"
    units = "omega_ref^2"
    definition = (
        "|P| ≤ ΔH_B √F with F = 2 Σ |⟨k|dρ_B/dt|l⟩|²/(p_k + p_l), the quantum Fisher information"
        " of ρ_B about time; infinite while empty states begin to fill"
    )
    bounds = (0.0, math.inf)
    citations = ("garciapintos2020",)

    def unavailable(self, realization: Realization) -> str:
        """Return the reason why this merit is unavailable, or an empty string."""
        pulses = realization.problem.has_pulses
        return "it needs a constant Hamiltonian, without pulses" if pulses else ""

    def of(self, rho: State, run: SolvedRun) -> FloatArray:
        """Return ΔH_B √F."""
        realization, problem = run.realization, run.problem
        H = sp.csr_array(realization.H)
        change = -1j * (H @ rho - (H @ rho).conj().T) + dissipation(realization, None, rho)
        state, rate = (problem.space.marginal(part, problem.battery) for part in (rho, change))
        p, vectors = np.linalg.eigh(state)
        total = np.add.outer(p, p)
        moves = np.abs(vectors.conj().T @ rate @ vectors)
        if np.any(moves[total <= MIN_POPULATION] > MIN_RATE):
            return np.asarray(math.inf)
        occupied = total > MIN_POPULATION
        fisher = 2.0 * np.sum(moves[occupied] ** 2 / total[occupied])
        H_B = run.spectrum.H
        mean, square = (np.trace(state @ power).real for power in (H_B, H_B @ H_B))
        return np.asarray(math.sqrt(max(square - mean**2, 0.0) * fisher))
