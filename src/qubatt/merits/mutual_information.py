"""Total correlations between charger and battery."""

from __future__ import annotations

import math

import numpy as np

from qubatt.core.check import FloatArray
from qubatt.core.declaration import declare
from qubatt.merits.entropy import shannon
from qubatt.merits.full_state import OfTwoParties, State
from qubatt.merits.solved_run import SolvedRun


@declare("merit", "mutual_information")
class MutualInformation(OfTwoParties):
    """Quantum mutual information of charger and battery."""

    long_name = "mutual information of charger and battery"
    definition = "S(ρ_B) + S(ρ_C) − S(ρ) with von Neumann entropies, in nats"
    bounds = (0.0, math.inf)

    def of(self, rho: State, run: SolvedRun) -> FloatArray:
        """Return the mutual information."""
        space = run.problem.space
        dims, position = space.dims, space.position(run.problem.battery)
        battery = space.marginal(rho, run.problem.battery)
        first = np.moveaxis(rho.reshape(*dims, *dims), (position, len(dims) + position), (0, 1))
        rest = rho.shape[0] // dims[position]
        charger = np.trace(first).reshape(rest, rest)
        parts = [shannon(np.asarray(np.linalg.eigvalsh(part))) for part in (battery, charger, rho)]
        return np.maximum(parts[0] + parts[1] - parts[2], 0.0)
