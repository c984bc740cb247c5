"""Coherence between the energies of the battery."""

from __future__ import annotations

import math
from itertools import combinations, pairwise

import numpy as np

from qubatt.core.check import FloatArray
from qubatt.core.declaration import declare
from qubatt.merits.battery_state import OfBatteryState
from qubatt.merits.entropy import shannon
from qubatt.merits.record import Record


@declare("merit", "coherence_l1")
class CoherenceL1(OfBatteryState):
    """l1 norm of coherence of the battery in the eigenbasis of H_B."""

    long_name = "l1 coherence of the battery"
    definition = (
        "Σ ‖Π_k ρ_B Π_l‖₁ over levels k ≠ l of H_B with projectors Π and trace norms: the sum of"
        " |⟨k|ρ_B|l⟩| where no level is degenerate"
    )
    bounds = (0.0, math.inf)
    citations = ("baumgratz2014",)

    def values(self, record: Record) -> FloatArray:
        """Return the sum, shape ``(T,)``."""
        starts = np.flatnonzero(~np.diag(record.spectrum.same_level, -1)) + 1
        if len(starts) == len(record.spectrum.energies) - 1:
            apart = np.abs(record.in_levels) * ~record.spectrum.same_level
            return np.asarray(apart.sum(axis=(1, 2)))
        ends = [0, *starts.tolist(), len(record.spectrum.energies)]
        total = np.zeros(len(record.in_levels))
        for (a, b), (c, d) in combinations(pairwise(ends), 2):
            block = record.in_levels[:, a:b, c:d]
            total += 2.0 * np.linalg.svd(block, compute_uv=False).sum(axis=1)
        return total


@declare("merit", "coherence_relative_entropy")
class CoherenceRelativeEntropy(OfBatteryState):
    """Relative entropy of coherence of the battery between the levels of H_B."""

    long_name = "relative entropy of coherence of the battery"
    definition = "S(Δρ_B) − S(ρ_B), Δρ_B being ρ_B without coherence between unequal energies"
    bounds = (0.0, math.inf)
    citations = ("baumgratz2014",)

    def values(self, record: Record) -> FloatArray:
        """Return the difference of entropies, shape ``(T,)``."""
        dephased = shannon(record.dephased_populations)
        return np.maximum(dephased - shannon(record.populations), 0.0)
