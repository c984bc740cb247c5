"""Figures of merit: named quantities of a run, each with its definition and its units."""

from importlib import import_module

from qubatt.merits.merit import Merit
from qubatt.merits.selection import merit, select_merits
from qubatt.merits.solved_run import SolvedRun

__all__ = ["CutoffPopulation", "Merit", "SolvedRun", "merit", "select_merits"]

for _module in (  # each module registers its merits; listings keep this order
    "energy",
    "power",
    "maximum",
    "charging_time",
    "remaining_energy",
    "power_bound",
    "energy_variance",
    "ergotropy",
    "passive_energy",
    "entropy",
    "coherence",
    "concurrence",
    "spin_squeezing",
    "fisher_information",
    "empty_population",
    "mean_photons",
    "cutoff_population",
    "photon_statistics",
    "first_law",
    "negativity",
    "mutual_information",
    "entropy_production",
    "speed_limit",
):
    import_module(f"{__name__}.{_module}")

from qubatt.merits.cutoff_population import CutoffPopulation  # noqa: E402  # after the loop, which sets the order
