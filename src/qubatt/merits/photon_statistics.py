"""Photon statistics of the cavity: g², Mandel Q, Fano factor."""

from __future__ import annotations

import math

import numpy as np

from qubatt.core.check import FloatArray
from qubatt.core.declaration import declare
from qubatt.core.observable import Observable
from qubatt.core.problem import Problem
from qubatt.core.realization import Realization
from qubatt.merits.merit import Merit
from qubatt.merits.requirements import mode_product, without_mode
from qubatt.merits.solved_run import SolvedRun

DARK = 1e-9
"""Mean photon number below which the mode counts as empty."""


class PhotonStatistics(Merit):
    """A function of ⟨n⟩ and ⟨n²⟩ that is undefined without photons."""

    citations = ("mandel1979",)

    def unavailable(self, realization: Realization) -> str:
        """Return the reason why this merit is unavailable, or an empty string."""
        return without_mode(realization.problem)

    def observables(self, problem: Problem) -> tuple[Observable, ...]:
        """Return n and n²."""
        return (mode_product(problem, "n"), mode_product(problem, "n", "n"))

    def numbers(self, run: SolvedRun) -> tuple[FloatArray, FloatArray]:
        """Return ⟨n⟩, NaN without photons, and the variance of n."""
        mean, square = map(run.of, self.observables(run.problem))
        return np.where(mean > DARK, mean, np.nan), np.maximum(square - mean**2, 0.0)


@declare("merit", "photon_correlation")
class PhotonCorrelation(PhotonStatistics):
    """Second-order correlation g²(0) of the cavity: 1 for coherent, 2 for thermal light."""

    long_name = "photon correlation g²(0)"
    definition = "⟨a†a†aa⟩ / ⟨a†a⟩², NaN without photons"
    bounds = (0.0, math.inf)

    def values(self, run: SolvedRun) -> FloatArray:
        """Return g²(0), shape ``(T,)``."""
        mean, _ = self.numbers(run)
        number, square = map(run.of, self.observables(run.problem))
        pairs = np.maximum(square - number, 0.0)
        return pairs / mean**2


@declare("merit", "mandel_q")
class MandelQ(PhotonStatistics):
    """Mandel Q parameter of the cavity: 0 for coherent light, −1 for a Fock state."""

    long_name = "Mandel Q of the photons"
    definition = "((Δn)² − ⟨n⟩) / ⟨n⟩, NaN without photons"
    bounds = (-1.0, math.inf)

    def values(self, run: SolvedRun) -> FloatArray:
        """Return Q, shape ``(T,)``."""
        mean, variance = self.numbers(run)
        return variance / mean - 1.0


@declare("merit", "fano_factor")
class FanoFactor(PhotonStatistics):
    """Fano factor of the cavity: 1 for coherent light, 0 for a Fock state."""

    long_name = "Fano factor of the photons"
    definition = "(Δn)² / ⟨n⟩, NaN without photons"
    bounds = (0.0, math.inf)

    def values(self, run: SolvedRun) -> FloatArray:
        """Return F, shape ``(T,)``."""
        mean, variance = self.numbers(run)
        return variance / mean
