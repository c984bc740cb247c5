"""The stored energy between output times."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from scipy.interpolate import PPoly

from qubatt.core.check import FloatArray

FALL = 1e-9
"""Part of the largest |E| by which energy must fall for what was before to be a maximum."""


class Curve:
    """E(t) as piecewise polynomials through E, dE/dt and d²E/dt² at the times of a run.

    They are of degree 5, and off by h⁶/46080 of the sixth derivative for steps h; with pulses,
    where d²E/dt² is not known, of degree 3, and off by h⁴/384 of the fourth.
    """

    def __init__(
        self, times: FloatArray, energy: FloatArray, power: FloatArray, bend: FloatArray | None
    ) -> None:
        self.times = times
        self._energy = energy - energy[0]
        self._rows = [self._energy, power] if bend is None else [self._energy, power, bend]
        self._polynomials = _polynomials(times, self._rows)

    @property
    def error(self) -> float:
        """Estimate of the error of E between the times; NaN where there are too few to tell.

        Every other time is left out: what that misses is 2^d times as much, d being 6 (4 with
        pulses).
        """
        if len(self.times) < 3:
            return math.nan
        rows = [row[::2] for row in self._rows]
        between = self.times[1 : 2 * len(rows[0]) - 2 : 2]
        coarse = _polynomials(self.times[::2], rows)
        missed = np.abs(coarse(between) - self._energy[1 : 2 * len(rows[0]) - 2 : 2])
        return float(missed.max() / 4 ** len(rows))

    def energy(self, times: FloatArray) -> FloatArray:
        """Return E at any times of the run."""
        return np.asarray(self._polynomials(times))

    def power(self, times: FloatArray) -> FloatArray:
        """Return dE/dt at any times of the run."""
        return np.asarray(self._polynomials(times, nu=1))

    @property
    def turns(self) -> FloatArray:
        """Times at which dE/dt = 0, ascending."""
        return _roots(self._polynomials.derivative())

    def highest(self) -> tuple[float, float]:
        """Return the time of the largest E and that value."""
        return self._largest(self.energy, self.turns)

    def first_highest(self) -> float:
        """Return the time of the first maximum of E, NaN if E never falls.

        What rounding makes fall does not count.
        """
        peak_time, peak = 0.0, -math.inf
        fall = FALL * float(np.max(np.abs(self._energy)))
        stops = np.unique(np.concatenate([self.times, self.turns]))
        for time, value in zip(stops.tolist(), self.energy(stops).tolist(), strict=True):
            if value > peak:
                peak_time, peak = time, value
            elif value < peak - fall:
                return peak_time if peak_time > 0 else math.nan
        return math.nan

    def strongest(self) -> tuple[float, float]:
        """Return the time of the largest dE/dt and that value."""
        return self._largest(self.power, _roots(self._polynomials.derivative(2)))

    def strongest_average(self) -> tuple[float, float]:
        """Return the time of the largest E/t and that value; at time 0 it is dE/dt."""
        # d(E/t)/dt = 0 where t dE/dt = E, a polynomial in x = t − t_k on every interval
        energy, start = self._polynomials.c, self.times[:-1]
        slope = self._polynomials.derivative().c
        condition = -energy.copy()
        condition[:-1] += slope  # x dE/dt
        condition[1:] += start * slope
        turns = _roots(PPoly(condition, self.times))

        def average(times: FloatArray) -> FloatArray:
            late = times > 0
            safe = np.where(late, times, 1.0)
            return np.where(late, self.energy(times) / safe, self.power(times))

        return self._largest(average, turns)

    def first_reaching(self, value: float) -> float:
        """Return the first time at which E is `value`, NaN if it never is."""
        found = self._polynomials.solve(value, extrapolate=False)
        known = found[np.isfinite(found)]
        return float(known.min()) if len(known) else math.nan

    def _largest(
        self, function: Callable[[FloatArray], FloatArray], turns: FloatArray
    ) -> tuple[float, float]:
        candidates = np.unique(np.concatenate([self.times, turns]))
        values = function(candidates)
        best = int(np.argmax(values))
        return float(candidates[best]), float(values[best])


def _roots(polynomials: PPoly) -> FloatArray:
    """Return the real roots inside the intervals, ascending; constant 0 has none."""
    found = polynomials.roots(extrapolate=False)
    return np.sort(found[np.isfinite(found)])


def _polynomials(times: FloatArray, rows: list[FloatArray]) -> PPoly:
    """Return the polynomials through values, slopes, and second derivatives if there are any."""
    if len(times) == 1:  # nothing between
        return PPoly(np.array([rows[1], [0.0]]), times[0] + np.arange(2.0))
    coefficients = (_cubic if len(rows) == 2 else _quintic)(np.diff(times), *rows)
    return PPoly(np.array(coefficients)[::-1], times)


def _cubic(h: FloatArray, f: FloatArray, slope: FloatArray) -> list[FloatArray]:
    """Return the coefficients, lowest first, of what has these values and slopes at both ends."""
    rise = np.diff(f) / h - slope[:-1]
    turn = np.diff(slope)
    return [f[:-1], slope[:-1], (3.0 * rise - turn) / h, (turn - 2.0 * rise) / h**2]


def _quintic(h: FloatArray, f: FloatArray, slope: FloatArray, bend: FloatArray) -> list[FloatArray]:
    """Return the same with second derivatives at both ends."""
    # what is left at the right end of the parabola from the left one, in units of f
    rise = f[1:] - f[:-1] - h * (slope[:-1] + 0.5 * h * bend[:-1])
    turn = h * (slope[1:] - slope[:-1] - h * bend[:-1])
    twist = 0.5 * h**2 * (bend[1:] - bend[:-1])
    return [
        f[:-1],
        slope[:-1],
        0.5 * bend[:-1],
        (10.0 * rise - 4.0 * turn + twist) / h**3,
        (-15.0 * rise + 7.0 * turn - 2.0 * twist) / h**4,
        (6.0 * rise - 3.0 * turn + twist) / h**5,
    ]
