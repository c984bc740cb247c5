"""Solution of (σ − 𝓛)x = b by a sparse LU factorisation, for small problems."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import shortest_path
from scipy.sparse.linalg import splu

from qubatt.core.check import FloatArray
from qubatt.core.declaration import declare
from qubatt.core.errors import ResourceError
from qubatt.core.realization import Realization
from qubatt.core.solution import ErrorKind
from qubatt.engines.engine import require_memory
from qubatt.engines.steady.coordinates import Coordinates, largest_rate
from qubatt.engines.steady.projector import SteadyProjector, spare_memory
from qubatt.engines.steady.resolvent import ResolventProjector, ShiftedSolver
from qubatt.engines.steady.steady_solver import SolverCost, SteadySolver

BYTES_PER_ENTRY = 12.0
"""Bytes per entry of a factorisation: its value and its row index."""

MAX_SECONDS = 1000.0
"""Longest expected time of a factorisation, in seconds, for which ``"auto"`` tries it."""


@declare("steady-solver", "direct")
class DirectSolver(SteadySolver):
    """Sparse factorisation of the Liouvillian.

    ρ_∞ = lim R^k ρ(0) with R = σ(σ − 𝓛)⁻¹, where σ is 1e-4 times the largest rate. A few very long
    implicit steps suffice, with one sparse LU factorisation of σ − 𝓛 in the n real coordinates
    that can become nonzero.

    Cost: about 3e-8 m³ + 5e-6 n seconds and 12 (2m + 100) n bytes. Here m = ¾ n/d is the number of
    unknowns on a front that separates the remaining ones, and d the number of applications of H or
    of the jumps that connect the first basis state with the farthest one. This solver is the
    fastest one for small problems and, at any strength of damping, for atoms without a cavity.

    Limits: with a cavity of many levels, about ten thousand coordinates exhaust the memory. The
    problem is then refused, with an error that states the required memory.

    Examples
    --------
    >>> import qubatt as qb
    >>> battery = qb.DrivenBattery(n_atoms=2, drive=1.0, detuning=0.0)
    >>> end = qb.steady_state(battery, environment="local-emission:0.1", method=qb.DirectSolver())
    >>> round(float(end.energy), 4)
    0.995
    """

    error: ClassVar[ErrorKind] = "bound"

    def projector(self, coordinates: Coordinates) -> SteadyProjector:
        """Return a projector that uses implicit steps; see `SteadySolver.projector`."""
        dim = coordinates.reduced.realization.dim
        require_memory("direct", self.cost(coordinates).memory, dim)
        sigma = 1e-4 * largest_rate(coordinates)
        return ResolventProjector(coordinates, SparseLU(coordinates), sigma)

    def cost(self, coordinates: Coordinates) -> SolverCost:
        """Return a rough estimate of time and memory; see `SteadySolver.cost`.

        The time of a factorisation grows as the cube of the number of unknowns on a front that
        separates the remaining ones. The number of fronts is twice the `_depth` of the realisation.
        """
        count, depth = len(coordinates), _depth(coordinates.reduced.realization)
        front = 1.5 * count / (2 * depth)
        return SolverCost(
            seconds=3e-8 * front**3 + 5e-6 * count, memory=12.0 * (2.1 * front + 100.0) * count
        )

    def projector_if_quick(self, coordinates: Coordinates) -> SteadyProjector | None:
        """Return the projector if its factorisation is fast and fits in memory, else None."""
        cost = self.cost(coordinates)
        worth = cost.seconds <= MAX_SECONDS and cost.memory <= 2 * spare_memory()
        return self.projector(coordinates) if worth else None


def _depth(realization: Realization) -> int:
    """Return the number of applications of H or jumps between the first and farthest states."""
    graph = realization.pattern
    for _, c in realization.jumps:
        graph = graph + abs(c)
    distance = shortest_path(graph, directed=False, unweighted=True, indices=[0])
    return max(int(np.max(distance[np.isfinite(distance)])), 1)


class SparseLU(ShiftedSolver):
    """Sparse LU of σ − 𝓛 in real coordinates, ordered by minimum degree.

    The factorisations for the first and the latest σ are kept if they fit in memory.
    """

    def __init__(self, coordinates: Coordinates) -> None:
        self._L = sp.csc_array(coordinates.generator)
        magnitude = abs(self._L)
        norm = np.sqrt(magnitude.sum(axis=0).max() * magnitude.sum(axis=1).max())
        self.residual_floor = 8 * np.finfo(float).eps * float(norm)
        self._count = 0
        self._held: dict[float, Any] = {}
        self._first = self._sigma = math.nan

    def prepare(self, sigma: float) -> None:
        """Factor σ − 𝓛, unless the factorisation is kept; see `ShiftedSolver.prepare`.

        Raises
        ------
        ResourceError
            If memory runs out.
        """
        if math.isnan(self._first):
            self._first = sigma
        if sigma not in self._held:
            first = self._held.get(self._first)
            fits = first is not None and BYTES_PER_ENTRY * first.nnz <= spare_memory()
            self._held = {self._first: first} if fits else {}
            del first  # free the memory before the next factorisation
            self._held[sigma] = self._factored(sigma)
            self._count += 1
        self._sigma = sigma

    def _factored(self, sigma: float) -> Any:
        """Return the factorisation of σ − 𝓛."""
        size = self._L.shape[0]
        try:
            return splu(
                sp.csc_matrix(sigma * sp.eye_array(size, format="csc") - self._L),
                permc_spec="MMD_AT_PLUS_A",
                diag_pivot_thresh=0.1,
                options={"SymmetricMode": True},
            )
        except MemoryError:
            raise ResourceError(
                f"The direct method ran out of memory on {size:,} unknowns."
                ' Use method "flow" or "secular".'
            ) from None

    def apply(self, x: FloatArray) -> FloatArray:
        """Return 𝓛x."""
        return np.asarray(self._L @ x)

    def solve(self, b: FloatArray) -> FloatArray:
        """Return (σ − 𝓛)⁻¹b."""
        return np.asarray(self._held[self._sigma].solve(b))

    def statistics(self) -> dict[str, Any]:
        """Return the numbers of operations; see `SteadyProjector`."""
        return {"factorizations": self._count, "fill": int(self._held[self._sigma].nnz)}
