"""Exact engine: symmetry-reduced, real where possible, propagated by Chebyshev polynomials."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated

import numpy as np
import scipy.sparse as sp
from pydantic import Field
from scipy.sparse.linalg import ArpackError, eigsh
from scipy.special import jv
from threadpoolctl import threadpool_limits

from qubatt.core.check import FloatArray, Positive
from qubatt.core.declaration import declare
from qubatt.core.errors import ResourceError
from qubatt.core.problem import Problem
from qubatt.core.realization import choose_basis, realize
from qubatt.core.solution import Solution
from qubatt.core.space import Basis
from qubatt.engines.engine import Engine, MomentOperator, Progress, require_memory
from qubatt.engines import kernels
from qubatt.engines.reduced import Functionals, Reduced, Vector

REACH = 60.0
"""Length of a first step times the width of the spectrum; longer steps gain little."""

DEPTH = 16.0
"""Largest length of a step times −c: the series then cancels to exp(−16) of its terms."""

NEGLIGIBLE = 1e-14
"""Terms below this may be left out; the series falls so fast that a larger one gains little."""

MOST_PRODUCTS = 1e7
"""Products from which on a run is refused: it would take hours at least."""

FLOOR, CEILING = 1e-12, 1e-10
"""Rounding of a step that is always accepted, and that never is; their sum is reported."""

CHUNK_ENTRIES = 50_000_000
"""Stored entries times products after which the kernels look up, so that Ctrl-C works."""

CHUNK = 4096
"""Output times whose coefficients are held at once."""

EPSILON = float(np.finfo(float).eps)


@declare("engine", "exact")
class ExactEngine(Engine):
    """Blocks of ρ found by `find_sectors`, real form where H and jumps are real, Chebyshev steps.

    With centre c < 0 and scale w, the width of the spectrum of H,

        exp(hL) = exp(hc) Σ (2 − δ_k0) J_k(hw) G_k,   G_0 = 1,  G_1 = (L − c)/w,
        G_{k+1} = 2 (L − c)/w G_k + G_{k−1}

    with Bessel functions J_k. All output times inside a step come from the same vectors. The
    generator is not normal, so the vectors G_k ρ may grow before the coefficients win: a step is
    halved if the rounding of its largest term, eps k^(3/2) of it (the rounding of L is the same
    at every k), or the change of the trace exceeds half of ``tolerance`` × h / t_end. These and
    the terms left out are added up over all steps and reported.

    Cost: about 1.6 w t products with a sparse matrix of some ten entries per kept entry of ρ.
    """

    tolerance: Annotated[Positive, Field(ge=1e-12, le=1e-2)] = Field(
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
        realization = realize(problem, chosen)
        reduced = Reduced(realization)
        needed = 5.0 * reduced.nbytes + states * len(times) * (16.0 * D**2 + reduced.nbytes)
        require_memory("exact", needed, D)
        watch = [build(realization) for build in moments.values()]
        watch.append(sp.csr_array(sp.eye_array(D)))
        functionals = reduced.functionals(watch)
        end = float(times[-1])
        with threadpool_limits(1, user_api="blas"):  # vectors this short only lose by threads
            steps = _Steps(reduced, functionals, end, self.tolerance)
            values = []
            kept = []
            if times[0] == 0.0:
                values.append(steps.moments()[np.newaxis])
                kept.append(steps.vector.copy())
            while steps.time < end:
                pending = times[times > steps.time]
                found, vectors = steps.advance(pending, keep=states)
                values.append(found)
                kept.extend(vectors)
                if progress is not None:
                    progress(steps.time / end)
        if progress is not None:
            progress(1.0)
        table = np.concatenate(values)
        return Solution(
            times=times,
            moments=dict(zip(moments, table.T, strict=False)),
            trace=table[:, -1],
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
                "threads": len(steps.shares[0]) - 1,
                "steps": steps.count,
                "products": steps.products,
            },
            states=np.array([reduced.unpack(vector) for vector in kept]) if states else None,
        )


class _Steps:
    """State of the propagation: time, vector, step length, error so far."""

    def __init__(
        self, reduced: Reduced, functionals: Functionals, end: float, tolerance: float
    ) -> None:
        realization = reduced.realization
        damping = float(realization.no_jump.diagonal().real.max(initial=0.0))
        self.width = max(_width(reduced), 2.0 * damping, 1e-6)
        if not self.width * end < MOST_PRODUCTS:
            raise ResourceError(
                f"The exact engine would need about {self.width * end:.0e} products to time"
                f" {end:g}: energies and rates reach {self.width:.1e}. Use smaller ones, or a"
                " smaller last time."
            )
        self.centre = -1.5 * damping
        self._reduced = reduced
        self.shares = reduced.shares()
        self._end = end
        self._tolerance = tolerance
        self._h = min(REACH / self.width, DEPTH / max(-self.centre, 1e-12))
        self._functionals = functionals  # the last one is the trace
        self.time = 0.0
        self.vector: Vector = reduced.pack(realization.initial)
        self._room = [reduced.zeros() for _ in range(3)]
        self.error = 0.0
        self.count = self.products = 0

    def moments(self) -> FloatArray:
        """Return the functionals of the present vector."""
        values = np.zeros(len(self._functionals.first) - 1)
        kernels.read(*self._functionals, self.vector, values)
        return values

    def coefficients(self, after: FloatArray, count: int) -> FloatArray:
        """Return exp(τc) (2 − δ_k0) J_k(τw) for times τ after the step began, ``(T, count)``."""
        k = np.arange(count)
        bessel = jv(k, after[:, np.newaxis] * self.width)
        factor = np.where(k == 0, 1.0, 2.0)
        return np.asarray(np.exp(after * self.centre)[:, np.newaxis] * factor * bessel)

    def advance(self, pending: FloatArray, keep: bool) -> tuple[FloatArray, list[Vector]]:
        """Take one accepted step.

        Parameters
        ----------
        pending : array
            Output times after the present one, ascending.
        keep : bool
            Whether the vectors at the output times are wanted.

        Returns
        -------
        values : array, shape (T, functionals)
            The functionals at the T output times inside the step.
        vectors : list of array
            The vectors at these times, if wanted.
        """
        while True:
            left = self._end - self.time
            count = math.ceil(left / self._h)
            h = left / count  # steps of equal length, so that no sliver is left for the last one
            after = pending if count == 1 else pending[pending <= self.time + h]
            attempt = self._attempt(h, after - self.time, keep)
            if attempt is not None:
                break
            self._h = h / 2
            if self._h * self.width < 1e-3:
                raise ResourceError("The exact engine found no step short enough; use matrix.")
        values, vectors, error, ease = attempt
        self.vector, self._room[2] = self._room[2], self.vector
        self.time = self._end if count == 1 else self.time + h
        self.error += error
        self.count += 1
        if ease:
            self._h = min(1.2 * self._h, 2 * REACH / self.width, DEPTH / max(-self.centre, 1e-12))
        return values, vectors

    def _attempt(
        self, h: float, after: FloatArray, keep: bool
    ) -> tuple[FloatArray, list[Vector], float, bool] | None:
        """Sum the series into the third of the spare vectors; return None if the step is too long.

        Otherwise functionals and vectors at the times `after` its beginning, the error, and
        whether a longer step would do.
        """
        limit = min(max(self._tolerance * h / self._end / 2, FLOOR), CEILING)
        most = math.ceil(2.0 * h * self.width) + 60
        weights = self.coefficients(np.append(after, h) if keep else np.array([h]), most)
        ends = np.array([NEGLIGIBLE, h * (self.width - self.centre), limit])
        now, new, series = self._room
        now[:], new[:] = self.vector, 0.0
        np.multiply(self.vector, weights[-1, 0], out=series)
        norms, table = np.zeros(most), np.zeros((most, len(self._functionals.first) - 1))
        norms[0] = np.linalg.norm(now)
        kernels.read(*self._functionals, now, table[0])
        vectors = [weight * now for weight in weights[:-1, 0]]
        tables, shares = self._reduced.tables, self.shares
        recur = kernels.recur if len(shares[0]) == 2 else kernels.recur_parallel
        chunk = 1 if keep else max(1, CHUNK_ENTRIES // self._reduced.layout.size)
        k, ended = 1, False
        while not ended and k < most:
            stop = min(k + chunk, most)
            reached = recur(
                tables, *shares, now, new, series, -self.centre, 1.0 / self.width, weights[-1],
                k, stop, ends, norms, self._functionals, table,
            )  # fmt: skip
            ended = reached < stop or kernels._ends(weights[-1], norms, reached, ends)
            if (reached - k) % 2:
                now, new = new, now
            for vector, weight in zip(vectors, weights[:, k], strict=False):
                vector += weight * now  # one term at a time, where vectors are wanted
            k = reached
        self.products += k - 1
        if k % 2 == 0:  # the last term is odd: not yet in the series
            series += weights[-1, k - 1] * now
        kernels.mirror(tables, 0, len(tables.tile_source), series)
        sizes = np.abs(weights[-1, :k]) * norms[:k]
        rounding = EPSILON * float(np.max(np.arange(1, k + 1) ** 1.5 * sizes))
        lost = abs(float(weights[-1, :k] @ table[:k, -1]) - float(table[0, -1]))
        # the exact flow conserves the trace
        if not ended or not rounding <= limit or not lost <= 2 * limit:
            return None
        parts = [
            self.coefficients(after[start : start + CHUNK], k) @ table[:k]
            for start in range(0, len(after), CHUNK)
        ]
        values = np.concatenate([np.empty((0, table.shape[1])), *parts])
        error = rounding + 2 * float(sizes[-1]) + lost
        return values, vectors, error, rounding < limit / 10


def _width(reduced: Reduced) -> float:
    """Return the width of the spectrum of H, a little enlarged; an upper estimate if large."""
    H, D = reduced.realization.H, reduced.realization.dim
    if D <= 400:
        levels = np.linalg.eigvalsh(H.toarray())
        return 1.02 * float(levels[-1] - levels[0])
    bound = 2.0 * float(abs(H).sum(axis=0).max())
    start = np.random.default_rng(0).normal(size=D)
    try:
        ends = [eigsh(H, k=1, which=side, v0=start, tol=1e-3)[0][0] for side in ("SA", "LA")]
    except ArpackError:  # no convergence, or H = 0
        return bound
    return min(1.05 * float(ends[1] - ends[0]), bound)
