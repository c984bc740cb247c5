"""Merits that need the state of battery and charger together."""

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
    """A function of ρ, computed state by state.

    Cost: eigenvalues of a D × D matrix at every time.
    """

    needs = "full state"

    @abstractmethod
    def of(self, rho: State, run: SolvedRun) -> FloatArray:
        """Return the merit of one state ``(D, D)``, shape ``(…)``."""

    def values(self, run: SolvedRun) -> FloatArray:
        """Return the merit of all states, shape ``(…, S)``."""
        return np.stack([np.asarray(self.of(rho, run)) for rho in run.states], axis=-1)


class OfTwoParties(FullStateMerit):
    """A function of ρ that asks what the battery and the charger share."""

    def unavailable(self, realization: Realization) -> str:
        """Return why the problem cannot give it."""
        return without_charger(realization.problem)
