"""Ergotropy of one atom."""

from __future__ import annotations

import math
from itertools import product as cartesian

import numpy as np
from numpy.typing import NDArray

from qubatt.core.check import FloatArray
from qubatt.core.declaration import declare
from qubatt.core.observable import Expectation, Observable
from qubatt.core.problem import Problem, Term
from qubatt.core.realization import Realization, realize
from qubatt.core.space import Space
from qubatt.merits.merit import Merit
from qubatt.merits.solved_run import SolvedRun
from qubatt.operators import Atoms


@declare("merit", "ergotropy_atom")
class ErgotropyAtom(Merit):
    """Ergotropy per atom by unitaries on that atom alone."""

    long_name = "ergotropy of one atom"
    units = "omega_ref"
    definition = (
        "Tr[ρ₁H₁] − min over U on one atom of Tr[Uρ₁U†H₁], ρ₁ the reduced state of an atom and H₁"
        " its part of H_B, without interactions"
    )
    bounds = (0.0, math.inf)
    citations = ("allahverdyan2004",)

    def unavailable(self, realization: Realization) -> str:
        """Return why the problem cannot give it."""
        problem = realization.problem
        atoms = problem.space.factors[problem.battery]
        if not isinstance(atoms, Atoms):
            return "it needs a battery of atoms"
        if problem.space.matrices.get(problem.battery):
            return "its H_B was given as a matrix, which does not tell the part of a single atom"
        return ""

    def observables(self, problem: Problem) -> tuple[Observable, ...]:
        """Return the Hermitian parts of S_jk = Σ |j⟩⟨k|."""
        initials = problem.space.factors[problem.battery].initials  # type: ignore[attr-defined]
        pairs = [(j, k) for j, k in cartesian(initials, repeat=2) if j <= k]
        imaginary = (_part(problem.battery, j, k, -1j) for j, k in pairs if j < k)
        return (*(_part(problem.battery, j, k, 1.0) for j, k in pairs), *imaginary)

    def values(self, run: SolvedRun) -> FloatArray:
        """Return the ergotropy of one atom, shape ``(T,)``."""
        rho, H = _one_atom(run), _own_energy(run.problem)
        energies = np.linalg.eigvalsh(H)
        energy = np.einsum("tij,ji->t", rho, H).real
        lowest = np.linalg.eigvalsh(rho)[:, ::-1] @ energies
        return np.asarray(np.maximum(energy - lowest, 0.0))


def _part(factor: str, j: str, k: str, turn: complex) -> Expectation:
    """Return ½(x S_jk + x* S_kj), the real part of S_jk for x = 1 and the imaginary for x = −i."""
    forward, backward = (
        Term(turn / 2, {factor: f"S_{j}{k}"}),
        Term(complex(turn).conjugate() / 2, {factor: f"S_{k}{j}"}),
    )
    return Expectation((forward, backward))


def _one_atom(run: SolvedRun) -> NDArray[np.complex128]:
    """Return ρ₁ with ⟨k|ρ₁|j⟩ = ⟨S_jk⟩/N, shape ``(T, L, L)``."""
    initials, N, battery = run.atoms.initials, run.n_atoms, run.problem.battery
    rho = np.zeros((len(run.times), len(initials), len(initials)), dtype=np.complex128)
    for (row, j), (column, k) in cartesian(enumerate(initials), repeat=2):
        if j <= k:
            transfer = run.of(_part(battery, j, k, 1.0)).astype(np.complex128)
            if j < k:
                transfer += 1j * run.of(_part(battery, j, k, -1j))
            rho[:, column, row] = transfer / N
            rho[:, row, column] = transfer.conj() / N
    return rho


def _own_energy(problem: Problem) -> NDArray[np.complex128]:
    """Return H_B of a single atom: what acts on pairs is a multiple of 1 there, or 0."""
    atoms = problem.space.factors[problem.battery]
    space = Space({problem.battery: Atoms(1, atoms.levels)})
    alone = Problem(space, problem.battery, problem.battery_terms, ())
    return np.asarray(realize(alone).H_B.toarray(), dtype=np.complex128)
