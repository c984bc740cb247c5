"""Merits of states that are written down, without a run."""

from __future__ import annotations

from functools import reduce

import numpy as np

import qubatt as qb
from qubatt.core.problem import Problem
from qubatt.core.realization import realize
from qubatt.core.space import Basis
from qubatt.merits import SolvedRun


def merit_of(
    name: str,
    problem: Problem,
    states: np.ndarray,
    basis: Basis = "symmetric",
    **parameters: object,
) -> np.ndarray:
    """Return a merit of density matrices ``(T, D, D)`` of a problem's whole space."""
    merit, realization = qb.merit(name, **parameters), realize(problem, basis)
    moments = {}
    for each in merit.observables(problem):
        operator = realization.observe(each).steady.toarray()
        moments[each.label] = np.einsum("ij,tji->t", operator, states).real
    d = problem.space.factors[problem.battery].in_basis(basis).dim
    rest = len(states[0]) // d  # the battery is the last factor
    split = states.reshape(len(states), rest, d, rest, d)
    battery = np.trace(split, axis1=1, axis2=3)
    times = np.arange(len(states), dtype=float)
    return merit.values(SolvedRun(realization, times, moments, battery, states))


def spins(n_atoms: int, **options: float) -> Problem:
    """Return atoms alone, undriven."""
    return qb.DrivenBattery(n_atoms, drive=0.0, **options).problem()


def projector(ket: np.ndarray) -> np.ndarray:
    """Return |ψ⟩⟨ψ| as one state of a series, shape ``(1, d, d)``."""
    ket = np.asarray(ket, dtype=complex) / np.linalg.norm(ket)
    return np.outer(ket, ket.conj())[np.newaxis]


def random_states(seed: int, dim: int, number: int = 6) -> np.ndarray:
    """Return random density matrices, the first pure, ranks rising, shape ``(number, d, d)``."""
    rng = np.random.default_rng(seed)
    found = []
    for k in range(number):
        root = rng.normal(size=(dim, k + 1)) + 1j * rng.normal(size=(dim, k + 1))
        rho = root @ root.conj().T
        found.append(rho / np.trace(rho).real)
    return np.array(found)


SIGMA = {
    "x": np.array([[0, 1], [1, 0]]),
    "y": np.array([[0, 1j], [-1j, 0]]),
    "z": np.array([[-1, 0], [0, 1]]),
}
"""Pauli matrices in the order ground, excited."""


def single(matrix: np.ndarray, atom: int, n_atoms: int) -> np.ndarray:
    """Return a matrix on one of N atoms, shape ``(L^N, L^N)``."""
    one = np.eye(len(matrix))
    return reduce(np.kron, [matrix if k == atom else one for k in range(n_atoms)])


def energy_of_pairs(n_atoms: int, omega: float, g: float) -> np.ndarray:
    """Return H_B = ½ω Σ σ_z + (g/2N) Σ over ordered pairs of σ_xσ_x + σ_yσ_y."""
    N = n_atoms
    H = sum(0.5 * omega * single(SIGMA["z"], k, N) for k in range(N)).astype(complex)
    for axis in "xy":
        sigma = [single(SIGMA[axis], k, N) for k in range(N)]
        H += sum(0.5 * g / N * sigma[i] @ sigma[j] for i in range(N) for j in range(N) if i != j)
    return H


def dicke_states(n_atoms: int) -> np.ndarray:
    """Return the symmetric states with 0, 1 … N excited atoms as columns, ``(2^N, N + 1)``."""
    excited = np.array([index.bit_count() for index in range(2**n_atoms)])
    columns = (excited[:, np.newaxis] == np.arange(n_atoms + 1)).astype(float)
    return columns / np.linalg.norm(columns, axis=0)
