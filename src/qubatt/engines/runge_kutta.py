"""Adaptive Runge–Kutta of order 8 for dv/dt = 𝓛(t)v, with an estimate of the total error."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np
import scipy  # its submodules load on first use; `scipy.integrate` takes 0.3 s
from numpy.typing import NDArray

from qubatt.core.check import FloatArray
from qubatt.core.errors import ResourceError
from qubatt.core.problem import Pulse, pulse_value
from qubatt.core.realization import Realization
from qubatt.engines.integrals import RunningIntegrals

STAGES = 12

EPSILON = float(np.finfo(float).eps)

PEAK_SAMPLES, MAX_PEAKS = 4097, 256
"""Number of samples in the search for peaks of a pulse, and maximum number of peaks; with more
peaks, step control alone resolves them."""

PULSE_SAMPLES = 64
"""Number of intervals between the samples of a pulse; no step is longer than one of them."""

MAX_STEPS = 1e7
"""Maximum number of steps; a run that needs more would take hours and is refused."""

Array = NDArray[Any]

RightHandSide = Callable[[float, Array], Array]
"""A function of t and v that returns 𝓛(t)v as a new array."""


class Equation(NamedTuple):
    """A linear differential equation dv/dt = 𝓛(t)v, with integrals q = ∫ g(t, v) dt.

    Attributes
    ----------
    right_hand_side : callable
        𝓛(t)v.
    scale : float
        Factor by which the norm of v must be multiplied to bound that of ρ.
    tidy : callable or None
        Removes rounding errors from v after a step.
    integrand : callable or None
        g(t, v) as an array of one dimension, if integrals are requested.
    """

    right_hand_side: RightHandSide
    scale: float = 1.0
    tidy: Callable[[Array], Array] | None = None
    integrand: Callable[[float, Array], FloatArray] | None = None


class RungeKutta:
    """Dormand–Prince integrator of order 8(5,3) with step control (hairer1993, II.5, II.10).

    The local error of a step of length h, in the Frobenius norm, is kept below
    ``tolerance`` × h / end. The exact flow never increases ‖ρ₁ − ρ₂‖ in the trace norm, so the
    sum of the local errors, `error`, estimates the error of the whole run. No step crosses a
    break, where the right-hand side may jump; a stage at a break uses the limit from the left.

    Integrals of g(t, v) are computed as if they were part of v: a step of length h adds
    h Σ b_s g(t_s, v_s), with the weights b_s and the stages v_s of the method, so their order is 8.

    Parameters
    ----------
    engine : str
        Name of the engine in error messages.
    equation : Equation
        The equation to integrate.
    start : array
        v at time 0.
    end, tolerance : float
        Last time, and allowed error up to that time.
    limits : StepLimits
        Limits on the steps.
    """

    def __init__(
        self,
        engine: str,
        equation: Equation,
        start: Array,
        end: float,
        tolerance: float,
        limits: StepLimits,
    ) -> None:
        rate, breaks, longest = limits
        if not rate * end < 4.0 * MAX_STEPS:
            raise ResourceError(
                f"The {engine} engine would need about {rate * end / 4.0:.0e} steps to time"
                f" {end:g}, because energies and rates reach {rate:.1e}. Lower them, or choose an"
                " earlier last time."
            )
        self._engine = engine
        self._equation = equation
        self._rhs = equation.right_hand_side
        self._end = end
        self._tolerance = tolerance
        self._breaks = sorted({time for time in breaks if 0.0 < time < end})
        self._longest = longest
        self.time = 0.0
        self.state = start
        self._K = np.empty((STAGES + 1, *start.shape), dtype=start.dtype)
        self._K[0] = self._rhs(0.0, start)
        self.evaluations = 1
        self.steps = self.rejected = 0
        self.error = 0.0
        self._flow = np.empty(0) if equation.integrand is None else equation.integrand(0.0, start)
        self.integrals = RunningIntegrals(len(self._flow))
        self._h = min(0.5 / max(rate, 1e-12), longest)

    def advance(self, time: float, progress: Callable[[float], None] | None = None) -> None:
        """Integrate up to `time`; a step ends at every break before it."""
        for stop in [*(jump for jump in self._breaks if self.time < jump < time), time]:
            while (remaining := stop - self.time) > 0:
                count = math.ceil(remaining / self._h)
                h, largest = (self.time + remaining / count) - self.time, self._h
                h = remaining if count == 1 else h
                factor = self._step(h, stop)
                if factor >= 1.0:
                    self.time = stop if count == 1 else self.time + h
                    if self._equation.integrand is not None:
                        self.integrals.add(np.array([self.time]), h * self._flow[np.newaxis])
                    self._h = min(max(largest, h * min(factor, 5.0)), self._longest)
                    if progress is not None:
                        progress(self.time / self._end)
                else:
                    self._h = h * max(factor, 0.2)
            if stop in self._breaks:
                self._K[0] = self._rhs(stop, self.state)
                self.evaluations += 1

    def _combine(self, coefficients: FloatArray) -> Array:
        """Return Σ coefficient × stage over the first stages."""
        used = self._K[: len(coefficients)]
        flat = coefficients.astype(used.dtype) @ used.reshape(len(coefficients), -1)
        return np.asarray(flat.reshape(self.state.shape))

    def _add_stage(self, s: int, time: float, stage: Array) -> None:
        """Add b_s g(t_s, v_s) to the mean of g over the step, if integrals are requested."""
        integrand, weight = self._equation.integrand, scipy.integrate.DOP853.B[s]
        if integrand is not None and weight != 0.0:
            self._flow = self._flow + weight * integrand(time, stage)

    def _step(self, h: float, stop: float) -> float:
        """Try a step of length h; return the factor for the next one, below 1 if it is rejected."""
        if self.steps + self.rejected >= MAX_STEPS:
            raise ResourceError(
                f"The {self._engine} engine took {MAX_STEPS:.0e} steps to time {self.time:g}."
                " Lower the energies and rates, or raise the tolerance."
            )
        method = scipy.integrate.DOP853
        latest = float(np.nextafter(stop, 0.0))
        self._flow = np.zeros_like(self._flow)
        self._add_stage(0, self.time, self.state)
        for s in range(1, STAGES):
            increment = self._combine(method.A[s, :s])
            increment *= h
            increment += self.state
            time = min(self.time + method.C[s] * h, latest)
            self._K[s] = self._rhs(time, increment)
            self._add_stage(s, time, increment)
        new = self._combine(method.B)
        new *= h
        new += self.state
        if self._equation.tidy is not None:
            new = self._equation.tidy(new)
        self._K[STAGES] = self._rhs(min(self.time + h, latest), new)
        self.evaluations += STAGES
        fifth = float(np.linalg.norm(self._combine(method.E5)))
        third = float(np.linalg.norm(self._combine(method.E3)))
        denominator = math.hypot(fifth, 0.1 * third)
        error = self._equation.scale * h * fifth**2 / denominator if denominator > 0 else 0.0
        rounding = EPSILON * float(np.linalg.norm(new))
        allowed = self._tolerance * h / self._end
        if not error <= allowed:
            self.rejected += 1
            if h <= 1e-12 * self._end:
                raise ResourceError(
                    f"The {self._engine} engine cannot resolve the dynamics at time {self.time:g}."
                    f" If a pulse jumps there, use qb.FunctionPulse(f, edges=[{self.time:.6g}]) or"
                    " qb.PiecewisePulse; otherwise raise the tolerance."
                )
            return min(0.9 * (allowed / error) ** (1 / 8), 0.9) if math.isfinite(error) else 0.2
        self.state = new
        self._K[0] = self._K[STAGES]
        self.error += error + rounding
        self.steps += 1
        return max(0.9 * (allowed / error) ** (1 / 8), 1.0) if error > 0 else 5.0


def breaks_of(realization: Realization, end: float) -> list[float]:
    """Return the times that no step may cross: breaks and peaks of the pulses.

    A pulse without breaks is sampled at `PEAK_SAMPLES` times, and a step ends at each of its peaks.
    """
    breaks: list[float] = []
    for pulse, _ in realization.pulsed:
        from_text: Iterable[float] = getattr(pulse, "breaks", tuple)()
        breaks += [float(time) for time in from_text] if from_text else _peaks(pulse, end)
    return breaks


def _peaks(pulse: Pulse, end: float) -> list[float]:
    """Return the times of the extrema of a pulse; none if there are more than `MAX_PEAKS`."""
    times = np.linspace(0.0, end, PEAK_SAMPLES)
    values = np.array([pulse_value(pulse, float(time)) for time in times])
    rises = np.diff(values)
    extrema = times[1:-1][rises[:-1] * rises[1:] < 0]
    return extrema.tolist() if len(extrema) <= MAX_PEAKS else []


class StepLimits(NamedTuple):
    """Limits on the steps of one realisation up to the last time.

    Attributes
    ----------
    rate : float
        Upper estimate of the norm of 𝓛, for the first step.
    breaks : list of float
        Times at which 𝓛 may jump.
    longest : float
        Maximum step, so that no short pulse is skipped.
    """

    rate: float
    breaks: list[float]
    longest: float


def step_limits(realization: Realization, end: float) -> StepLimits:
    """Return the limits on the steps."""
    return StepLimits(
        size_of_generator(realization, end),
        breaks_of(realization, end),
        longest_step(realization, end),
    )


def longest_step(realization: Realization, end: float) -> float:
    """Return the maximum step, which is so short that no pulse longer than it is skipped."""
    return end / PULSE_SAMPLES if realization.pulsed else math.inf


def size_of_generator(realization: Realization, end: float) -> float:
    """Return an upper estimate of the norm of the generator, from samples of the pulses."""
    breaks = [time for time in breaks_of(realization, end) if 0.0 < time < end]
    samples = [*np.linspace(0.0, end, PULSE_SAMPLES + 1).tolist(), *breaks]
    parts = [realization.H, realization.no_jump]
    parts += [max(abs(pulse_value(f, t)) for t in samples) * part for f, part in realization.pulsed]
    return 2.0 * sum(float(abs(matrix).sum(axis=0).max()) for matrix in parts)


def runge_kutta_products(realization: Realization, end: float, tolerance: float) -> float:
    """Return the approximate number of products 𝓛(t)v needed to reach a time.

    The local error of a step, about (w h / 6)^9 for a generator of norm 2w, limits h.
    """
    rate = size_of_generator(realization, end)
    length = min(12.0 * tolerance ** (1 / 8) / max(rate, 1e-12), longest_step(realization, end))
    return STAGES * max(1.0, float(end / length)) if end > 0 else 0.0
