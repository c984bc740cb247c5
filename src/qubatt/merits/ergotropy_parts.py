"""The part of the ergotropy that needs no coherence between energies, and the one that does."""

from __future__ import annotations

import math

import numpy as np

from qubatt.core.check import FloatArray
from qubatt.core.declaration import declare
from qubatt.merits.battery_state import WITHIN, UnitaryMerit, energy_of
from qubatt.merits.solved_run import SolvedRun

INCOHERENT = "W_i, the ergotropy of ρ_B without coherence between levels of H_B of unequal energy"
COHERENT = "W − W_i with the ergotropy W of ρ_B and W_i of ρ_B without coherence between energies"


class IncoherentErgotropy(UnitaryMerit):
    """W_i of the battery's state."""

    units = "omega_ref"
    bounds = (0.0, math.inf)
    citations = ("francica2020",)

    def values(self, run: SolvedRun) -> FloatArray:
        """Return W_i, shape ``(T,)``."""
        lowest = self.lowest(run, run.dephased_populations)
        return np.maximum(energy_of(run, run.in_levels) - lowest, 0.0)


class CoherentErgotropy(UnitaryMerit):
    """W − W_i: the passive energy of the dephased state above that of the state itself."""

    units = "omega_ref"
    bounds = (0.0, math.inf)
    citations = ("francica2020",)

    def values(self, run: SolvedRun) -> FloatArray:
        """Return W − W_i, shape ``(T,)``."""
        dephased = self.lowest(run, run.dephased_populations)
        return np.maximum(dephased - self.lowest(run, run.populations), 0.0)


@declare("merit", "incoherent_ergotropy_symmetric")
class IncoherentErgotropySymmetric(IncoherentErgotropy):
    """Incoherent ergotropy by unitaries on the permutation-symmetric states."""

    long_name = "incoherent ergotropy on the symmetric states"
    definition = f"{INCOHERENT}, {WITHIN['symmetric']}"
    reach = "symmetric"


@declare("merit", "incoherent_ergotropy_full")
class IncoherentErgotropyFull(IncoherentErgotropy):
    """Incoherent ergotropy by unitaries on all states of the atoms."""

    long_name = "incoherent ergotropy on the full space"
    definition = f"{INCOHERENT}, {WITHIN['full']}"
    reach = "full"


@declare("merit", "coherent_ergotropy_symmetric")
class CoherentErgotropySymmetric(CoherentErgotropy):
    """Coherent ergotropy by unitaries on the permutation-symmetric states."""

    long_name = "coherent ergotropy on the symmetric states"
    definition = f"{COHERENT}, {WITHIN['symmetric']}"
    reach = "symmetric"


@declare("merit", "coherent_ergotropy_full")
class CoherentErgotropyFull(CoherentErgotropy):
    """Coherent ergotropy by unitaries on all states of the atoms."""

    long_name = "coherent ergotropy on the full space"
    definition = f"{COHERENT}, {WITHIN['full']}"
    reach = "full"
