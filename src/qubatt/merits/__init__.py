"""Figures of merit: named quantities of a run, each with its definition and its units."""

from qubatt.merits import (  # noqa: F401  # registers them, in this order
    energy,
    power,
    mean_photons,
    cutoff_population,
    empty_population,
    maximum,
    charging_time,
    ergotropy,
    ergotropy_parts,
    ergotropy_atom,
    passive_energy,
    energy_variance,
    entropy,
    coherence,
    concurrence,
    spin_squeezing,
    fisher_information,
    photon_statistics,
    first_law,
    power_bound,
    negativity,
    mutual_information,
    entropy_production,
    speed_limit,
)  # isort: skip
from qubatt.merits.cutoff_population import CutoffPopulation
from qubatt.merits.merit import Merit
from qubatt.merits.record import Record
from qubatt.merits.selection import merit, select_merits

__all__ = ["CutoffPopulation", "Merit", "Record", "merit", "select_merits"]
