"""Chebyshev propagation under a constant generator, with an error estimate for every step."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from qubatt.core.check import FloatArray
from qubatt.core.errors import ResourceError
from qubatt.engines.exact import kernels
from qubatt.engines.exact.ellipse import (
    MAX_PRODUCTS,
    NEGLIGIBLE_TERM,
    SUBINTERVALS,
    Ellipse,
)
from qubatt.engines.exact.reduced_lindbladian import Functionals, ReducedLindbladian, Vector
from qubatt.engines.integrals import RunningIntegrals

MIN_ROUNDING_LIMIT, MAX_ROUNDING_LIMIT = 1e-12, 1e-10
"""Rounding error up to which a step is always accepted, and rounding error above which it is never
accepted; the sum over all steps is reported.
"""

STEP_ROUNDING = 4 * kernels.EPSILON
"""Largest difference between step lengths that count as equal, relative to the last time."""

SPARE_TERMS = 8
"""Number of additional coefficients to integrate, for later equal steps with more terms."""

TIMES_PER_CHUNK = 4096
"""Number of output times whose coefficients are in memory at once."""

ENTRIES_PER_CHUNK = 100_000_000
"""Stored entries × products per uninterruptible chunk, so that Ctrl-C responds quickly."""


class Chebyshev:
    """Chebyshev propagator with its current time, vector, step length and accumulated error.

    With centre c < 0 and foci c ± f of an ellipse around the numerical range,

        exp(hL) = exp(hc) Σ (2 − δ_k0) I_k(hf) G_k,   G_0 = 1,  G_1 = (L − c)/f,
        G_{k+1} = 2 (L − c)/f G_k − G_{k−1}

    with modified Bessel functions I_k; for imaginary f they become J_k(h|f|), and all quantities
    remain real. All output times within a step use the same vectors. The generator is not normal,
    so the vectors G_k ρ may grow before the coefficients decay. A step is therefore halved if the
    rounding error of its largest term, eps k^(3/2) times that term (the rounding of L is the same
    at every k), or the change of the trace exceeds half of ``tolerance`` × h / end. Both errors and
    the neglected terms are summed over all steps.

    Time integrals follow from the same vectors: with the coefficients c_k(τ) of the series,
    ∫ w·ρ dτ = Σ_k (∫ c_k dτ) w·G_k ρ over each part of a step, for every functional w in
    `integrand`.
    """

    def __init__(
        self,
        reduced: ReducedLindbladian,
        ellipse: Ellipse,
        start: Vector,
        functionals: Functionals,
        end: float,
        tolerance: float,
        integrand: Functionals | None = None,
    ) -> None:
        self.ellipse = ellipse
        expected = self.ellipse.products(end)
        if not expected < MAX_PRODUCTS:
            largest = max(self.ellipse.real, self.ellipse.imaginary)
            raise ResourceError(
                f"The exact engine would need about {expected:.0e} products to"
                f" time {end:g}, because energies and rates reach {largest:.1e}. Lower them, or"
                " choose an earlier last time."
            )
        self._reduced = reduced
        self._integrated = 0 if integrand is None else len(integrand.first) - 1
        self._functionals = functionals  # the last one is the trace
        if integrand is not None:
            self._functionals = integrand.followed_by(functionals)
        self.integrals = RunningIntegrals(self._integrated)
        self._known = math.nan, np.empty((0, 0))  # step length, and integrals of coefficients
        self._end = end
        self._tolerance = tolerance
        self._h = self.ellipse.step
        self.time = 0.0
        self.vector = start
        self._room = [reduced.zeros() for _ in range(3)]
        self.error = 0.0
        self.steps = self.products = 0

    def advance(
        self, pending: FloatArray, keep: NDArray[np.bool_]
    ) -> tuple[FloatArray, list[Vector]]:
        """Take one accepted step.

        Parameters
        ----------
        pending : array
            Output times after the present one, ascending.
        keep : array of bool
            Whether to return the vectors at these times.

        Returns
        -------
        values : array, shape (T, functionals)
            The functionals at the T output times inside the step.
        vectors : list of array
            The vectors at the requested times.
        """
        while True:
            remaining = self._end - self.time
            count = math.ceil(remaining / self._h)
            # equal steps, so that the last one is not tiny; h is the exact difference of the
            # rounded times
            h = remaining if count == 1 else (self.time + remaining / count) - self.time
            after = pending if count == 1 else pending[pending <= self.time + h]
            attempt = self._attempt(h, after - self.time, keep[: len(after)])
            if attempt is not None:
                break
            self._h = h / 2
            if self._h < 1e-5 * min(self.ellipse.step, self._end):
                raise ResourceError(
                    'The exact engine found no sufficiently short step. Use engine="matrix".'
                )
        values, vectors, error, ease, integrals = attempt
        self.vector, self._room[2] = self._room[2], self.vector
        start, self.time = self.time, self._end if count == 1 else self.time + h
        if self._integrated:
            inside = start + h * np.arange(1, SUBINTERVALS) / SUBINTERVALS
            self.integrals.add(np.append(inside, self.time), integrals)
        self.error += error
        self.steps += 1
        if ease:
            self._h = min(1.2 * self._h, 2 * self.ellipse.step)
        return values, vectors

    def _attempt(
        self, h: float, after: FloatArray, keep: NDArray[np.bool_]
    ) -> tuple[FloatArray, list[Vector], float, bool, FloatArray] | None:
        """Sum the series into the third spare vector; return None if the step is too long.

        Otherwise return the functionals and vectors at the times `after` the start of the step, the
        error, whether the next step may be longer, and the time integrals over parts of the step.
        """
        ellipse = self.ellipse
        limit = min(
            max(self._tolerance * h / self._end / 2, MIN_ROUNDING_LIMIT), MAX_ROUNDING_LIMIT
        )
        most = ellipse.terms(h)
        weights = ellipse.coefficients(np.append(after[keep], h), most)
        self._room[0][:] = self.vector
        vectors = [np.zeros_like(self.vector) for _ in weights[:-1]]

        def add(k: int, term: Vector) -> None:
            for vector, weight in zip(vectors, weights[:, k], strict=False):
                vector += weight * term

        series = expand(
            self._reduced,
            ellipse,
            weights[-1],
            self._room,
            self._functionals,
            limit,
            add if vectors else None,
        )
        k = len(series.sizes)
        integrand, table = np.split(series.table, [self._integrated], axis=1)
        self.products += k - 1
        lost = abs(float(_combined(weights[-1:], table[:, -1:])[0, 0]) - float(table[0, -1]))
        # the exact flow conserves the trace
        if not series.ended or not series.rounding <= limit or not lost <= limit:
            return None
        parts = [
            _combined(ellipse.coefficients(after[start : start + TIMES_PER_CHUNK], k), table)
            for start in range(0, len(after), TIMES_PER_CHUNK)
        ]
        values = np.concatenate([np.empty((0, table.shape[1])), *parts])
        error = series.rounding + 2 * float(series.sizes[-1]) + lost
        return values, vectors, error, series.rounding < limit / 10, self._integrals(h, integrand)

    def _integrals(self, h: float, table: FloatArray) -> FloatArray:
        """Return the integrals over the parts of a step, shape ``(SUBINTERVALS, integrands)``.

        Integrals of the coefficients are computed once for steps that are equal up to rounding.
        """
        if not self._integrated:
            return np.empty((0, 0))
        length, weights = self._known
        is_known = abs(h - length) <= STEP_ROUNDING * self._end
        if not is_known or weights.shape[1] < len(table):
            weights = self.ellipse.integrals(h, len(table) + SPARE_TERMS)
            self._known = length, weights = h, weights
        return _combined(weights, table) * (h / length)


def _combined(weights: FloatArray, table: FloatArray) -> FloatArray:
    """Return Σ_k weights[t, k] table[k, f], shape ``(T, F)``; see `kernels.combine`."""
    table = np.ascontiguousarray(table)
    out = np.empty((len(weights), table.shape[1]))
    kernels.combine(np.ascontiguousarray(weights[:, : len(table)]), table, out)
    return out


class Series(NamedTuple):
    """Result of the summation of a series, with one row per summed term.

    Attributes
    ----------
    ended : bool
        Whether the remaining terms are negligible.
    sizes : array, shape (K,)
        Bounds on the Frobenius norms of the terms.
    table : array, shape (K, functionals)
        The functionals of every G_k, without its coefficient.
    """

    ended: bool
    sizes: FloatArray
    table: FloatArray

    @property
    def rounding(self) -> float:
        """Return the rounding error of the largest term, eps k^(3/2) times the term."""
        return kernels.EPSILON * float(
            np.max(np.arange(1, len(self.sizes) + 1) ** 1.5 * self.sizes)
        )


def expand(
    reduced: ReducedLindbladian,
    ellipse: Ellipse,
    weights: FloatArray,
    room: list[Vector],
    functionals: Functionals,
    limit: float,
    each: Callable[[int, Vector], None] | None = None,
) -> Series:
    """Sum Σ weights[k] G_k into the third of three vectors; the first one contains G_0.

    Parameters
    ----------
    weights : array, shape (K,)
        Coefficients of a step, from `Ellipse.coefficients`.
    limit : float
        Rounding error above which the series is abandoned.
    each : callable, optional
        Called with every k and G_k.
    """
    now, new, series = room
    count = len(weights)
    largest_term = float(np.argmax(ellipse.bounds(weights)))
    stop = kernels.SeriesStop(NEGLIGIBLE_TERM, largest_term, limit)
    recurrence = kernels.Recurrence(-ellipse.centre, 1.0 / ellipse.focus, ellipse.turn)
    values = np.zeros((count, len(functionals.first) - 1))
    terms = kernels.SeriesTerms(weights, np.zeros(count), values)
    new[:] = 0.0
    np.multiply(now, weights[0], out=series)
    terms.norms[0] = math.sqrt(2.0) * np.linalg.norm(now)  # only one triangle is stored
    terms.values[0] = functionals.of(now)
    if each is not None:
        each(0, now)
    chunk = 1 if each is not None else max(1, ENTRIES_PER_CHUNK // len(now))
    k, ended = 1, False
    while not ended and k < count:
        end = min(k + chunk, count)
        next_k = reduced.recur((now, new, series), recurrence, terms, functionals, stop, k, end)
        ended = bool(kernels.series_ends.py_func(terms, next_k, stop))
        if (next_k - k) % 2:
            now, new = new, now
        k = next_k
        if each is not None:
            each(k - 1, now)  # one term at a time
    if k % 2 == 0:  # the last term is odd and not yet in the series
        series += weights[k - 1] * now
    return Series(ended, np.abs(weights[:k]) * terms.norms[:k], terms.values[:k])
