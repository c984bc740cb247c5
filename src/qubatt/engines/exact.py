"""Exact engine: symmetry-reduced, real where possible, propagated by Chebyshev polynomials."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated

import numpy as np
import scipy.sparse as sp
from pydantic import Field
from scipy.sparse.linalg import eigsh
from scipy.special import jv
from threadpoolctl import threadpool_limits

from qubatt.core.check import FloatArray, Positive
from qubatt.core.declaration import declare
from qubatt.core.errors import ResourceError
from qubatt.core.problem import Problem
from qubatt.core.realization import Realization, choose_basis, realize
from qubatt.core.solution import Solution
from qubatt.core.space import Basis
from qubatt.engines.engine import Engine, MomentOperator, Progress, require_memory
from qubatt.engines.reduced import Reduced, Vector

REACH = 60.0
"""Length of a first step times the width of the spectrum; longer steps gain little."""

DEPTH = 16.0
"""Largest length of a step times −c: the series then cancels to exp(−16) of its terms."""

NEGLIGIBLE = 1e-14
"""Terms below this may be left out; the series falls so fast that a larger one gains little."""

MOST_PRODUCTS = 1e7
"""Products from which on a run is refused: it would take hours at least."""

EPSILON = float(np.finfo(float).eps)


@declare("engine", "exact")
class ExactEngine(Engine):
    """Blocks of ρ found by `find_sectors`, real form where H and jumps are real, Chebyshev steps.

    With centre c < 0 and scale w, the width of the spectrum of H,

        exp(hL) = exp(hc) Σ (2 − δ_k0) J_k(hw) G_k,   G_0 = 1,  G_1 = (L − c)/w,
        G_{k+1} = 2 (L − c)/w G_k + G_{k−1}

    with Bessel functions J_k. All output times inside a step come from the same vectors. The
    generator is not normal, so the vectors G_k ρ may grow before the coefficients win: a step is
    accepted if the terms left out and the rounding of the largest term stay below ``tolerance``
    × h / t_end, and halved otherwise. The sum of both over all steps is reported.

    Cost: about 1.6 w t products with a sparse matrix of some ten entries per kept entry of ρ.
    """

    tolerance: Annotated[Positive, Field(ge=1e-12)] = Field(
        default=1e-9, description="Error allowed in ρ over the whole run", examples=[1e-9]
    )

    def solve(
        self,
        problem: Problem,
        times: FloatArray,
        moments: Mapping[str, MomentOperator],
        *,
        basis: Basis | None = None,
        states: bool = False,
        progress: Progress | None = None,
    ) -> Solution:
        """Propagate the reduced master equation; see `Engine.solve`.

        Raises
        ------
        ResourceError
            If memory does not suffice, or more than ten million products would be needed.
        """
        chosen = choose_basis(problem, basis)
        D = problem.space.dim(chosen)
        require_memory("exact", 16.0 * D**2 * states * len(times), D)
        realization = realize(problem, chosen)
        reduced = Reduced(realization)
        itemsize = 8 if reduced.real else 16
        needed = reduced.nonzeros * 3 * (itemsize + 16) + 300 * itemsize
        require_memory("exact", needed, D)
        operators = [build(realization) for build in moments.values()]
        watch = [*operators, sp.csr_array(sp.eye_array(D))]
        functionals = sp.csr_array(sp.vstack([reduced.functional(matrix) for matrix in watch]))
        values = np.empty((len(times), len(watch)))
        kept = np.empty((len(times), D, D), dtype=np.complex128) if states else None
        with threadpool_limits(1, user_api="blas"):  # vectors this short only lose by threads
            steps = _Steps(reduced, float(times[-1]), self.tolerance)
            done = 0
            while done < len(times):
                if times[done] <= steps.time:  # time 0
                    last, weights, vectors = done + 1, np.ones((1, 1)), [steps.vector]
                else:
                    start = steps.time
                    vectors = steps.advance()
                    last = int(np.searchsorted(times, steps.time, side="right"))
                    weights = steps.coefficients(times[done:last] - start, len(vectors))
                stack = np.stack([(functionals @ vector).real for vector in vectors])
                values[done:last] = weights @ stack
                if kept is not None:
                    for row, weight in enumerate(weights, start=done):
                        kept[row] = reduced.unpack(combine(weight, vectors))
                done = last
                if progress is not None:
                    progress(steps.time / float(times[-1]) if times[-1] > 0 else 1.0)
        return Solution(
            times=times,
            moments=dict(zip(moments, values.T, strict=False)),
            trace=values[:, -1],
            error_estimate=steps.error,
            tolerance=self.tolerance,
            statistics={
                "engine": "exact",
                "basis": chosen,
                "dimension": D,
                "tolerance": self.tolerance,
                "sectors": len(reduced.sectors.members),
                "entries": reduced.entries,
                "entries_without_reduction": D * D,
                "form": "real" if reduced.real else "complex",
                "steps": steps.count,
                "products": steps.products,
            },
            states=kept,
        )


class _Steps:
    """State of the propagation: time, vector, step length, error so far."""

    def __init__(self, reduced: Reduced, end: float, tolerance: float) -> None:
        realization = reduced.realization
        damping = float(realization.no_jump.diagonal().real.max(initial=0.0))
        self.width = max(_width(realization), 2.0 * damping, 1e-6)
        if not self.width * end < MOST_PRODUCTS:
            raise ResourceError(
                f"The exact engine would need about {self.width * end:.0e} products to time"
                f" {end:g}: energies and rates reach {self.width:.1e}. Use smaller ones, or a"
                " smaller last time."
            )
        self.centre = -1.5 * damping
        identity = sp.eye_array(reduced.entries, format="csr")
        self._scaled = sp.csr_array((reduced.generator - self.centre * identity) / self.width)
        self._end = end
        self._tolerance = tolerance
        self._h = min(REACH / self.width, DEPTH / max(-self.centre, 1e-12))
        self._trace = reduced.functional(sp.csr_array(sp.eye_array(realization.dim)))
        self.time = 0.0
        self.vector: Vector = reduced.pack(realization.rho_0)
        self.error = 0.0
        self.count = self.products = 0

    def coefficients(self, after: FloatArray, count: int) -> FloatArray:
        """Return exp(τc) (2 − δ_k0) J_k(τw) for times τ after the step began, ``(T, count)``."""
        k = np.arange(count)
        bessel = jv(k, after[:, np.newaxis] * self.width)
        factor = np.where(k == 0, 1.0, 2.0)
        return np.asarray(np.exp(after * self.centre)[:, np.newaxis] * factor * bessel)

    def advance(self) -> list[Vector]:
        """Take one accepted step and return its vectors G_k ρ."""
        while True:
            h = min(self._h, self._end - self.time)
            attempt = self._attempt(h)
            if attempt is not None:
                vectors, error, ease = attempt
                weights = self.coefficients(np.array([h]), len(vectors))[0]
                vector = combine(weights, vectors)
                lost = float(abs((self._trace @ (vector - self.vector)).item()))
                if lost <= self._tolerance * h / self._end:  # conserved by the exact flow
                    break
            self._h = h / 2
            if self._h * self.width < 1e-3:
                raise ResourceError("The exact engine found no step short enough; use matrix.")
        self.vector = vector
        self.time = self._end if h >= self._end - self.time else self.time + h
        self.error += error
        self.count += 1
        if ease:
            self._h = min(1.2 * self._h, 2 * REACH / self.width, DEPTH / max(-self.centre, 1e-12))
        return vectors

    def _attempt(self, h: float) -> tuple[list[Vector], float, bool] | None:
        """Return vectors, error, and whether a longer step would do; None if this is too long."""
        allowed = self._tolerance * h / self._end
        most = math.ceil(2.0 * h * self.width) + 60
        coefficients = np.abs(self.coefficients(np.array([h]), most)[0])
        vectors = [self.vector, self._scaled @ self.vector]
        self.products += 1
        rounding = EPSILON * coefficients[0] * float(np.linalg.norm(self.vector))
        small = 0
        for k in range(1, most):
            if k >= len(vectors):
                following = self._scaled @ vectors[-1]
                following *= 2.0
                following += vectors[-2]
                vectors.append(following)
                self.products += 1
            size = float(coefficients[k] * np.linalg.norm(vectors[k]))
            rounding = max(rounding, EPSILON * math.sqrt(k) * size)
            if not rounding <= allowed / 2:
                return None
            small = small + 1 if size <= min(allowed / 20, NEGLIGIBLE) else 0
            if small >= 3 and k > h * (self.width - self.centre):
                return vectors, rounding + 2 * size, rounding < allowed / 20
        return None


def combine(weights: FloatArray, vectors: list[Vector]) -> Vector:
    """Return the weighted sum of vectors."""
    total = np.zeros_like(vectors[0])
    for weight, vector in zip(weights, vectors, strict=True):
        total += weight * vector
    return total


def _width(realization: Realization) -> float:
    """Return the width of the spectrum of H, a little enlarged; an upper estimate if large."""
    H, D = realization.H, realization.dim
    if D <= 400:
        levels = np.linalg.eigvalsh(H.toarray())
        return 1.02 * float(levels[-1] - levels[0])
    start = np.ones(D) / math.sqrt(D)
    ends = [eigsh(H, k=1, which=side, v0=start, tol=1e-3)[0][0] for side in ("SA", "LA")]
    return 1.05 * float(ends[1] - ends[0])
