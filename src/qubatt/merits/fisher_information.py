"""Quantum Fisher information: sensitivity of the battery state to a unitary rotation."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from qubatt.core.check import FloatArray
from qubatt.core.declaration import declare
from qubatt.core.realization import Realization
from qubatt.merits.battery_state import BatteryStateMerit
from qubatt.merits.requirements import without_spin
from qubatt.merits.solved_run import SolvedRun

SPINS = ("Jx", "Jy", "Jz")

MIN_POPULATION = 1e-14
"""Sum of two eigenvalues of ρ below which the pair is ignored."""


def fisher_matrix(run: SolvedRun, generators: list[NDArray[np.complex128]]) -> FloatArray:
    """Return F_ab = 2 Σ (p_k − p_l)²/(p_k + p_l) Re⟨k|A|l⟩⟨l|B|k⟩, shape ``(T, n, n)``."""
    populations, vectors = run.eigen
    p = np.maximum(populations, 0.0)
    total = p[:, :, np.newaxis] + p[:, np.newaxis, :]
    gap = p[:, :, np.newaxis] - p[:, np.newaxis, :]
    weight = np.where(total > MIN_POPULATION, 2.0 * gap**2 / np.maximum(total, MIN_POPULATION), 0.0)
    adjoint = vectors.conj().swapaxes(1, 2)
    elements = [adjoint @ generator @ vectors for generator in generators]
    return np.array(
        [[np.sum(weight * (a * b.conj()).real, axis=(1, 2)) for b in elements] for a in elements]
    ).transpose(2, 0, 1)


@declare("merit", "fisher_information")
class FisherInformation(BatteryStateMerit):
    """Quantum Fisher information of the battery state under rotations of the collective spin."""

    long_name = "quantum Fisher information of rotations"
    definition = (
        "F = 2 Σ (p_k − p_l)²/(p_k + p_l) |⟨k|G|l⟩|² over eigenvectors of ρ_B, where G is J_x,"
        " J_y, J_z or the component of J with the largest F; F > N only for entangled atoms"
    )
    bounds = (0.0, math.inf)
    citations = ("braunstein1994", "pezze2009")

    generator: Literal["best", "Jx", "Jy", "Jz"] = Field(
        default="best", description="Generator G: Jx, Jy, Jz or best", examples=["best"]
    )

    def unavailable(self, realization: Realization) -> str:
        """Return the reason why this merit is unavailable, or an empty string."""
        return without_spin(realization.problem)

    def values(self, run: SolvedRun) -> FloatArray:
        """Return F, shape ``(T,)``."""
        names = SPINS if self.generator == "best" else (self.generator,)
        operators = run.atoms.operators
        generators = [operators[name].toarray().astype(np.complex128) for name in names]
        matrix = fisher_matrix(run, generators)
        return np.asarray(np.linalg.eigvalsh(matrix)[:, -1])


@declare("merit", "fisher_information_energy")
class FisherInformationEnergy(BatteryStateMerit):
    """Quantum Fisher information of the battery state under evolution with H_B."""

    long_name = "quantum Fisher information of H_B"
    units = "omega_ref^2"
    definition = (
        "F = 2 Σ (p_k − p_l)²/(p_k + p_l) |⟨k|H_B|l⟩|² over eigenvectors of ρ_B; 4(ΔH_B)² for pure"
        " states"
    )
    bounds = (0.0, math.inf)
    citations = ("braunstein1994",)

    def values(self, run: SolvedRun) -> FloatArray:
        """Return F, shape ``(T,)``."""
        return fisher_matrix(run, [run.spectrum.H])[:, 0, 0]
