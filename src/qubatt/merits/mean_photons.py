"""Mean photon number of the cavity."""

import math

from qubatt.core.declaration import declare
from qubatt.merits.expectation import ModeExpectation


@declare("merit", "mean_photons")
class MeanPhotons(ModeExpectation):
    """Mean photon number ⟨a†a⟩."""

    long_name = "mean photon number"
    definition = "⟨a†a⟩"
    bounds = (0.0, math.inf)
    default = True
    operators = ("n",)
