"""Ergotropy of one atom."""

from __future__ import annotations

import math
from itertools import product as cartesian

import numpy as np
from numpy.typing import NDArray

from qubatt.core.check import FloatArray
from qubatt.core.declaration import declare
from qubatt.core.problem import Problem
from qubatt.core.realization import Realization, realize
from qubatt.core.space import Basis, Operator, Space
from qubatt.merits.merit import Merit, Moments
from qubatt.merits.reading import Builder, product
from qubatt.merits.record import Record
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

    def obstacle(self, problem: Problem, basis: Basis) -> str:  # noqa: ARG002  # any
        """Return why the problem cannot give it."""
        atoms = problem.space.factors[problem.battery]
        if not isinstance(atoms, Atoms):
            return "it needs a battery of atoms"
        if problem.space.matrices.get(problem.battery):
            return "its H_B was given as a matrix, which does not tell the part of a single atom"
        return ""

    def moments(self, problem: Problem) -> Moments:
        """Return the Hermitian parts of S_jk = Σ |j⟩⟨k|."""
        initials = problem.space.factors[problem.battery].initials  # type: ignore[attr-defined]
        found = {}
        for j, k in cartesian(initials, repeat=2):
            if j <= k:
                found[f"Re S_{j}{k}"] = _part(problem.battery, f"S_{j}{k}", f"S_{k}{j}", 1.0)
            if j < k:
                found[f"Im S_{j}{k}"] = _part(problem.battery, f"S_{j}{k}", f"S_{k}{j}", -1j)
        return found

    def values(self, record: Record) -> FloatArray:
        """Return the ergotropy of one atom, shape ``(T,)``."""
        rho, H = _one_atom(record), _own_energy(record.problem)
        energies = np.linalg.eigvalsh(H)
        energy = np.einsum("tij,ji->t", rho, H).real
        lowest = np.linalg.eigvalsh(rho)[:, ::-1] @ energies
        return np.asarray(np.maximum(energy - lowest, 0.0))


def _part(factor: str, one: str, other: str, turn: complex) -> Builder:
    def build(realization: Realization) -> Operator:
        first, second = product(factor, one)(realization), product(factor, other)(realization)
        return (turn * first + np.conj(turn) * second) / 2

    return build


def _one_atom(record: Record) -> NDArray[np.complex128]:
    """Return ρ₁ with ⟨k|ρ₁|j⟩ = ⟨S_jk⟩/N, shape ``(T, L, L)``."""
    initials, N = record.atoms.initials, record.n_atoms
    rho = np.zeros((len(record.times), len(initials), len(initials)), dtype=np.complex128)
    for (row, j), (column, k) in cartesian(enumerate(initials), repeat=2):
        if j <= k:
            transfer = record.moments[f"Re S_{j}{k}"].astype(np.complex128)
            if j < k:
                transfer += 1j * record.moments[f"Im S_{j}{k}"]
            rho[:, column, row] = transfer / N
            rho[:, row, column] = transfer.conj() / N
    return rho


def _own_energy(problem: Problem) -> NDArray[np.complex128]:
    """Return H_B of a single atom: what acts on pairs is a multiple of 1 there, or 0."""
    atoms = problem.space.factors[problem.battery]
    space = Space({problem.battery: Atoms(1, atoms.levels)})
    alone = Problem(space, problem.battery, problem.battery_terms, ())
    return np.asarray(realize(alone).H_B.toarray(), dtype=np.complex128)
