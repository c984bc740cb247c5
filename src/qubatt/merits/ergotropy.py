"""Ergotropy, the energy that unitaries on the battery can extract, and its two parts."""

from __future__ import annotations

from typing import Literal

import numpy as np

from qubatt.core.check import FloatArray
from qubatt.core.declaration import declare
from qubatt.merits.solved_run import SolvedRun
from qubatt.merits.unitary_merit import ReachName, UnitaryMerit, reach_field


@declare("merit", "ergotropy")
class Ergotropy(UnitaryMerit):
    """Ergotropy W of the battery, or of one of its atoms."""

    title = "ergotropy"
    formula = "W = Tr[ρ H] − min over U of Tr[UρU† H]"
    citations = ("allahverdyan2004",)

    reach: Literal[ReachName, "atom"] = reach_field()

    def values(self, run: SolvedRun) -> FloatArray:
        """Return W, shape ``(T,)``."""
        return np.maximum(self.unitaries.energy(run) - self.unitaries.lowest(run), 0.0)


@declare("merit", "incoherent_ergotropy")
class IncoherentErgotropy(UnitaryMerit):
    """Part W_i of the ergotropy that does not require coherence between different energies."""

    title = "incoherent ergotropy"
    formula = "W_i, the ergotropy of ρ without coherence between levels of H of different energy"
    citations = ("francica2020",)

    reach: ReachName = reach_field()

    def values(self, run: SolvedRun) -> FloatArray:
        """Return W_i, shape ``(T,)``."""
        lowest = self.unitaries.lowest(run, run.dephased_populations)
        return np.maximum(self.unitaries.energy(run) - lowest, 0.0)


@declare("merit", "coherent_ergotropy")
class CoherentErgotropy(UnitaryMerit):
    """Part W − W_i of the ergotropy due to coherence: the passive energy added by dephasing."""

    title = "coherent ergotropy"
    formula = (
        "W − W_i, where W is the ergotropy of ρ, and W_i that of ρ without coherence between"
        " levels of H of different energy"
    )
    citations = ("francica2020",)

    reach: ReachName = reach_field()

    def values(self, run: SolvedRun) -> FloatArray:
        """Return W − W_i, shape ``(T,)``."""
        dephased = self.unitaries.lowest(run, run.dephased_populations)
        return np.maximum(dephased - self.unitaries.lowest(run), 0.0)
