"""Stored energy."""

from __future__ import annotations

import numpy as np

from qubatt.core.check import FloatArray
from qubatt.core.declaration import declare
from qubatt.core.observable import ENERGY, Observable
from qubatt.core.problem import Problem
from qubatt.merits.merit import Merit
from qubatt.merits.solved_run import SolvedRun


@declare("merit", "energy")
class Energy(Merit):
    """Stored energy E(t) = Tr[ρ(t) H_B] − Tr[ρ(0) H_B]."""

    long_name = "stored energy"
    units = "omega_ref"
    definition = "E(t) = Tr[ρ(t) H_B] − Tr[ρ(0) H_B], summed over all atoms"
    default = True
    linear = True

    def observables(self, problem: Problem) -> tuple[Observable, ...]:  # noqa: ARG002  # the same for all
        """Return H_B."""
        return (ENERGY,)

    def values(self, run: SolvedRun) -> FloatArray:
        """Return E, shape ``(T,)``."""
        energy = run.of(ENERGY)
        return np.asarray(energy - energy[0])

    def error_bound(self, distance: FloatArray, run: SolvedRun) -> FloatArray | None:
        """Return half the spread of H_B times the distance; see `Merit.error_bound`."""
        return run.energy_error(distance)
