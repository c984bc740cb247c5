"""Entanglement of two atoms of the battery."""

from __future__ import annotations

import numpy as np

from qubatt.core.check import FloatArray
from qubatt.core.declaration import declare
from qubatt.merits.solved_run import SolvedRun
from qubatt.merits.spin_moments import SpinMerit, two_atoms


@declare("merit", "concurrence")
class Concurrence(SpinMerit):
    """Concurrence of two atoms."""

    long_name = "concurrence of two atoms"
    definition = (
        "max(0, λ₁ − λ₂ − λ₃ − λ₄), where λ are the square roots of the eigenvalues of"
        " ρ₂(σ_y⊗σ_y)ρ₂*(σ_y⊗σ_y) in descending order, and ρ₂ is the state of two atoms"
        " averaged over all pairs"
    )
    bounds = (0.0, 1.0)
    citations = ("wootters1998", "wang2003")
    fewest_atoms = 2

    def values(self, run: SolvedRun) -> FloatArray:
        """Return the concurrence, shape ``(T,)``."""
        return concurrence(two_atoms(run))


def concurrence(states: object) -> FloatArray:
    """Return the concurrence of states of two qubits, shape ``(T, 4, 4)``.

    The λ are computed as the singular values of √ρ (σ_y⊗σ_y) √ρ*, which are less sensitive to
    rounding than the square roots of small eigenvalues.
    """
    rho = np.asarray(states)
    flip = np.fliplr(np.diag([-1.0, 1.0, 1.0, -1.0]))
    populations, vectors = np.linalg.eigh(rho)
    half = vectors * np.sqrt(np.maximum(populations, 0.0))[:, np.newaxis, :]
    lengths = np.linalg.svd(half.swapaxes(1, 2) @ flip @ half, compute_uv=False)
    return np.asarray(np.maximum(2.0 * lengths[:, 0] - lengths.sum(axis=1), 0.0))
