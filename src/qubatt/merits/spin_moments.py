"""Moments of the collective spin, and the two-atom state that follows from them."""

from __future__ import annotations

from itertools import combinations_with_replacement

import numpy as np
from numpy.typing import NDArray

from qubatt.core.check import FloatArray
from qubatt.core.observable import Expectation, Observable
from qubatt.core.problem import Problem, Term
from qubatt.core.realization import Realization
from qubatt.merits.merit import Merit
from qubatt.merits.requirements import without_spin
from qubatt.merits.solved_run import SolvedRun

AXES = ("Jx", "Jy", "Jz")
PAIRS = tuple(combinations_with_replacement(range(3), 2))

PAULI = np.array([[[0, 1], [1, 0]], [[0, 1j], [-1j, 0]], [[-1, 0], [0, 1]]], dtype=np.complex128)
"""σ_x, σ_y, σ_z in the basis (ground, excited)."""


class SpinMerit(Merit):
    """A function of ⟨J_a⟩ and ⟨J_aJ_b + J_bJ_a⟩ of two-level atoms."""

    fewest_atoms = 1

    def unavailable(self, realization: Realization) -> str:
        """Return the reason why this merit is unavailable, or an empty string."""
        return without_spin(realization.problem, self.fewest_atoms)

    def observables(self, problem: Problem) -> tuple[Observable, ...]:
        """Return the components of J and their symmetrised products."""
        pairs = (_symmetrised(problem, a, b) for a, b in PAIRS)
        return (*_components(problem), *pairs)


def spin(run: SolvedRun) -> FloatArray:
    """Return ⟨J⟩, shape ``(T, 3)``."""
    return np.stack([run.of(axis) for axis in _components(run.problem)], axis=-1)


def correlations(run: SolvedRun) -> FloatArray:
    """Return ½⟨J_aJ_b + J_bJ_a⟩, shape ``(T, 3, 3)``."""
    matrix = np.empty((len(run.times), 3, 3))
    for a, b in PAIRS:
        matrix[:, a, b] = matrix[:, b, a] = run.of(_symmetrised(run.problem, a, b))
    return matrix


def two_atoms(run: SolvedRun) -> NDArray[np.complex128]:
    """Return the two-atom state, averaged over all pairs of atoms, shape ``(T, 4, 4)``.

    ⟨σ_a⊗1⟩ = 2⟨J_a⟩/N and ⟨σ_a⊗σ_b⟩ = (2⟨J_aJ_b + J_bJ_a⟩ − N δ_ab)/(N(N − 1)).
    """
    N = run.n_atoms
    one = 2.0 * spin(run) / N
    two = (4.0 * correlations(run) - N * np.eye(3)) / (N * (N - 1))
    unit = np.eye(2)
    rho = np.broadcast_to(np.eye(4, dtype=np.complex128), (len(one), 4, 4)).copy()
    for a in range(3):
        local = np.kron(PAULI[a], unit) + np.kron(unit, PAULI[a])
        rho += one[:, a, np.newaxis, np.newaxis] * local
        for b in range(3):
            rho += two[:, a, b, np.newaxis, np.newaxis] * np.kron(PAULI[a], PAULI[b])
    return rho / 4.0


def _components(problem: Problem) -> tuple[Expectation, ...]:
    """Return the observables J_x, J_y, J_z of the battery."""
    return tuple(Expectation.of(problem.battery, (axis,)) for axis in AXES)


def _symmetrised(problem: Problem, a: int, b: int) -> Expectation:
    """Return the observable ½(J_aJ_b + J_bJ_a)."""
    orders = ((AXES[a], AXES[b]), (AXES[b], AXES[a]))
    return Expectation(tuple(Term(0.5, {problem.battery: names}) for names in orders))
