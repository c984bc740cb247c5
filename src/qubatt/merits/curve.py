"""The stored energy between output times, and the numbers that are read off it."""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import BPoly, PPoly

from qubatt.core.check import FloatArray
from qubatt.core.problem import Problem
from qubatt.core.realization import Realization
from qubatt.core.space import Operator
from qubatt.merits.merit import Merit, Moments
from qubatt.merits.reading import ENERGY, POWER, has_pulses
from qubatt.merits.record import Record

FALL = 1e-9
"""Part of the largest |E| by which energy must fall for what was before to be a maximum.

Maxima that differ by less are equal, and the first of them counts.
"""

ROUNDING = 1e-13
"""Part of the largest |⟨H_B⟩| that is rounding, where E itself is no more than that."""

AT_ONCE = 1e-300
"""Length of the curve of a run that has no length."""


BEFORE = 1e-12
"""How long before a break of a pulse, next to its time, dE/dt is that on the left of it."""


def edges(problem: Problem, end: float) -> FloatArray:
    """Return the times at which pulses may jump, each with one just before it."""
    times = np.array([time for time in _breaks(problem) if 0.0 < time <= end])
    return np.union1d(times * (1.0 - BEFORE), times)


def _breaks(problem: Problem) -> set[float]:
    pulses = [term.pulse for term in problem.charging_terms if term.pulse is not None]
    return {float(time) for pulse in pulses for time in getattr(pulse, "breaks", tuple)()}


def _slope(realization: Realization) -> Operator:
    return realization.adjoint(realization.adjoint(realization.H_B))


class Curve:
    """E(t) as piecewise polynomials through E, dE/dt and d²E/dt² at the times of a run.

    They are of degree 5, and off by h⁶/46080 of the sixth derivative for steps h; with pulses,
    where d²E/dt² is not known, of degree 3, and off by h⁴/384 of the fourth. Where a pulse jumps
    and dE/dt with it, one ends and the next begins, if the times hold those of `edges`.
    """

    def __init__(self, record: Record) -> None:
        energy = record.moments["H_B"]
        rows = [energy - energy[0], record.moments["dH_B/dt"]]
        if "d2H_B/dt2" in record.moments:
            rows.append(record.moments["d2H_B/dt2"])
        self.times = record.times
        self._energy = rows[0]
        self._known = np.transpose(rows)
        relative = FALL * np.abs(self._energy).max()
        self.rounding = float(max(relative, ROUNDING * np.abs(energy).max()))
        apart = np.diff(self.times) > 2.0 * BEFORE * self.times[1:]
        known = np.isin(self.times[1:], list(_breaks(record.problem)))
        self._cuts = 1 + np.flatnonzero(known & ~apart)

    @cached_property
    def _polynomials(self) -> PPoly:
        if len(self.times) == 1:  # E(t) next to the only time there is
            factors = [1.0, 1.0, 0.5][: self._known.shape[1]]
            taylor = (self._known[0] * factors)[::-1, np.newaxis]
            return PPoly(taylor, [self.times[0], self.times[0] + AT_ONCE])
        parts, times = [], np.split(self.times, self._cuts)
        for k, rows in enumerate(np.split(self._known, self._cuts)):
            ends = times[k].copy()
            if k + 1 < len(times):
                ends[-1] = times[k + 1][0]  # from just before the jump to the jump
            if len(ends) > 1:
                parts.append(PPoly.from_bernstein_basis(BPoly.from_derivatives(ends, rows)))
        breaks = [*(part.x[:-1] for part in parts), parts[-1].x[-1:]]
        return PPoly(np.concatenate([part.c for part in parts], axis=1), np.concatenate(breaks))

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
        """Return the time of the first maximum after time 0, NaN if E never rises and falls.

        What rounding makes rise or fall does not count.
        """
        peak_time, peak, lowest = 0.0, -math.inf, math.inf
        stops = np.unique(np.concatenate([self.times, self.turns]))
        for time, value in zip(stops.tolist(), self.energy(stops).tolist(), strict=True):
            if value > peak:
                peak_time, peak = time, value
            elif value < peak - self.rounding:
                if peak > lowest + self.rounding:
                    return peak_time
                peak = value  # it only fell so far
            lowest = min(lowest, value)
        return math.nan

    def strongest(self) -> tuple[float, float]:
        """Return the time of the largest dE/dt and that value."""
        return self._largest(self.power, _roots(self._polynomials.derivative(2)))

    def strongest_average(self) -> tuple[float, float]:
        """Return the time of the largest E/t and that value; at time 0 it is dE/dt."""
        # d(E/t)/dt = 0 where t dE/dt = E, a polynomial in x = t − t_k on every interval
        energy, breaks = self._polynomials.c, self._polynomials.x
        slope = self._polynomials.derivative().c
        condition = -energy.copy()
        condition[:-1] += slope  # x dE/dt
        condition[1:] += breaks[:-1] * slope
        turns = _roots(PPoly(condition, breaks))

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

    def _largest(self, function: object, turns: FloatArray) -> tuple[float, float]:
        """Return the time of the largest value, the first of those equal, and that value."""
        candidates = np.unique(np.concatenate([self.times, turns]))
        values = function(candidates)  # type: ignore[operator]  # one of the methods above
        largest = float(values.max())
        same = values >= largest - FALL * float(np.abs(values).max())
        return float(candidates[np.argmax(same)]), largest


def _roots(polynomials: PPoly) -> FloatArray:
    """Return the real roots inside the intervals, ascending; constant 0 has none."""
    found = polynomials.roots(extrapolate=False)
    return np.sort(found[np.isfinite(found)])


class OfCurve(Merit):
    """One number of the energy curve; subclasses say which."""

    reads = "curve"
    at_rest = False

    def moments(self, problem: Problem) -> Moments:
        """Return H_B and its derivatives."""
        bend: Moments = {} if has_pulses(problem) else {"d2H_B/dt2": _slope}
        return {**ENERGY, **POWER, **bend}


def one(value: float) -> NDArray[np.float64]:
    """Return a number as the array without dims that merits give."""
    return np.asarray(value, dtype=np.float64)
