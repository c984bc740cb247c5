"""Steady states by Krylov-accelerated propagation, for problems of any size."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from qubatt.core.check import FloatArray
from qubatt.core.declaration import declare
from qubatt.core.solution import ErrorKind
from qubatt.engines.steady.coordinates import Coordinates
from qubatt.engines.steady.gmres import EPSILON, KrylovSpace
from qubatt.engines.steady.projector import SteadyEstimate, SteadyProjector, StopRule, spare_memory
from qubatt.engines.steady.steady_solver import SolverCost, SteadySolver
from qubatt.engines.steady.step_propagator import STEP_ROUNDING, StepPropagator

MIN_KRYLOV_VECTORS, MAX_KRYLOV_VECTORS = 24, 160
"""Bounds on the number of Krylov vectors in memory, which depends on the free memory."""

CHECK_INTERVAL = 4
"""Number of new Krylov vectors between two solutions of the small least-squares problem."""

PROGRESS_INTERVAL = 500
"""Number of steps of propagation in which the residual must fall by at least a tenth."""

MAX_STALLED_CYCLES = 4
"""Number of successive cycles without progress after which rounding is assumed to be the limit."""

EXPECTED_PRODUCTS = 1e4
"""Expected number of products of 𝓛 with ρ for a steady state."""


@declare("steady-solver", "flow")
class FlowSolver(SteadySolver):
    """Krylov-accelerated propagation, for problems of any size.

    ρ_∞ is the fixed point of E = exp(h𝓛) that ρ(0) leads to. Restarted GMRES solves
    (1 − E)e = Eρ − ρ for the correction e to ρ, where E is the longest possible Chebyshev step.

    Cost: about 10⁴ products of 𝓛 with ρ if ρ relaxes within about ten steps, and more for slower
    relaxation; memory for 24 to 160 vectors of n real coordinates, but for no n × n matrix.

    Limits: the weaker the damping compared with H, the more steps are needed; `SecularSolver` is
    suited to weak damping. If a mode decays so slowly that rounding hides it, the result is
    reported as not converged.

    Examples
    --------
    >>> import qubatt as qb
    >>> battery = qb.DrivenBattery(n_atoms=2, drive=1.0, detuning=0.0)
    >>> end = qb.steady_state(battery, environment="local-emission:0.1", method=qb.FlowSolver())
    >>> round(float(end.energy), 4)
    0.995
    """

    error: ClassVar[ErrorKind] = "bound"

    def projector(self, coordinates: Coordinates) -> SteadyProjector:
        """Return the projector by GMRES; see `SteadySolver.projector`."""
        return GMRESProjector(coordinates)

    def conserving_projector(self, coordinates: Coordinates) -> SteadyProjector:
        """Return the projector by propagation alone; see `SteadySolver.conserving_projector`."""
        return PropagationProjector(coordinates)

    def cost(self, coordinates: Coordinates) -> SolverCost:
        """Return a rough estimate of time and memory; see `SteadySolver.cost`."""
        count = len(coordinates)
        return SolverCost(
            seconds=EXPECTED_PRODUCTS * (2e-5 + 5e-10 * count),
            memory=8.0 * MIN_KRYLOV_VECTORS * count,
        )


class GMRESProjector(SteadyProjector):
    """P₀x as a fixed point of E = exp(h𝓛), by restarted GMRES for (1 − E)e = Ex − x.

    All vectors added to x lie in the range of 𝓛, so conserved quantities are preserved up to
    rounding errors. A constraint fixes the trace; if further quantities are conserved,
    `PropagationProjector` is safer. One application of E costs a Chebyshev step and multiplies
    each eigenvector by exp(hλ). The many fast-decaying eigenvectors vanish after a few
    applications, and the Krylov space resolves the few slow ones. A Krylov space of 𝓛 itself would
    be filled by fast oscillations.
    """

    def __init__(self, coordinates: Coordinates) -> None:
        self.coordinates = coordinates
        self._propagator = StepPropagator(coordinates.reduced)
        ellipse = self._propagator.ellipse
        self.residual_floor = 16 * EPSILON * max(ellipse.imaginary, 2 * ellipse.real)
        fitting = max(spare_memory() / (8.0 * len(coordinates)), MIN_KRYLOV_VECTORS)
        self.max_vectors = int(min(fitting, MAX_KRYLOV_VECTORS, max(len(coordinates) - 1, 1)))
        self.applications = self.cycles = 0
        self._shortest = self._propagator.longest

    def _step(self, x: FloatArray, h: float) -> FloatArray | None:
        """Return exp(h𝓛)x, or None if h is too long."""
        self.applications += 1
        self._shortest = min(h, self._shortest)
        image = self._propagator(self.coordinates.vector(x), h)
        return None if image is None else self.coordinates.of(image)

    def project(self, x: FloatArray, stop: StopRule) -> SteadyEstimate:
        """Return P₀x; see `SteadyProjector.project`."""
        h, smallest, rate, stalled = self._propagator.longest, np.inf, np.nan, 0
        ritz_values: NDArray[Any] = np.zeros(0)
        while True:
            residual = float(np.linalg.norm(self.coordinates.apply(x)))
            if stop.report is not None:
                stop.report(residual)
            is_rounding = residual <= self.residual_floor * np.linalg.norm(x)
            if stop.met(x, residual) or is_rounding or stalled == MAX_STALLED_CYCLES:
                error = residual / rate if residual > 0 else 0.0
                return SteadyEstimate(x, residual, error, rate, ritz_values)
            stalled = stalled + 1 if residual > 0.7 * smallest else 0
            smallest = min(smallest, residual)
            image = self._step(x, h)
            cycle = self._cycle(x, image - x, stop, h) if image is not None else None
            if cycle is None:
                h, stalled, smallest = self._propagator.shorter(h), 0, np.inf
                continue
            x, new_values = cycle
            self.cycles += 1
            if len(new_values) >= len(ritz_values):
                ritz_values = new_values
                slowest = float(np.max(np.abs(ritz_values)))
                rate = -np.log(max(slowest, 1e-300)) / h if slowest < 1 else np.nan

    def _cycle(
        self, x: FloatArray, r: FloatArray, stop: StopRule, h: float
    ) -> tuple[FloatArray, NDArray[Any]] | None:
        """Return x + e for e in a Krylov space, and the Ritz values of E; None if h is too long."""
        space = KrylovSpace(r, self.max_vectors, self.coordinates.one)
        norm = float(np.linalg.norm(x))
        target = max(min(h, 1.0) * max(stop.residual, stop.relative * norm), 1e-15 * norm)
        noise = max(1e-8, 100 * EPSILON * norm / space.norm)
        while True:
            image = self._step(space.last, h)
            if image is None:
                return None
            remainder = space.extend(space.last - image)
            is_last = space.dim == self.max_vectors or remainder < noise
            if is_last or space.dim % CHECK_INTERVAL == 0:
                y, residual = space.solve(STEP_ROUNDING)
                new_x = x + space.combine(y)
                is_small = np.linalg.norm(new_x) <= stop.norm
                if is_last or is_small or space.norm * residual <= 0.1 * target:
                    return new_x, np.linalg.eigvals(np.eye(space.dim) - space.hessenberg)

    def statistics(self) -> dict[str, Any]:
        """Return the numbers of steps, products and cycles."""
        return {
            "unknowns": len(self.coordinates),
            "flow": self._shortest,
            "applications": self.applications,
            "products": self._propagator.products,
            "krylov_vectors": self.max_vectors,
            "cycles": self.cycles,
        }


class PropagationProjector(GMRESProjector):
    """P₀x by propagation alone, which is slow but preserves all conserved quantities.

    Krylov methods amplify rounding errors, which change these quantities.
    """

    def project(self, x: FloatArray, stop: StopRule) -> SteadyEstimate:
        """Return P₀x; see `SteadyProjector.project`."""
        residual = float(np.linalg.norm(self.coordinates.apply(x)))
        h, rate, last_check, steps = self._propagator.longest, np.nan, residual, 0
        while not stop.met(x, residual) and residual > self.residual_floor * np.linalg.norm(x):
            image = self._step(x, h)
            if image is None:
                h = self._propagator.shorter(h)
                continue
            x, before, steps = image, residual, steps + 1
            residual = float(np.linalg.norm(self.coordinates.apply(x)))
            if stop.report is not None:
                stop.report(residual)
            if 0 < residual < before:
                rate = np.log(before / residual) / h
            if steps % PROGRESS_INTERVAL == 0:
                if residual > 0.9 * last_check:
                    break
                last_check = residual
        return SteadyEstimate(x, residual, residual / rate if residual > 0 else 0.0, rate)
