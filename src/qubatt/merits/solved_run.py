"""A solved run in the form that merits need: moments, battery states and full states."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qubatt.core.check import FloatArray
from qubatt.core.levels import OuterLevels
from qubatt.core.observable import CURVATURE, ENERGY, POWER, Observable
from qubatt.core.problem import Problem
from qubatt.core.realization import Realization, realize
from qubatt.core.space import Space
from qubatt.merits.energy_curve import Curve
from qubatt.merits.spectrum import BatterySpectrum, collective_terms

States = NDArray[np.complex128]


@dataclass(frozen=True)
class SolvedRun:
    """A solved run or a steady state, in the form that merits need.

    Attributes
    ----------
    realization : Realization
        Matrices of the problem in the basis of the states.
    times : array, shape (T,)
        Times, starting with 0; infinity for a steady state.
    moments : mapping of str to array, shape (T,)
        Expectation values by the labels of their observables.
    battery_states : array, shape (B, d, d), or None
        Reduced states of the battery at the output times, if a merit requires them.
    states : array, shape (S, D, D), or None
        Full states at the requested times.
    """

    realization: Realization
    times: FloatArray
    moments: Mapping[str, FloatArray]
    battery_states: Any = None
    states: Any = None

    def of(self, observable: Observable) -> FloatArray:
        """Return the expectation values of an observable, shape ``(T,)``."""
        return self.moments[observable.label]

    @property
    def problem(self) -> Problem:
        """The solved problem."""
        return self.realization.problem

    @property
    def n_atoms(self) -> int:
        """Number of atoms of the battery."""
        return int(self.atoms.n_atoms)

    @property
    def atoms(self) -> Any:
        """The battery factor, for batteries made of atoms."""
        return self.problem.space.factors[self.problem.battery]

    @cached_property
    def spectrum(self) -> BatterySpectrum:
        """Spectrum of the battery."""
        return BatterySpectrum(self.realization.battery_alone)

    @cached_property
    def H_1(self) -> States:
        """H_B for a single atom, without interaction terms (these become constants or vanish)."""
        battery = self.problem.battery
        space = Space({battery: type(self.atoms)(1, self.atoms.levels)})
        alone = Problem(space, battery, collective_terms(self.problem) or (), ())
        return np.asarray(realize(alone).H_B.toarray(), dtype=np.complex128)

    @cached_property
    def curve(self) -> Curve:
        """The stored energy, interpolated between the times."""
        energy, power = self.of(ENERGY), self.of(POWER)
        curvature = self.moments.get(CURVATURE.label)
        return Curve(self.times, energy, power, curvature, self.problem.breaks)

    @property
    def battery_dim(self) -> int:
        """Dimension d of the battery."""
        return self.problem.space.factors[self.problem.battery].dim

    @property
    def is_mode(self) -> bool:
        """Whether the battery is itself a mode, whose energy has no upper limit."""
        return self.problem.battery in self.problem.space.modes

    @cached_property
    def energy_scale(self) -> float:
        """Spread of H_B; for a battery that is a mode, the mean level spacing plus the range of E.

        The value is 1 if H_B is a multiple of the identity.
        """
        levels = OuterLevels(self.realization.battery_alone.H_B)
        spread = levels.highest - levels.lowest
        if self.is_mode:
            energy = self.of(ENERGY)
            spread = spread / max(self.battery_dim - 1, 1) + float(np.ptp(energy))
        return spread or 1.0

    @property
    def time_scale(self) -> float:
        """The last time, replaced with 1 if it is 0 or, as for a steady state, infinite."""
        last = float(self.times[-1])
        return last if 0.0 < last < math.inf else 1.0

    @cached_property
    def power_scale(self) -> float:
        """The larger of max |dE/dt| and the spread of H_B divided by the last time."""
        slow = self.energy_scale / self.time_scale
        known = POWER.label in self.moments and self.times[-1] < math.inf
        return max(float(np.abs(self.of(POWER)).max()), slow) if known else slow

    def energy_error(self, distance: FloatArray) -> FloatArray | None:
        """Return the largest change of Tr[ρH_B] for ‖ρ̂ − ρ‖₁ ≤ distance; None if unlimited.

        Since Tr ρ̂ = Tr ρ, it is half the spread of H_B times the distance, at most the spread.
        """
        if self.is_mode:
            return None
        return np.asarray(self.energy_scale * np.minimum(0.5 * distance, 1.0))

    @staticmethod
    def maximum_error(errors: FloatArray, curve: FloatArray) -> float:
        """Return the error of max f(t) if f has at most the given errors at all times.

        max f lies between max(f − e) and max(f + e).
        """
        largest = curve.max()
        return float(max((curve + errors).max() - largest, largest - (curve - errors).max()))

    @cached_property
    def populations(self) -> FloatArray:
        """Eigenvalues of the reduced states of the battery, ascending, shape ``(B, d)``."""
        return np.asarray(np.linalg.eigvalsh(self.battery_states))

    @cached_property
    def eigen(self) -> tuple[FloatArray, States]:
        """Eigenvalues and eigenvectors of these states, shapes ``(B, d)`` and ``(B, d, d)``."""
        populations, vectors = np.linalg.eigh(self.battery_states)
        return np.asarray(populations), np.asarray(vectors)

    @cached_property
    def in_levels(self) -> States:
        """Reduced states of the battery in the eigenbasis of H_B, shape ``(B, d, d)``."""
        V = self.spectrum.vectors
        return np.asarray(V.conj().T @ self.battery_states @ V)

    @cached_property
    def dephased_populations(self) -> FloatArray:
        """Eigenvalues, ascending, of these states without coherence between different energies."""
        return np.asarray(np.linalg.eigvalsh(self.in_levels * self.spectrum.same_level))
