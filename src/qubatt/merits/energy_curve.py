"""Interpolation of the stored energy between the output times."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

import numpy as np
import scipy  # its submodules load on first use; `scipy.interpolate` takes 0.2 s
from numpy.typing import NDArray

from qubatt.core.check import FloatArray

MIN_FALL = 1e-9
"""Smallest fall of E after a maximum, as a fraction of the largest |E|.

Maxima that differ by less are considered equal, and the first one is reported.
"""

ENERGY_ROUNDING = 1e-13
"""Rounding error of E as a fraction of the largest |⟨H_B⟩|."""

MIN_SPACING = 1e-6
"""Smallest spacing of the nodes of a polynomial, in units of max |⟨H_B⟩| / max |dE/dt|.

Over shorter intervals the rounding error of E would dominate dE/dt.
"""

EPSILON = float(np.finfo(np.float64).eps)

BREAK_OFFSET = 1e-12
"""Relative distance before a jump of a pulse at which the left-hand limit is evaluated."""


def edges(breaks: Iterable[float], end: float) -> FloatArray:
    """Return the times at which pulses may jump, each preceded by a time just before it."""
    times = np.array([time for time in breaks if 0.0 < time <= end])
    return np.union1d(times * (1.0 - BREAK_OFFSET), times)


class Curve:
    """E(t) as piecewise polynomials through E, dE/dt and d²E/dt² at the times of a run.

    Without pulses the polynomials have degree 5, and steps of length h give an error of
    h⁶/46080 times the sixth derivative. With pulses d²E/dt² is not available; the polynomials
    then have degree 3 and an error of h⁴/384 times the fourth derivative. If the times include
    those of `edges`, a polynomial ends at each jump of a pulse, where dE/dt jumps too.
    """

    def __init__(
        self,
        times: FloatArray,
        energy: FloatArray,
        power: FloatArray,
        curvature: FloatArray | None,
        breaks: Iterable[float] = (),
    ) -> None:
        self.times = times
        self._energy = energy - energy[0]
        relative = MIN_FALL * np.abs(self._energy).max()
        self.rounding = float(max(relative, ENERGY_ROUNDING * np.abs(energy).max()))
        rows = [self._energy, power] if curvature is None else [self._energy, power, curvature]
        near = np.diff(times) <= 2.0 * BREAK_OFFSET * times[1:]
        cuts = 1 + np.flatnonzero(near & np.isin(times[1:], list(breaks)))
        size, change = np.abs(energy).max(), np.abs(power).max()
        least = float(
            np.minimum(1e-4 * times[-1] * change, MIN_SPACING * size) / max(change, 1e-300)
        )
        self._smooth = []
        for part, values in zip(
            np.split(times, cuts), np.split(np.array(rows), cuts, axis=1), strict=True
        ):
            knots = _apart(part, least)
            if len(knots) > 1 or len(times) == 1:
                self._smooth.append(_Smooth(part[knots], list(values[:, knots])))
        starts = [part.times[:-1] if len(times) > 1 else part.times for part in self._smooth]
        end = times[-1] if len(times) > 1 else times[-1] + 1.0  # never evaluated
        coefficients = np.concatenate([part.coefficients for part in self._smooth], axis=1)
        breaks = np.append(np.concatenate(starts), end)
        self._polynomials = scipy.interpolate.PPoly(coefficients, breaks)

    @property
    def error(self) -> float:
        """Estimated error of E between the times; NaN if there are too few times."""
        errors = np.concatenate([part.errors for part in self._smooth])
        return float(np.fmax.reduce(errors))

    def energy(self, times: FloatArray) -> FloatArray:
        """Return E at arbitrary times within the run."""
        return np.asarray(self._polynomials(times))

    def power(self, times: FloatArray) -> FloatArray:
        """Return dE/dt at arbitrary times within the run."""
        return np.asarray(self._polynomials(times, nu=1))

    @property
    def turns(self) -> FloatArray:
        """Times at which dE/dt = 0, ascending."""
        return _roots(self._polynomials.derivative())

    def max_energy(self) -> tuple[float, float]:
        """Return the time and the value of the largest E."""
        return self._largest(self.energy, self.turns)

    def first_maximum(self) -> float:
        """Return the time of the first maximum after time 0, NaN if E never rises and then falls.

        Rises and falls within the rounding or interpolation error are ignored.
        """
        peak_time, peak, lowest = 0.0, -math.inf, math.inf
        stops = np.unique(np.concatenate([self.times, self.turns]))
        noise = self.rounding + np.where(np.isin(stops, self.times), 0.0, self._errors_at(stops))
        peak_noise = 0.0
        stops_and_values = zip(
            stops.tolist(), self.energy(stops).tolist(), noise.tolist(), strict=True
        )
        for time, value, unsure in stops_and_values:
            if value > peak:
                peak_time, peak, peak_noise = time, value, unsure
            elif value < peak - peak_noise:
                if peak > lowest + peak_noise:
                    return peak_time
                peak, peak_noise = value, unsure  # E has not risen yet
            lowest = min(lowest, value)
        return math.nan

    def _errors_at(self, times: FloatArray) -> FloatArray:
        """Return twice the estimated error of E at given times, 0 where there is no estimate."""
        steps = np.concatenate([part.errors for part in self._smooth])
        piece = np.searchsorted(self._polynomials.x[1:-1], times, side="right")
        return np.asarray(2.0 * np.nan_to_num(steps)[piece])

    def max_power(self) -> tuple[float, float]:
        """Return the time and the value of the largest dE/dt."""
        return self._largest(self.power, _roots(self._polynomials.derivative(2)))

    def max_average_power(self) -> tuple[float, float]:
        """Return the time and the value of the largest E/t, which is dE/dt at time 0."""
        # d(E/t)/dt = 0 if t dE/dt = E, a polynomial in x = t − t_k on each interval
        energy, breaks = self._polynomials.c, self._polynomials.x
        slope = self._polynomials.derivative().c
        condition = -energy.copy()
        condition[:-1] += slope  # x dE/dt
        condition[1:] += breaks[:-1] * slope
        turns = _roots(scipy.interpolate.PPoly(condition, breaks))

        def average(times: FloatArray) -> FloatArray:
            late = times > 0
            safe = np.where(late, times, 1.0)
            return np.where(late, self.energy(times) / safe, self.power(times))

        return self._largest(average, turns)

    def first_reaching(self, value: float) -> float:
        """Return the first time at which E equals `value`, or NaN if E never does."""
        crossings = self._polynomials.solve(value, extrapolate=False)
        finite = crossings[np.isfinite(crossings)]
        # almost vanishing coefficients, as before a pulse, give spurious roots
        finite = finite[np.abs(self.energy(finite) - value) <= self.rounding]
        return float(finite.min()) if len(finite) else math.nan

    def _largest(
        self, function: Callable[[FloatArray], FloatArray], turns: FloatArray
    ) -> tuple[float, float]:
        """Return the time and the value of the maximum, the first one if several are equal."""
        candidates = np.unique(np.concatenate([self.times, turns]))
        values = function(candidates)
        largest = float(values.max())
        same = values >= largest - MIN_FALL * float(np.abs(values).max())
        return float(candidates[np.argmax(same)]), largest


def _roots(polynomials: Any) -> FloatArray:
    """Return the real roots inside the intervals, ascending; a zero polynomial has none."""
    roots = polynomials.roots(extrapolate=False)
    return np.sort(roots[np.isfinite(roots)])


def _apart(times: FloatArray, least: float) -> NDArray[np.intp]:
    """Return indices of times at least `least` apart, including both ends where possible."""
    if len(times) > 1 and np.diff(times).min() >= least:
        return np.arange(len(times))
    chosen = [0]
    for k in range(1, len(times)):
        if times[k] - times[chosen[-1]] >= least:
            chosen.append(k)
    if len(chosen) > 1:
        chosen[-1] = len(times) - 1
    return np.array(chosen)


class _Smooth:
    """A smooth part of the curve: times, and rows of E, dE/dt and optionally d²E/dt²."""

    def __init__(self, times: FloatArray, rows: list[FloatArray]) -> None:
        self.times = times
        self._rows = rows

    @property
    def coefficients(self) -> FloatArray:
        """Polynomial coefficients, highest power first, shape ``(degree + 1, intervals)``."""
        if len(self.times) == 1:  # no interval
            return np.array([[self._rows[1][0]], [0.0]])
        hermite = _cubic if len(self._rows) == 2 else _quintic
        return np.array(hermite(np.diff(self.times), *self._rows))[::-1]

    @cached_property
    def errors(self) -> FloatArray:
        """Estimated error in each step, NaN if there are too few times.

        Each time is left out in turn, and its value interpolated. With k rows and adjacent steps h
        and h′ the error of this value is (hh′)^k f⁽²ᵏ⁾/(2k)!, whereas the error within the step h
        is at most (h/2)^2k f⁽²ᵏ⁾/(2k)!. The error in a step is the smaller of the estimates at
        its two ends.
        """
        times, values, k = self.times, self._rows[0], len(self._rows)
        if len(times) < 3:
            return np.full(max(len(times) - 1, 1), np.nan)
        steps, missed = np.diff(times), np.zeros(len(times))
        for first in (0, 1):
            coarse = _Smooth(times[first::2], [row[first::2] for row in self._rows])
            if len(coarse.times) > 1:
                out = slice(first + 1, first + 2 * len(coarse.times) - 2, 2)
                between = scipy.interpolate.PPoly(coarse.coefficients, coarse.times)(times[out])
                missed[out] = np.abs(between - values[out])
        missed = np.maximum(missed[1:-1] - 4.0 * EPSILON * np.abs(values).max(), 0.0)
        left = missed * (0.25 * steps[:-1] / steps[1:]) ** k
        right = missed * (0.25 * steps[1:] / steps[:-1]) ** k
        # for each step, the estimates from its right end and from its left end
        return np.asarray(np.fmin(np.append(left, np.nan), np.append(np.nan, right)))


def _cubic(h: FloatArray, f: FloatArray, slope: FloatArray) -> list[FloatArray]:
    """Return the cubic polynomials, lowest power first, with these values and slopes."""
    rise = np.diff(f) / h - slope[:-1]
    turn = np.diff(slope)
    return [f[:-1], slope[:-1], (3.0 * rise - turn) / h, (turn - 2.0 * rise) / h**2]


def _quintic(
    h: FloatArray, f: FloatArray, slope: FloatArray, curvature: FloatArray
) -> list[FloatArray]:
    """Return the quintic polynomials, lowest power first, with these values and derivatives."""
    # deviations at the right end from the parabola through the left end, in units of f
    rise = f[1:] - f[:-1] - h * (slope[:-1] + 0.5 * h * curvature[:-1])
    turn = h * (slope[1:] - slope[:-1] - h * curvature[:-1])
    twist = 0.5 * h**2 * (curvature[1:] - curvature[:-1])
    return [
        f[:-1],
        slope[:-1],
        0.5 * curvature[:-1],
        (10.0 * rise - 4.0 * turn + twist) / h**3,
        (-15.0 * rise + 7.0 * turn - 2.0 * twist) / h**4,
        (6.0 * rise - 3.0 * turn + twist) / h**5,
    ]
