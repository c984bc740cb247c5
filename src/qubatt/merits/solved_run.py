"""A solved run in the form that merits need: moments, battery states and full states."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qubatt.core.check import FloatArray
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
