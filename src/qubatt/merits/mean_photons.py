"""Mean photon number of the cavity."""

from qubatt.core.problem import Term
from qubatt.merits.merit import Merit

MEAN_PHOTONS = Merit(
    name="mean_photons",
    long_name="mean photon number",
    units="1",
    definition="⟨a†a⟩",
    operator=lambda realization: realization.operator([Term(1.0, {"cavity": "n"})]),
    factor="cavity",
)
