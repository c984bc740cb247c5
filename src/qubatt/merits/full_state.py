"""Merits that require the joint state of battery and charger."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np
from numpy.typing import NDArray

from qubatt.core.check import FloatArray
from qubatt.core.realization import Realization
from qubatt.merits.merit import Merit
from qubatt.merits.requirements import without_charger
from qubatt.merits.solved_run import SolvedRun

State = NDArray[np.complex128]


class FullStateMerit(Merit):
    """A function of the full state ρ, evaluated for each state separately.

    Cost: the eigenvalues of a D × D matrix for each state.
    """

    needs = "full state"

    @abstractmethod
    def of(self, rho: State, run: SolvedRun) -> FloatArray:
        """Return the merit of one state ρ, shape ``(D, D)``, as an array of shape ``(…)``."""

    def values(self, run: SolvedRun) -> FloatArray:
        """Return the merit for all states, shape ``(…, S)``."""
        return np.stack([np.asarray(self.of(rho, run)) for rho in run.states], axis=-1)


class OfTwoParties(FullStateMerit):
    """A measure of correlations between battery and charger."""

    def unavailable(self, realization: Realization) -> str:
        """Return the reason why this merit is unavailable, or an empty string."""
        return without_charger(realization.problem)
