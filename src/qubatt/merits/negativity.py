"""Entanglement between charger and battery."""

from __future__ import annotations

import math

import numpy as np

from qubatt.core.check import FloatArray
from qubatt.core.declaration import declare
from qubatt.merits.full_state import OfTwoParties, State
from qubatt.merits.solved_run import SolvedRun


def negativity(rho: State, run: SolvedRun) -> float:
    """Return (‖ρ^T_B‖₁ − 1)/2, the sum of |λ| over the negative eigenvalues λ of ρ^T_B."""
    space = run.problem.space
    dims, position = space.dims, space.position(run.problem.battery)
    axes = list(range(2 * len(dims)))
    axes[position], axes[len(dims) + position] = axes[len(dims) + position], axes[position]
    turned = rho.reshape(*dims, *dims).transpose(axes).reshape(rho.shape)
    levels = np.linalg.eigvalsh(turned)
    return float(np.sum(np.maximum(-levels, 0.0)))


@declare("merit", "negativity")
class Negativity(OfTwoParties):
    """Negativity of charger and battery."""

    long_name = "negativity of charger and battery"
    definition = "(‖ρ^T_B‖₁ − 1)/2, where ρ^T_B is the partial transpose of ρ in the battery"
    bounds = (0.0, math.inf)
    citations = ("vidal2002",)

    def of(self, rho: State, run: SolvedRun) -> FloatArray:
        """Return the negativity."""
        return np.asarray(negativity(rho, run))


@declare("merit", "logarithmic_negativity")
class LogarithmicNegativity(OfTwoParties):
    """Logarithmic negativity of charger and battery."""

    long_name = "logarithmic negativity of charger and battery"
    definition = "log₂ ‖ρ^T_B‖₁, where ρ^T_B is the partial transpose of ρ in the battery"
    bounds = (0.0, math.inf)
    citations = ("vidal2002",)

    def of(self, rho: State, run: SolvedRun) -> FloatArray:
        """Return the logarithmic negativity, in bits."""
        return np.asarray(math.log2(1.0 + 2.0 * negativity(rho, run)))
