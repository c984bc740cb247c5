"""Population of the highest Fock level kept: large values mean that the cut-off is too low."""

from qubatt.core.declaration import declare
from qubatt.merits.expectation import CavityExpectation


@declare("merit", "cutoff_population")
class CutoffPopulation(CavityExpectation):
    """Population of the highest Fock level kept."""

    long_name = "population of the highest Fock level kept"
    definition = "Tr[ρ |max_photons⟩⟨max_photons|]; of two levels where photons come in pairs"
    bounds = (0.0, 1.0)
    default = True
    operators = "P_top"
