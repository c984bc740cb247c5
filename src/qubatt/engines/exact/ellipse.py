"""Ellipse around the numerical range of a constant generator, and its Chebyshev coefficients."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from scipy.sparse.linalg import ArpackError, eigsh
from scipy.special import roots_legendre

from qubatt.core.check import FloatArray
from qubatt.core.realization import Realization
from qubatt.engines.exact import kernels
from qubatt.engines.exact.sectors import NO_ENTRIES, Entries, find_sectors, split
from qubatt.engines.threads import single_blas

FIRST_STEP_LENGTH = 90.0
"""Length of the first step times the imaginary semi-axis; longer steps gain little."""

NEGLIGIBLE_TERM = 1e-14
"""Size below which terms are neglected; they decrease so fast that a larger limit gains little."""

MAX_PRODUCTS = 1e7
"""Maximum number of products; a run that needs more would take hours and is refused."""

LARGEST_DENSE_SECTOR = 400
"""Maximum size of a sector for which all levels of H are computed to find the spectral width."""

SUBINTERVALS = 16
"""Number of equal parts of a step over which time integrals are computed."""


class Ellipse(NamedTuple):
    """Ellipse around the numerical range of a generator: negative real centre and two semi-axes.

    The polynomials have their foci at centre ± f, f² = a² − b²: on the real axis if damping
    dominates (a > b), on a line parallel to the imaginary axis if the Hamiltonian does. On the
    ellipse the k-th polynomial is at most r^k in magnitude, with r = (a + b)/|f|.
    """

    centre: float
    real: float
    imaginary: float

    @property
    def turn(self) -> float:
        """Return −1 for foci on the real axis, otherwise 1."""
        return 1.0 if self.imaginary >= self.real else -1.0

    @property
    def focus(self) -> float:
        """Return |f|, bounded away from 0, where the polynomials would reduce to powers."""
        largest = max(self.real, self.imaginary)
        ratio = min(self.real, self.imaginary) / largest
        return largest * math.sqrt(max(1.0 - ratio**2, 0.25))

    @property
    def step(self) -> float:
        """Return the length of the first step."""
        return FIRST_STEP_LENGTH / self.imaginary

    def terms(self, h: float) -> int:
        """Return the maximum number of terms of the series of a step."""
        reach = h * self.focus
        if self.turn > 0:
            return math.ceil(2.0 * reach) + 60
        growth = h * self.imaginary
        return math.ceil(1.3 * (growth + math.sqrt(growth**2 + 80.0 * reach))) + 60

    def coefficients(self, after: FloatArray, count: int) -> FloatArray:
        """Return the coefficients of exp(τ𝓛), τ from the start of the step, ``(T, count)``.

        They are exp(τc) (2 − δ_k0) J_k(τ|f|) or, for foci on the real axis, the same with I_k and
        the signs + + − − + + …
        """
        weights = np.empty((len(after), count))
        kernels.bessel(after * self.focus, self.turn, weights)
        weights[:, 1:] *= 2.0
        exponent = self.centre + (self.focus if self.turn < 0 else 0.0)
        weights *= np.exp(after * exponent)[:, np.newaxis]
        if self.turn < 0:
            weights[:, 2::4] *= -1.0
            weights[:, 3::4] *= -1.0
        return weights

    def integrals(self, h: float, count: int) -> FloatArray:
        """Return the integrals of the coefficients over `SUBINTERVALS` equal parts of a step.

        Their shape is ``(SUBINTERVALS, count)``; they are computed by Gauss–Legendre quadrature.
        """
        # All coefficients are averages of exp(zτ) cos kθ over numbers z between the foci, so n
        # nodes are as accurate for them as for exp(zτ): the relative error, with x = |z| × half a
        # part, is about (x/2)^2n/(2n)!, for z < 0 even exp(−x) I_2n(x).
        # Imaginary foci: |z| < 1.12 × the imaginary semi-axis and thus x < 6.3 in steps of twice
        # the first length; 16 nodes leave (x/2)³²/32! < 1e-18. Real foci: z < 0, x may be large,
        # and exp(−x) I_2n(x), about exp(−2n²/x), is below 1e-17 for n = 16 + 5 √x.
        part = h / SUBINTERVALS
        reach = 0.5 * part * (abs(self.centre) + self.focus)
        nodes = 16 if self.turn > 0 else 16 + math.ceil(5.0 * math.sqrt(reach))
        starts = part * np.arange(SUBINTERVALS)
        total = np.zeros((SUBINTERVALS, count))
        for x, weight in zip(*roots_legendre(nodes), strict=True):
            inside = self.coefficients(starts + 0.5 * part * (1.0 + x), count)
            total += 0.5 * part * weight * inside
        return total

    def bounds(self, weights: FloatArray) -> FloatArray:
        """Return the logarithms of the largest possible magnitudes of the terms on the ellipse."""
        growth = math.log((self.real + self.imaginary) / self.focus)
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(np.abs(weights)) + np.arange(len(weights)) * growth)

    def products(self, end: float) -> float:
        """Return the approximate number of products needed to reach a time."""
        largest = end * max(self.real, self.imaginary)
        if not largest < 1e14:
            return largest if largest > 0 else math.inf  # far too many for a closer estimate
        steps = max(1, math.ceil(end / self.step))
        if steps * self.terms(end / steps) > 30 * MAX_PRODUCTS:
            return float(steps * self.terms(end / steps))
        weights = self.coefficients(np.array([end / steps]), self.terms(end / steps))[0]
        needed = np.flatnonzero(self.bounds(weights) > math.log(NEGLIGIBLE_TERM))
        return float(steps * (needed[-1] if len(needed) else 1))


def enclose(realization: Realization) -> Ellipse:
    """Return an ellipse around the numerical range of a generator without pulses."""
    damping = float(realization.no_jump.diagonal().real.max(initial=0.0))
    return Ellipse(-1.5 * damping, 1.5 * damping, max(_width(realization), 1e-6))


def _width(realization: Realization) -> float:
    """Return the spectral width of H, slightly enlarged; an upper estimate for large sectors."""
    H, D = realization.H, realization.dim
    sectors = find_sectors(realization)
    if max(map(len, sectors.members)) <= LARGEST_DENSE_SECTOR:
        with single_blas():  # so that the step length does not depend on the number of threads
            blocks = split(H, sectors)
            levels = [
                _ends_of_spectrum(blocks.get((S, S), NO_ENTRIES), len(states))
                for S, states in enumerate(sectors.members)
            ]
        return 1.02 * float(max(top for _, top in levels) - min(low for low, _ in levels))
    bound = 2.0 * float(abs(H).sum(axis=0).max())
    start = np.random.default_rng(0).normal(size=D)
    try:
        ends = [eigsh(H, k=1, which=side, v0=start, tol=1e-3)[0][0] for side in ("SA", "LA")]
    except ArpackError:  # no convergence, or H = 0
        return bound
    return min(1.05 * float(ends[1] - ends[0]), bound)


def _ends_of_spectrum(H: Entries, size: int) -> tuple[float, float]:
    """Return the lowest and the highest eigenvalue of a sector of H."""
    block = np.zeros((size, size), dtype=H.value.dtype)
    block[H.row, H.column] = H.value
    levels = np.linalg.eigvalsh(block)
    return float(levels[0]), float(levels[-1])
