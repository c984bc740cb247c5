"""Limits by the flow exp(h𝓛), accelerated by Krylov spaces, for problems of any size."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from qubatt.core.check import FloatArray
from qubatt.core.declaration import declare
from qubatt.core.solution import ErrorKind
from qubatt.engines.steady.coordinates import Coordinates
from qubatt.engines.steady.projector import SteadyEstimate, SteadyProjector, StopRule, spare_memory
from qubatt.engines.steady.solver import SolverCost, SteadySolver
from qubatt.engines.steady.step_propagator import ROUNDING, StepPropagator

FEWEST, MOST = 24, 160
"""Krylov vectors held at once; fewer where memory is short."""

LOOK = 4
"""Vectors after which the small least-squares problem is solved again."""

PATIENCE = 500
"""Applications of the flow alone in which at least a tenth of the residual must go."""

STALLED = 4
"""Cycles in a row without progress after which rounding is taken to be the limit."""

PRODUCTS = 1e4
"""Products of 𝓛 with ρ that a steady state is expected to take."""


@declare("steady-solver", "flow")
class FlowSolver(SteadySolver):
    """Krylov-accelerated propagation, for problems of any size.

    ρ_∞ is the fixed point of E = exp(h𝓛) that ρ(0) leads to: GMRES on (1 − E)e = Eρ − ρ, restarted,
    with E by one Chebyshev step as long as it can be.

    Cost: about 10⁴ products of 𝓛 with ρ where it relaxes within some ten steps, more where it is
    slower; 24 to 160 vectors of n real coordinates, and no matrix of that size at all.

    Limits: the weaker the damping next to H, the more steps it takes (`SecularSolver` is for that).
    Where a mode decays so slowly that rounding hides it, the result is not converged and says so.
    """

    error: ClassVar[ErrorKind] = "bound"

    def projector(self, coordinates: Coordinates) -> SteadyProjector:
        """Return the accelerated flow; see `SteadySolver.projector`."""
        return GMRESProjector(coordinates)

    def conserving_projector(self, coordinates: Coordinates) -> SteadyProjector:
        """Return the flow alone; see `SteadySolver.conserving_projector`."""
        return PropagationProjector(coordinates)

    def cost(self, coordinates: Coordinates) -> SolverCost:
        """Return rough seconds and bytes; see `SteadySolver.cost`."""
        count = len(coordinates)
        return SolverCost(seconds=PRODUCTS * (2e-5 + 5e-10 * count), memory=8.0 * FEWEST * count)


class GMRESProjector(SteadyProjector):
    """P₀x from the fixed point of E = exp(h𝓛): GMRES on (1 − E)e = Ex − x, restarted.

    All vectors added to x lie in the range of 𝓛, so that conserved quantities stay as they are, but
    for rounding: the trace is kept by hand, and where more is conserved, `PropagationProjector` is
    safe. One application of E costs a Chebyshev step and leaves |exp(hλ)| of each eigenvector: the many
    that decay at once are gone after a few, and the few slow ones are what a Krylov space
    finds. Without E, a Krylov space of 𝓛 itself would be filled by what oscillates fast.
    """

    def __init__(self, coordinates: Coordinates) -> None:
        self.coordinates = coordinates
        self._flow = StepPropagator(coordinates.reduced)
        ellipse = self._flow.ellipse
        self.floor = 16 * np.finfo(float).eps * max(ellipse.imaginary, 2 * ellipse.real)
        room = spare_memory() / (8.0 * len(coordinates))
        self.most = int(min(max(room, FEWEST), MOST, max(len(coordinates) - 1, 1)))
        self.applications = self.cycles = 0
        self._shortest = self._flow.longest

    def _step(self, x: FloatArray, h: float) -> FloatArray | None:
        """Return exp(h𝓛)x, or None if h is too long."""
        self.applications += 1
        self._shortest = min(h, self._shortest)
        found = self._flow(self.coordinates.vector(x), h)
        return None if found is None else self.coordinates.of(found)

    def limit(self, x: FloatArray, goal: StopRule) -> SteadyEstimate:
        """Return P₀x; see `SteadyProjector.limit`."""
        h, best, rate, stalled = self._flow.longest, np.inf, np.nan, 0
        ritz: NDArray[Any] = np.zeros(0)
        while True:
            residual = float(np.linalg.norm(self.coordinates.apply(x)))
            if goal.tell is not None:
                goal.tell(residual)
            lost = residual <= self.floor * np.linalg.norm(x)  # in rounding
            if goal.met(x, residual) or lost or stalled == STALLED:
                return SteadyEstimate(
                    x, residual, residual / rate if residual > 0 else 0.0, rate, ritz
                )
            stalled = stalled + 1 if residual > 0.7 * best else 0
            best = min(best, residual)
            image = self._step(x, h)
            found = self._cycle(x, image - x, goal, h) if image is not None else None
            if found is None:
                h, stalled, best = self._flow.shorter(h), 0, np.inf
                continue
            x, values = found
            self.cycles += 1
            if len(values) >= len(ritz):
                ritz = values
                slowest = float(np.max(np.abs(values)))
                rate = -np.log(max(slowest, 1e-300)) / h if slowest < 1 else np.nan

    def _cycle(
        self, x: FloatArray, r: FloatArray, goal: StopRule, h: float
    ) -> tuple[FloatArray, NDArray[Any]] | None:
        """Return x + e, e of a Krylov space, and the Ritz values of E; None if h is too long."""
        size = float(np.linalg.norm(r))
        aim = min(h, 1.0) * max(goal.residual, goal.relative * float(np.linalg.norm(x)))
        aim = max(aim, 1e-15 * float(np.linalg.norm(x)))
        noise = max(1e-8, 100 * np.finfo(float).eps * float(np.linalg.norm(x)) / size)
        V = np.empty((self.most + 2, len(x)))  # first 1, from which the trace comes, then vectors
        V[0] = self.coordinates.one / np.linalg.norm(self.coordinates.one)
        V[1] = (r - (V[0] @ r) * V[0]) / size
        H = np.zeros((self.most + 1, self.most))
        for k in range(1, self.most + 1):
            image = self._step(V[k], h)
            if image is None:
                return None
            w = V[k] - image
            for _ in range(2):  # once more, against rounding
                part = V[: k + 1] @ w
                w -= part @ V[: k + 1]
                H[:k, k - 1] += part[1:]
            H[k, k - 1] = np.linalg.norm(w)
            last = k == self.most or H[k, k - 1] < noise
            if last or k % LOOK == 0:
                b = size * np.eye(k + 1, 1)[:, 0]
                least = min(1.0, ROUNDING / float(np.linalg.norm(H)))
                y = np.linalg.lstsq(H[: k + 1, :k], b, rcond=least)[0]
                left = float(np.linalg.norm(H[: k + 1, :k] @ y - b))
                near = x + y @ V[1 : k + 1]
                if last or left <= 0.1 * aim or np.linalg.norm(near) <= goal.norm:
                    break
            V[k + 1] = w / H[k, k - 1]
        return near, np.linalg.eigvals(np.eye(k) - H[:k, :k])

    def statistics(self) -> dict[str, Any]:
        """Return what was counted."""
        return {
            "unknowns": len(self.coordinates),
            "flow": self._shortest,
            "applications": self.applications,
            "products": self._flow.products,
            "krylov_vectors": self.most,
            "cycles": self.cycles,
        }


class PropagationProjector(GMRESProjector):
    """The flow alone, slow but sure to keep what is conserved.

    Krylov vectors lose it to rounding, which they enlarge.
    """

    def limit(self, x: FloatArray, goal: StopRule) -> SteadyEstimate:
        """Return P₀x; see `SteadyProjector.limit`."""
        residual = float(np.linalg.norm(self.coordinates.apply(x)))
        h, rate, patience, steps = self._flow.longest, np.nan, residual, 0
        while not goal.met(x, residual) and residual > self.floor * np.linalg.norm(x):
            image = self._step(x, h)
            if image is None:
                h = self._flow.shorter(h)
                continue
            x, before, steps = image, residual, steps + 1
            residual = float(np.linalg.norm(self.coordinates.apply(x)))
            if goal.tell is not None:
                goal.tell(residual)
            if 0 < residual < before:
                rate = np.log(before / residual) / h
            if steps % PATIENCE == 0:
                if residual > 0.9 * patience:
                    break
                patience = residual
        return SteadyEstimate(x, residual, residual / rate if residual > 0 else 0.0, rate)
