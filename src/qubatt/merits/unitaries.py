"""Sets of unitaries that may act on a battery, with their states and levels."""

from __future__ import annotations

from abc import ABC, abstractmethod
from itertools import product as cartesian
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from qubatt.core.check import FloatArray
from qubatt.core.observable import Expectation, Observable
from qubatt.core.problem import Problem, Term
from qubatt.core.realization import Realization
from qubatt.merits.battery_state import energy_of
from qubatt.merits.merit import Needs
from qubatt.merits.solved_run import SolvedRun
from qubatt.merits.spectrum import collective_terms, without_full_levels
from qubatt.operators import Atoms


class Reach(ABC):
    """A set of unitaries U, with the state ρ that they act on and the Hamiltonian H.

    Attributes
    ----------
    where : str
        Last part of the label of a merit.
    unitaries : str
        Last part of the definition of a merit, which specifies U.
    state, hamiltonian : str
        Symbols of ρ and H in definitions.
    needs : str
        Quantities from which ρ is computed, as in `Merit`.
    """

    where: ClassVar[str]
    unitaries: ClassVar[str]
    state: ClassVar[str] = "ρ_B"
    hamiltonian: ClassVar[str] = "H_B"
    needs: ClassVar[Needs] = "battery state"

    @abstractmethod
    def unavailable(self, realization: Realization, merit: str) -> str:
        """Return the reason why a merit of this kind is unavailable, or an empty string."""

    def observables(self, problem: Problem) -> tuple[Observable, ...]:  # noqa: ARG002  # by default
        """Return the observables whose expectation values are required."""
        return ()

    def energy(self, run: SolvedRun) -> FloatArray:
        """Return Tr[ρH], shape ``(T,)``."""
        return energy_of(run, run.in_levels)

    def populations(self, run: SolvedRun) -> FloatArray:
        """Return the eigenvalues of ρ, ascending, shape ``(T, d)``."""
        return run.populations

    @abstractmethod
    def levels(self, run: SolvedRun) -> tuple[FloatArray, FloatArray]:
        """Return the d lowest accessible levels of H, ascending, and the d highest, descending."""

    def lowest(self, run: SolvedRun, populations: FloatArray | None = None) -> FloatArray:
        """Return min over U of Tr[UρU†H], for ρ or ascending eigenvalues, shape ``(T,)``."""
        populations = self.populations(run) if populations is None else populations
        return np.asarray(populations[:, ::-1] @ self.levels(run)[0])


class SymmetricStates(Reach):
    """Unitaries on the permutation-symmetric states of the atoms."""

    where = "on the symmetric states"
    unitaries = "U on the permutation-symmetric states of the battery"

    def unavailable(self, realization: Realization, merit: str) -> str:
        """Return the reason why a merit of this kind is unavailable, or an empty string."""
        problem = realization.problem
        battery = problem.space.factors[problem.battery]
        if not isinstance(battery, Atoms):
            return f"the battery is not made of atoms; use {merit}_full"
        if battery.n_atoms > 1 and problem.space.bases[problem.battery] == "full":
            return (
                "local dissipation takes the atoms out of the permutation-symmetric states; use"
                f" {merit}_full"
            )
        return ""

    def levels(self, run: SolvedRun) -> tuple[FloatArray, FloatArray]:
        """Return the levels of H_B on the symmetric states."""
        energies = run.spectrum.energies
        return energies, energies[::-1]


class FullSpace(Reach):
    """Unitaries on the full space of the atoms."""

    where = "on the full space"
    unitaries = "U on the full space of the battery, levels counted with multiplicity"

    def unavailable(self, realization: Realization, merit: str) -> str:  # noqa: ARG002  # none is named
        """Return the reason why a merit of this kind is unavailable, or an empty string."""
        return without_full_levels(realization.problem)

    def levels(self, run: SolvedRun) -> tuple[FloatArray, FloatArray]:
        """Return the levels of H_B in the full space of the atoms."""
        return run.spectrum.extremes


class OneAtom(Reach):
    """Unitaries on a single atom and its reduced state."""

    where = "of one atom"
    unitaries = (
        "U on one atom, where ρ₁ is the reduced state of an atom and H₁ is H_B of one atom without"
        " interactions"
    )
    state = "ρ₁"
    hamiltonian = "H₁"
    needs = "expectations"

    def unavailable(self, realization: Realization, merit: str) -> str:  # noqa: ARG002  # none is named
        """Return the reason why a merit of this kind is unavailable, or an empty string."""
        problem = realization.problem
        if not isinstance(problem.space.factors[problem.battery], Atoms):
            return "it needs a battery of atoms"
        if collective_terms(problem) is None:
            return (
                "H_B is a matrix other than ω·J + constant, and does not define the Hamiltonian of"
                " a single atom"
            )
        return ""

    def observables(self, problem: Problem) -> tuple[Observable, ...]:
        """Return the Hermitian parts of S_jk = Σ |j⟩⟨k|."""
        initials = problem.space.factors[problem.battery].initials  # type: ignore[attr-defined]
        pairs = [(j, k) for j, k in cartesian(initials, repeat=2) if j <= k]
        imaginary = (_part(problem.battery, j, k, -1j) for j, k in pairs if j < k)
        return (*(_part(problem.battery, j, k, 1.0) for j, k in pairs), *imaginary)

    def energy(self, run: SolvedRun) -> FloatArray:
        """Return Tr[ρ₁H₁], shape ``(T,)``."""
        return np.asarray(np.einsum("tij,ji->t", _rho_1(run), run.H_1).real)

    def populations(self, run: SolvedRun) -> FloatArray:
        """Return the eigenvalues of ρ₁, ascending, shape ``(T, L)``."""
        return np.asarray(np.linalg.eigvalsh(_rho_1(run)))

    def levels(self, run: SolvedRun) -> tuple[FloatArray, FloatArray]:
        """Return the levels of H₁."""
        energies = np.asarray(np.linalg.eigvalsh(run.H_1))
        return energies, energies[::-1]


REACHES: dict[str, Reach] = {
    "symmetric": SymmetricStates(),
    "full": FullSpace(),
    "atom": OneAtom(),
}
"""Sets of unitaries by the values of the merit parameter `reach`."""


def _part(factor: str, j: str, k: str, phase: complex) -> Expectation:
    """Return ½(x S_jk + x* S_kj): the real (x = 1) or imaginary (x = −i) part of S_jk."""
    forward = Term(phase / 2, {factor: f"S_{j}{k}"})
    backward = Term(complex(phase).conjugate() / 2, {factor: f"S_{k}{j}"})
    return Expectation((forward, backward))


def _rho_1(run: SolvedRun) -> NDArray[np.complex128]:
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
