"""Propagation under a constant generator by Chebyshev polynomials, with the error of every step."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from scipy.sparse.linalg import ArpackError, eigsh

from qubatt.core.check import FloatArray
from qubatt.core.errors import ResourceError
from qubatt.core.realization import Realization
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

CHUNK = 4096
"""Output times whose coefficients are held at once."""

PATIENCE = 100_000_000
"""Stored entries times products computed at a stretch, so that an interrupt is heard soon."""


class Span(NamedTuple):
    """Where the spectrum of the generator lies: 2 × width high, around a centre below 0."""

    width: float
    centre: float

    @property
    def step(self) -> float:
        """Length of a first step."""
        return min(REACH / self.width, DEPTH / max(-self.centre, 1e-12))

    def products(self, end: float) -> float:
        """Return about how many products it takes to reach a time."""
        steps = math.ceil(end / self.step)
        reach = self.width * end / steps
        return float(steps * (reach + 10.0 * reach ** (1 / 3) - self.centre * end / steps))


def span(realization: Realization) -> Span:
    """Return width and centre for the generator of a realisation without pulses."""
    damping = float(realization.no_jump.diagonal().real.max(initial=0.0))
    return Span(max(_width(realization), 2.0 * damping, 1e-6), -1.5 * damping)


class Chebyshev:
    """State of the propagation: time, vector, step length, error so far.

    With centre c < 0 and scale w, the width of the spectrum of H,

        exp(hL) = exp(hc) Σ (2 − δ_k0) J_k(hw) G_k,   G_0 = 1,  G_1 = (L − c)/w,
        G_{k+1} = 2 (L − c)/w G_k + G_{k−1}

    with Bessel functions J_k. All output times inside a step come from the same vectors. The
    generator is not normal, so the vectors G_k ρ may grow before the coefficients win: a step is
    halved if the rounding of its largest term, eps k^(3/2) of it (the rounding of L is the same
    at every k), or the change of the trace exceeds half of ``tolerance`` × h / end. These and
    the terms left out are added up over all steps.
    """

    def __init__(
        self, reduced: Reduced, functionals: Functionals, end: float, tolerance: float
    ) -> None:
        self.span = span(reduced.realization)
        if not self.span.width * end < MOST_PRODUCTS:
            raise ResourceError(
                f"The exact engine would need about {self.span.width * end:.0e} products to time"
                f" {end:g}: energies and rates reach {self.span.width:.1e}. Use smaller ones, or a"
                " smaller last time."
            )
        self._reduced = reduced
        self._functionals = functionals  # the last one is the trace
        self._end = end
        self._tolerance = tolerance
        self._h = self.span.step
        self.time = 0.0
        self.vector: Vector = reduced.pack(reduced.realization.initial)
        self._room = [reduced.zeros() for _ in range(3)]
        self.error = 0.0
        self.steps = self.products = 0

    def coefficients(self, after: FloatArray, count: int) -> FloatArray:
        """Return exp(τc) (2 − δ_k0) J_k(τw) for times τ after the step began, ``(T, count)``."""
        weights = np.empty((len(after), count))
        kernels.bessel(after * self.span.width, weights)
        weights[:, 1:] *= 2.0
        weights *= np.exp(after * self.span.centre)[:, np.newaxis]
        return weights

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
            if self._h * self.span.width < 1e-3:
                raise ResourceError("The exact engine found no step short enough; use matrix.")
        values, vectors, error, ease = attempt
        self.vector, self._room[2] = self._room[2], self.vector
        self.time = self._end if count == 1 else self.time + h
        self.error += error
        self.steps += 1
        if ease:
            longest = DEPTH / max(-self.span.centre, 1e-12)
            self._h = min(1.2 * self._h, 2 * REACH / self.span.width, longest)
        return values, vectors

    def _attempt(
        self, h: float, after: FloatArray, keep: bool
    ) -> tuple[FloatArray, list[Vector], float, bool] | None:
        """Sum the series into the third of the spare vectors; return None if the step is too long.

        Otherwise functionals and vectors at the times `after` its beginning, the error, and
        whether a longer step would do.
        """
        width, centre = self.span
        limit = min(max(self._tolerance * h / self._end / 2, FLOOR), CEILING)
        most = math.ceil(2.0 * h * width) + 60
        weights = self.coefficients(np.append(after, h) if keep else np.array([h]), most)
        ends = np.array([NEGLIGIBLE, h * (width - centre), limit])
        now, new, series = self._room
        now[:], new[:] = self.vector, 0.0
        np.multiply(self.vector, weights[-1, 0], out=series)
        norms, table = np.zeros(most), np.zeros((most, len(self._functionals.first) - 1))
        norms[0] = np.linalg.norm(now)
        kernels.read(*self._functionals, now, table[0])
        vectors = [weight * now for weight in weights[:-1, 0]]
        chunk = 1 if keep else max(1, PATIENCE // len(now))
        k, ended = 1, False
        while not ended and k < most:
            reached = self._reduced.recur(
                self._reduced.tables, (now, new, series), -centre, 1.0 / width, weights[-1],
                k, min(k + chunk, most), ends, self._functionals, norms, table,
            )  # fmt: skip
            ended = bool(kernels.ends_series(weights[-1], norms, reached, ends))
            if (reached - k) % 2:
                now, new = new, now
            for vector, weight in zip(vectors, weights[:-1, k], strict=False):
                vector += weight * now  # one term at a time, where vectors are wanted
            k = reached
        self.products += k - 1
        if k % 2 == 0:  # the last term is odd: not yet in the series
            series += weights[-1, k - 1] * now
        self._reduced.mirror(series)
        sizes = np.abs(weights[-1, :k]) * norms[:k]
        rounding = kernels.EPSILON * float(np.max(np.arange(1, k + 1) ** 1.5 * sizes))
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


def _width(realization: Realization) -> float:
    """Return the width of the spectrum of H, a little enlarged; an upper estimate if large."""
    H, D = realization.H, realization.dim
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
