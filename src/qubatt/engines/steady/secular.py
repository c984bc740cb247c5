"""Solution of (σ − 𝓛)x = b by GMRES in the eigenbasis of the damped Hamiltonian."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np
import scipy.linalg as la
from numpy.typing import NDArray

from qubatt.core.check import FloatArray
from qubatt.core.declaration import declare
from qubatt.core.solution import ErrorKind
from qubatt.engines.steady.coordinates import Coordinates, largest_rate
from qubatt.engines.steady.gmres import KrylovSpace
from qubatt.engines.steady.projector import SteadyProjector, spare_memory
from qubatt.engines.steady.resolvent import ResolventProjector, ShiftedSolver
from qubatt.engines.steady.steady_solver import SolverCost, SteadySolver, UnsuitedError

MAX_CONDITION = 8.0
"""Largest condition number of the eigenvectors for which the preconditioner is effective."""

MAX_ITERATIONS = 120
"""Maximum number of Krylov vectors of one solution."""

LOOSE_RESIDUAL, TIGHT_RESIDUAL = 1e-6, 1e-14
"""Largest relative residuals of a solution, by default and for accurately conserved quantities."""

STALLED_RESIDUAL = 1e-10
"""Residual below which a lack of further progress is attributed to rounding."""

MAX_AUTO_DIM = 4000
"""Maximum number of basis states for which ``"auto"`` tries the secular method."""


class NotWeakError(UnsuitedError):
    """Error if damping mixes the levels too strongly for the secular preconditioner."""


@declare("steady-solver", "secular")
class SecularSolver(SteadySolver):
    """GMRES in the eigenbasis of the damped Hamiltonian, for weak damping.

    ρ_∞ = lim R^k ρ(0) with R = σ(σ − 𝓛)⁻¹, where σ is 1e-5 times the largest rate. Each step is
    solved by GMRES, preconditioned by the secular approximation in the eigenbasis of
    −iH − ½ Σ γ c†c: each coherence rotates and decays independently, and populations follow a rate
    equation.

    Cost: about 5e-8 Σ d³ seconds for sectors of H with d states each, which includes their
    eigenvectors and about a dozen products of d × d matrices per iteration; memory for 120 vectors
    of n real coordinates. Weaker damping requires fewer iterations.

    Limits: if damping mixes the levels so strongly that GMRES needs more than 120 iterations, the
    solver raises `NotWeakError`; ``"auto"`` skips it if the condition number of the eigenvectors
    exceeds 8. Sectors of a few thousand states take minutes.

    Examples
    --------
    >>> import qubatt as qb
    >>> battery = qb.DrivenBattery(n_atoms=2, drive=1.0, detuning=0.0)
    >>> end = qb.steady_state(battery, environment="local-emission:0.1", method=qb.SecularSolver())
    >>> round(float(end.energy), 4)
    0.995
    """

    error: ClassVar[ErrorKind] = "bound"

    def projector(self, coordinates: Coordinates) -> SteadyProjector:
        """Return a projector that uses implicit steps; see `SteadySolver.projector`."""
        return _steps(coordinates, SecularGMRES(coordinates))

    def conserving_projector(self, coordinates: Coordinates) -> SteadyProjector:
        """Return a more precise projector; see `SteadySolver.conserving_projector`."""
        sigma = 1e-2 * largest_rate(coordinates)
        return ResolventProjector(coordinates, SecularGMRES(coordinates, TIGHT_RESIDUAL), sigma)

    def cost(self, coordinates: Coordinates) -> SolverCost:
        """Return a rough estimate of time and memory; see `SteadySolver.cost`."""
        cubes = sum(float(len(states)) ** 3 for states in coordinates.reduced.sectors.members)
        return SolverCost(
            seconds=1e-2 + 5e-8 * cubes, memory=8.0 * MAX_ITERATIONS * len(coordinates)
        )

    def projector_if_quick(self, coordinates: Coordinates) -> SteadyProjector | None:
        """Return the projector if damping is weak; see `SteadySolver.projector_if_quick`."""
        small = self.cost(coordinates).memory <= spare_memory()
        if coordinates.reduced.realization.dim > MAX_AUTO_DIM or not small:
            return None
        secular = SecularGMRES(coordinates)
        return _steps(coordinates, secular) if secular.condition <= MAX_CONDITION else None


def _steps(coordinates: Coordinates, secular: SecularGMRES) -> SteadyProjector:
    return ResolventProjector(coordinates, secular, 1e-5 * largest_rate(coordinates))


class SecularGMRES(ShiftedSolver):
    """GMRES, preconditioned by the secular approximation of σ − 𝓛.

    In the eigenbasis of −iH − Γ, with Γ = ½ Σ γ c†c, coherences between levels i and j evolve as
    exp((λ_i + λ_j*)t) apart from the contributions of jumps; populations follow the rate equation
    with W_ij = Σ γ |c_ij|² and losses 2 Re λ_i. Without all other contributions of jumps, the
    operator can be inverted directly. This approximation becomes exact as damping goes to 0, the
    limit in which propagation in time would take arbitrarily long.
    """

    def __init__(self, coordinates: Coordinates, precision: float = LOOSE_RESIDUAL) -> None:
        self._precision = precision
        self._coordinates = coordinates
        reduced = coordinates.reduced
        self._members = reduced.sectors.members
        realization = reduced.realization
        effective = (-1j * realization.H - realization.no_jump).tocsr()
        self._levels, self._right, self._left = [], [], []
        for states in self._members:
            levels, right = la.eig(effective[states][:, states].toarray())
            self._levels.append(levels)
            self._right.append(right)
            self._left.append(la.inv(right))
        self.condition = max(
            float(la.norm(right, 2) * la.norm(left, 2))
            for right, left in zip(self._right, self._left, strict=True)
        )
        self._ends = np.cumsum([0, *(len(states) for states in self._members)])
        scale = max(float(np.abs(levels).max()) for levels in self._levels)
        self.residual_floor = 16 * np.finfo(float).eps * 2 * scale
        self._iterations = 0
        self._sigma = math.nan

    def prepare(self, sigma: float) -> None:
        """Factor σ − W, the block of populations; see `ShiftedSolver.prepare`."""
        if sigma == self._sigma:
            return
        self._sigma = sigma
        matrix = sigma * np.eye(self._ends[-1]) - self._rates()
        self._populations = la.lu_factor(matrix)
        even = la.lu_solve(self._populations, np.ones(self._ends[-1]))
        blocks = {(S, T): self._turn_back(S, T, even) for S, T in self._coordinates.first}
        state = self._coordinates.of_blocks(blocks)
        self._steady = state / (self._coordinates.one @ state)

    def _turn_back(self, S: int, T: int, populations: FloatArray) -> NDArray[np.complex128]:
        """Return block (S, T) of the matrix with these level populations and no coherences."""
        if S != T:
            return np.zeros((len(self._members[S]), len(self._members[T])), dtype=np.complex128)
        right = self._right[S]
        return np.asarray((right * populations[self._ends[S] : self._ends[S + 1]]) @ right.conj().T)

    def _rates(self) -> FloatArray:
        """Return the matrix of the rate equation for all sectors."""
        realization = self._coordinates.reduced.realization
        labels = self._coordinates.reduced.sectors.label
        W = np.diag(2 * np.concatenate([levels.real for levels in self._levels]))
        for rate, c in realization.jumps:
            for S, old in enumerate(self._members):
                moved = c[:, old]
                for T in np.unique(labels[moved.nonzero()[0]]):
                    part = self._left[T] @ (moved[self._members[T]] @ self._right[S])
                    rows, columns = (slice(*self._ends[k : k + 2]) for k in (T, S))
                    W[rows, columns] += rate * np.abs(part) ** 2
        return np.asarray(W)

    def _precondition(self, x: FloatArray) -> FloatArray:
        """Return the inverse of the secular approximation applied to x, made traceless.

        The exact solution is traceless, because x lies in the range of 𝓛. The trace of the
        approximate solution is removed by subtracting a multiple of the steady state of the rate
        equation, which 𝓛 nearly maps to 0.
        """
        blocks: dict[tuple[int, int], NDArray[np.complex128]] = {}
        populations = np.zeros(self._ends[-1])
        for (S, T), block in self._coordinates.blocks(x).items():
            turned = self._left[S] @ block @ self._left[T].conj().T
            if S == T:
                populations[self._ends[S] : self._ends[S + 1]] = np.diag(turned).real
            sums = self._levels[S][:, np.newaxis] + self._levels[T].conj()
            blocks[S, T] = turned / (self._sigma - sums)
        populations = la.lu_solve(self._populations, populations)
        for (S, T), block in blocks.items():
            if S == T:
                np.fill_diagonal(block, populations[self._ends[S] : self._ends[S + 1]])
            blocks[S, T] = self._right[S] @ block @ self._right[T].conj().T
        inverse = self._coordinates.of_blocks(blocks)
        return np.asarray(inverse - (self._coordinates.one @ inverse) * self._steady)

    def apply(self, x: FloatArray) -> FloatArray:
        """Return 𝓛x."""
        return self._coordinates.apply(x)

    def solve(self, b: FloatArray) -> FloatArray:
        """Return (σ − 𝓛)⁻¹b.

        Raises
        ------
        NotWeakError
            If more than 120 iterations would be needed.
        """
        one = self._coordinates.one
        b = b - (one @ b) / (one @ one) * one  # remove the trace, which is a rounding error
        if not np.any(b):
            return np.zeros_like(b)
        space, before = KrylovSpace(b, MAX_ITERATIONS), 1.0
        while space.dim < MAX_ITERATIONS:
            z = self._precondition(space.last)
            image = self._sigma * z - self._coordinates.apply(z)
            self._iterations += 1
            remainder = space.extend(image)
            y, residual = space.solve()
            is_rounding = before * 0.5 < residual <= STALLED_RESIDUAL
            is_complete = remainder <= TIGHT_RESIDUAL * np.linalg.norm(image)
            if residual <= self._precision or is_rounding or is_complete:
                return self._precondition(space.combine(y))
            before = residual
        raise NotWeakError('The secular method does not converge: use method "flow" or "direct".')

    def statistics(self) -> dict[str, Any]:
        """Return the numbers of operations; see `SteadyProjector`."""
        return {"condition": self.condition, "iterations": self._iterations}
