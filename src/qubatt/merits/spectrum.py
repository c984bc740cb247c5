"""Energy levels of a battery, in the basis of its states and in the full space."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from math import comb

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from qubatt.core.check import FloatArray
from qubatt.core.levels import LEVEL_TOLERANCE, eigenvalues
from qubatt.core.problem import Problem, Term
from qubatt.core.realization import FULL_DIM_LIMIT, Realization
from qubatt.operators import Atoms


@dataclass(frozen=True)
class BatterySpectrum:
    """Levels of H_B on the battery alone.

    Attributes
    ----------
    alone : Realization
        The battery factor alone, in the basis of the states.
    """

    alone: Realization

    @property
    def H(self) -> NDArray[np.complex128]:
        """H_B on the battery alone, shape ``(d, d)``."""
        return np.asarray(self.alone.H_B.toarray(), dtype=np.complex128)

    @cached_property
    def _eigen(self) -> tuple[FloatArray, NDArray[np.complex128]]:
        energies, vectors = np.linalg.eigh(self.H)
        return np.asarray(energies), np.asarray(vectors)

    @property
    def energies(self) -> FloatArray:
        """Eigenvalues of H_B on the space of the battery, ascending, shape ``(d,)``."""
        return self._eigen[0]

    @property
    def vectors(self) -> NDArray[np.complex128]:
        """Eigenvectors of H_B as columns, shape ``(d, d)``."""
        return self._eigen[1]

    @cached_property
    def levels(self) -> list[slice]:
        """Index ranges of the eigenvectors of each level, ascending."""
        starts = np.flatnonzero(np.append(True, ~np.diagonal(self.same_level, 1)))
        ends = [*starts[1:].tolist(), len(self.energies)]
        return [slice(start, end) for start, end in zip(starts.tolist(), ends, strict=True)]

    @cached_property
    def same_level(self) -> NDArray[np.bool_]:
        """Boolean mask of pairs of eigenvectors with equal energy, shape ``(d, d)``."""
        gaps = np.abs(np.subtract.outer(self.energies, self.energies))
        return np.asarray(gaps <= LEVEL_TOLERANCE * max(float(np.ptp(self.energies)), 1e-300))

    @cached_property
    def extremes(self) -> tuple[FloatArray, FloatArray]:
        """The d lowest levels of H_B in the full space, ascending, and the d highest, descending.

        Levels are counted with their multiplicity in the full space. The dimension d of the
        basis of the states limits the number of levels that can be occupied.
        """
        d = len(self.energies)
        problem = self.alone.problem
        atoms = problem.space.factors[problem.battery]
        if not isinstance(atoms, Atoms) or atoms.basis == "full":
            return self.energies, self.energies[::-1]  # the basis is the full space
        energies, multiplicity = full_levels(problem)
        order = np.argsort(energies)
        lowest = np.repeat(energies[order], np.minimum(multiplicity[order], d))[:d]
        highest = np.repeat(energies[order[::-1]], np.minimum(multiplicity[order[::-1]], d))[:d]
        return lowest, highest


def full_levels(problem: Problem) -> tuple[FloatArray, NDArray[np.int64]]:
    """Return the levels of H_B in the full space of the atoms, and their multiplicities.

    For two-level atoms H_B is diagonalised in each block of spin j, which occurs
    d_j = C(N, N/2 − j) − C(N, N/2 − j − 1) times; the 2^N states are never formed. Multiplicities
    are limited to 2^62. Atoms with more than two levels are diagonalised in the full space.
    """
    atoms = problem.space.factors[problem.battery]
    if not isinstance(atoms, Atoms):
        raise TypeError(f"{atoms} has no full space")
    if len(atoms.levels) > 2:
        energies = eigenvalues(Realization(problem.battery_alone().in_basis("full")).H_B)
        return energies, np.ones(len(energies), dtype=np.int64)
    N, terms = atoms.n_atoms, collective_terms(problem)
    if terms is None:
        raise TypeError("H_B is not defined on the full space")
    levels, multiplicity = [], []
    for depth in range(N // 2 + 1):
        block = _spin_block(problem.battery, terms, atoms, depth)
        diagonal = block.diagonal()
        off = block - sp.diags_array(diagonal)
        energies = diagonal.real if abs(off).sum() == 0 else np.linalg.eigvalsh(block.toarray())
        copies = comb(N, depth) - (comb(N, depth - 1) if depth else 0)
        levels.append(energies)
        multiplicity.append(np.full(len(energies), min(copies, 2**62), dtype=np.int64))
    return np.concatenate(levels), np.concatenate(multiplicity)


def without_full_levels(problem: Problem) -> str:
    """Return the reason why `full_levels` cannot be computed, or an empty string."""
    atoms = problem.space.factors[problem.battery]
    if not isinstance(atoms, Atoms):
        return ""
    if collective_terms(problem) is None:
        return (
            "H_B is a matrix on the permutation-symmetric states other than ω·J + constant, and is"
            " not defined on the full space"
        )
    full = atoms.in_basis("full").dim
    if len(atoms.levels) > 2 and full > FULL_DIM_LIMIT:
        return f"the full space of the atoms has {full} states, more than {FULL_DIM_LIMIT}"
    return ""


def collective_terms(problem: Problem) -> tuple[Term, ...] | None:
    """Return H_B in named operators; None for a matrix other than ω_x J_x + ω_y J_y + ω_z J_z + c.

    A matrix on the symmetric states defines H_B in the full space only if H_B is a sum of
    single-atom Hamiltonians. Any two of J_x, J_y, J_z and 1 are orthogonal: Tr[AB] = 0.
    """
    if not problem.space.matrices.get(problem.battery):
        return problem.battery_terms
    alone = Realization(problem.battery_alone())
    atoms, H = problem.space.factors[problem.battery], alone.H_B.toarray()
    if not isinstance(atoms, Atoms) or len(atoms.levels) > 2 or atoms.basis == "full":
        return None
    products: list[dict[str, str]] = [{}, *({problem.battery: name} for name in ("Jx", "Jy", "Jz"))]
    terms: list[Term] = []
    rest = H
    for names in products:
        part = alone.operator([Term(1.0, names)]).toarray()
        coefficient = float(np.vdot(part, H).real / np.vdot(part, part).real)
        terms.append(Term(coefficient, names))
        rest = rest - coefficient * part
    size = np.abs(H - terms[0].coefficient * np.eye(len(H))).max()  # independent of the constant
    return tuple(terms) if np.abs(rest).max() <= LEVEL_TOLERANCE * size else None


def _spin_block(battery: str, terms: Iterable[Term], atoms: Atoms, depth: int) -> sp.csr_array:
    """Return H_B in a block of spin j = N/2 − depth, shape ``(2j + 1, 2j + 1)``.

    The operators are those of the symmetric states of 2j atoms, except that S_gg and S_ee contain
    N/2 instead of j.
    """
    ladder = Atoms(atoms.n_atoms - 2 * depth, atoms.levels) if atoms.n_atoms > 2 * depth else None
    size = atoms.n_atoms - 2 * depth + 1
    one = sp.csr_array(sp.eye_array(size))
    operators = dict(ladder.operators) if ladder else _singlet()
    for pair in ("S_gg", "S_ee"):
        operators[pair] = sp.csr_array(operators[pair] + depth * one)
    total = sp.csr_array((size, size), dtype=np.complex128)
    for term in terms:
        product = one
        for name in term.operators.get(battery, ()):
            product = sp.csr_array(product @ operators[name])
        total = sp.csr_array(total + term.coefficient * product)
    return total


def _singlet() -> dict[str, sp.csr_array]:
    """Return the operators of spin 0."""
    nothing = sp.csr_array((1, 1), dtype=np.float64)
    names = ("S_gg", "S_ge", "S_eg", "S_ee", "J+", "J-", "Jx", "Jy", "Jz")
    return dict.fromkeys(names, nothing)
