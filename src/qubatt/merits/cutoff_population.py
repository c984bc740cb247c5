"""Population of the highest Fock level kept: large values mean that the cut-off is too low."""

from qubatt.core.problem import Term
from qubatt.merits.merit import Merit

CUTOFF_POPULATION = Merit(
    name="cutoff_population",
    long_name="population of the highest Fock level kept",
    units="1",
    definition="Tr[ρ |max_photons⟩⟨max_photons|]; of two levels where photons come in pairs",
    operator=lambda realization: realization.operator([Term(1.0, {"cavity": "P_top"})]),
    factor="cavity",
)
