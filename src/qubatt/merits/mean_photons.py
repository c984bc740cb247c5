"""Mean photon number of the cavity."""

import math

import numpy as np

from qubatt.core.declaration import declare
from qubatt.merits.expectation import ModeExpectation
from qubatt.merits.solved_run import SolvedRun


@declare("merit", "mean_photons")
class MeanPhotons(ModeExpectation):
    """Mean photon number ⟨a†a⟩."""

    long_name = "mean photon number"
    definition = "⟨a†a⟩"
    bounds = (0.0, math.inf)
    default = True
    operators = ("n",)

    def scale(self, run: SolvedRun) -> float:
        """Return 1 + max ⟨a†a⟩; see `Merit.scale`."""
        return 1.0 + float(np.max(self.values(run)))
