"""Figures of merit: named quantities of a run, each with its definition and its units."""

from qubatt.core.registry import registry
from qubatt.merits.cutoff_population import CUTOFF_POPULATION
from qubatt.merits.empty_population import EMPTY_POPULATION
from qubatt.merits.energy import ENERGY
from qubatt.merits.mean_photons import MEAN_PHOTONS
from qubatt.merits.merit import Merit, select_merits
from qubatt.merits.power import POWER

__all__ = [
    "CUTOFF_POPULATION",
    "EMPTY_POPULATION",
    "ENERGY",
    "MEAN_PHOTONS",
    "POWER",
    "Merit",
    "select_merits",
]

for _merit in (ENERGY, POWER, MEAN_PHOTONS, CUTOFF_POPULATION, EMPTY_POPULATION):
    registry.add("merit", _merit.name, _merit)
