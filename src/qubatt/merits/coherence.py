"""Coherence of the battery between levels of different energy."""

from __future__ import annotations

import math

import numpy as np

from qubatt.core.check import FloatArray
from qubatt.core.declaration import declare
from qubatt.merits.battery_state import BatteryStateMerit
from qubatt.merits.entropy import entropy_error, shannon
from qubatt.merits.solved_run import SolvedRun


@declare("merit", "coherence_l1")
class CoherenceL1(BatteryStateMerit):
    """l1 norm of coherence of the battery between the levels of H_B.

    A sum over eigenvectors would depend on the arbitrary basis of a degenerate level; the trace
    norms of the blocks between levels do not.
    """

    long_name = "l1 coherence of the battery"
    definition = (
        "Σ ‖P_k ρ_B P_l‖₁ over levels k ≠ l of H_B with projectors P; equal to Σ |⟨k|ρ_B|l⟩| if no"
        " level is degenerate"
    )
    bounds = (0.0, math.inf)
    citations = ("baumgratz2014",)

    def values(self, run: SolvedRun) -> FloatArray:
        """Return the coherence, shape ``(T,)``."""
        rho, levels = run.in_levels, run.spectrum.levels
        if len(levels) == rho.shape[-1]:
            return np.asarray((np.abs(rho) * ~run.spectrum.same_level).sum(axis=(1, 2)))
        total = np.zeros(len(rho))
        for k, level in enumerate(levels):
            for other in levels[:k]:  # the blocks of k, l and l, k are adjoint
                lengths = np.linalg.svd(rho[:, level, other], compute_uv=False)
                total += 2.0 * lengths.sum(axis=-1)
        return total


@declare("merit", "coherence_relative_entropy")
class CoherenceRelativeEntropy(BatteryStateMerit):
    """Relative entropy of coherence of the battery between the levels of H_B."""

    long_name = "relative entropy of coherence of the battery"
    definition = (
        "S(Δρ_B) − S(ρ_B), where Δρ_B is ρ_B without coherence between levels of different energy"
    )
    bounds = (0.0, math.inf)
    citations = ("baumgratz2014",)

    def values(self, run: SolvedRun) -> FloatArray:
        """Return the difference of entropies, shape ``(T,)``."""
        dephased = shannon(run.dephased_populations)
        return np.maximum(dephased - shannon(run.populations), 0.0)

    def scale(self, run: SolvedRun) -> float:
        """Return ln d; see `Merit.scale`."""
        return math.log(max(run.battery_dim, 2))

    def error_bound(self, distance: FloatArray, run: SolvedRun) -> FloatArray | None:
        """Return twice the bound on an entropy; see `Merit.error_bound`."""
        return None if run.is_mode else 2.0 * entropy_error(distance, run.battery_dim)
