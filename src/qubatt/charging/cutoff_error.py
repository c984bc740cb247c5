"""Errors of merits caused by a photon cut-off, from its bound or from a companion run."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Literal, NamedTuple, cast, get_args

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from qubatt.charging.assessment import Assessment
from qubatt.charging.cutoff_bound import CutoffBound
from qubatt.core.check import FloatArray, Positive, plain_number
from qubatt.core.errors import ArgumentError
from qubatt.core.observable import ENERGY, Observable
from qubatt.merits import CutoffPopulation, Merit
from qubatt.merits.maximum import Maximum

CertificateMode = Literal["auto", "full", "bound"]
"""Mode in which the error of the cut-off is determined; see `charge`."""

CUTOFF_TOLERANCE = 1e-6
"""Default tolerance for the error of a merit, relative to its scale."""

CutoffTolerance = Annotated[Positive, Field(lt=1.0)]
"""A tolerance for the error of the cut-off, above 0 and below 1."""


class CertificateOptions(NamedTuple):
    """Mode in which the error of the photon cut-off is determined, and tolerance of this error."""

    mode: CertificateMode = "auto"
    tolerance: float = CUTOFF_TOLERANCE

    @classmethod
    def of(cls, certificate: object, cutoff_tolerance: object) -> CertificateOptions:
        """Return validated options.

        Raises
        ------
        ArgumentError
            If an argument is invalid.
        """
        if certificate not in get_args(CertificateMode):
            requirement = 'be "auto", "full" or "bound"'
            raise ArgumentError("certificate", requirement, certificate)
        try:
            tolerance = float(plain_number(cutoff_tolerance))
        except ValueError as error:
            raise ArgumentError("cutoff_tolerance", str(error), cutoff_tolerance) from None
        if not 0.0 < tolerance < 1.0:
            cure = f"The default is {CUTOFF_TOLERANCE:g}."
            raise ArgumentError("cutoff_tolerance", "lie between 0 and 1", cutoff_tolerance, cure)
        return cls(cast(CertificateMode, certificate), tolerance)


LIKELY_SHARE = 0.1
"""Share of the leaked part of the bound that is taken as an estimate of the effect on a merit.

Amplitudes that leave the retained levels must come back and interfere to change a merit of the
battery. In the settings of the page on trust, the bound exceeds every error at least 168-fold.
"""

SAFETY = 2.0
"""Safety factor for estimates from a companion run."""

ERROR_POWER = 1.25
"""Smallest power of the bound with which the errors of merits fall as levels are added.

A bound is proportional to amplitudes, an error to amplitudes or populations. The power was chosen
on random settings that the page on trust does not contain; single errors fall more slowly.
"""

LARGEST_RATIO = 0.9
"""Ratio of the bounds of run and companion above which the two runs give no estimate."""

NOISE_RATIO = 0.5
"""Largest ratio assumed where rounding errors dominate the smaller bound."""

STATE = "state"
"""Name of the error of a result without merits."""

FEWEST_TIMES = 8
"""Number of output times below which a difference of merits may vanish by accident.

With fewer times, merits known only at the output times have at least the relative error of the
energy, which is known at all sampling times.
"""

Method = Literal["proved", "estimated", "companion", "none"]
"""Method by which an error was determined."""


@dataclass(frozen=True)
class CutoffErrors:
    """Errors of merits that the photon cut-off causes.

    Attributes
    ----------
    errors : dict of str to float
        Error of each merit in its own units; infinite if it is not known.
    limits : dict of str to float
        Largest acceptable errors: the tolerance times the scale of the merit, or for times, which
        depend on the square root of the error of a curve near its maximum, its square root.
    methods : dict of str to str
        Method by which each error was determined.
    bound : float or None
        B at the last time.
    tolerance : float
        Tolerance for the errors relative to the scales of the merits.
    ratio : float
        Ratio r of the bounds of run and companion; NaN without a companion.
    slope : float
        Rate at which the bound falls per level, −ln r / (n − n'); NaN without a companion.
    valid_until : float
        Last time at which the errors of all curves are within their limits, as far as a companion
        shows; infinite if there is no later one.
    """

    errors: dict[str, float]
    limits: dict[str, float]
    methods: dict[str, Method]
    bound: float | None
    tolerance: float = CUTOFF_TOLERANCE
    ratio: float = math.nan
    slope: float = math.nan
    valid_until: float = math.inf

    @property
    def excess(self) -> float:
        """Largest error relative to its limit."""
        return max((self.errors[name] / self.limits[name] for name in self.errors), default=0.0)

    @property
    def relative(self) -> float:
        """Largest error, scaled so that its limit is the tolerance."""
        return self.excess * self.tolerance

    @property
    def are_small(self) -> bool:
        """Whether all errors are acceptable."""
        return self.excess <= 1.0

    @property
    def method(self) -> Method:
        """The least strict method by which an error was determined."""
        order: tuple[Method, ...] = ("none", "companion", "estimated", "proved")
        used = set(self.methods.values())
        return next((one for one in order if one in used), "proved")

    def statuses(self) -> dict[str, str]:
        """Return the status of each merit that follows from its cut-off error."""
        return {
            name: "ok"
            if error <= self.limits[name]
            else "cutoff-too-small"
            if math.isfinite(error) and self.methods[name] == "companion"
            else "cutoff-not-resolved"
            for name, error in self.errors.items()
        }


def judged_merits(assessment: Assessment) -> list[Merit]:
    """Return the merits whose error counts: all but the population of the highest levels."""
    return [merit for merit in assessment.request.merits if not isinstance(merit, CutoffPopulation)]


def limits_of(assessment: Assessment, tolerance: float) -> dict[str, float]:
    """Return the largest acceptable error of each merit, in the units of the merit."""
    return {
        merit.name: merit.scale(assessment.record)
        * (math.sqrt(tolerance) if merit.units == "1/omega_ref" else tolerance)
        for merit in judged_merits(assessment)
    }


def errors_from_bound(assessment: Assessment, tolerance: float) -> CutoffErrors:
    """Return the errors from the bound: proved if that suffices, otherwise estimated."""
    limits = limits_of(assessment, tolerance)
    bound = assessment.bound
    last = assessment.record.times[-1:]
    errors: dict[str, float] = {}
    methods: dict[str, Method] = {}
    for merit in judged_merits(assessment):
        name, error, method = merit.name, math.inf, "none"
        if bound is not None and bound.is_zero:
            error, method = 0.0, "proved"
        elif bound is not None:
            error = _bounded(assessment, merit, bound.proved_at)
            method = "proved" if math.isfinite(error) else "none"
            if error > limits[name] and not assessment.steady:
                likely = _bounded(assessment, merit, lambda t: bound.likely_at(t, LIKELY_SHARE))
                if likely <= limits[name]:
                    error, method = likely, "estimated"
        errors[name], methods[name] = error, method  # type: ignore[assignment]
    if not errors and assessment.request.problem.space.modes:
        errors[STATE], limits[STATE] = _error_of_state(bound, last), tolerance
        methods[STATE] = "none" if bound is None else "estimated"
    total = None if bound is None else float(bound.at(last)[0])
    if bound is not None and assessment.steady:
        total = float(bound.leaked[-1])  # the residual
    return CutoffErrors(errors, limits, methods, total, tolerance)


def _error_of_state(bound: CutoffBound | None, last: FloatArray) -> float:
    """Return the likely error of a bounded observable of unit spread; infinite if not known."""
    if bound is None:
        return math.inf
    return 0.0 if bound.is_zero else 0.5 * float(bound.likely_at(last, LIKELY_SHARE)[0])


def _bounded(
    assessment: Assessment, merit: Merit, distance: Callable[[FloatArray], FloatArray]
) -> float:
    """Return the error of a merit for a given trace distance; infinite if it has no bound."""
    times = assessment.times_of(merit)
    distances = distance(times)
    if not np.isfinite(distances).all():
        return math.inf
    errors = merit.error_bound(distances, assessment.record)
    return math.inf if errors is None else assessment.shown(merit, errors)


def errors_from_companion(
    assessment: Assessment, companion: Assessment, before: CutoffErrors, levels: float
) -> CutoffErrors:
    """Return the errors estimated from a run with other cut-offs.

    With the bounds B of the run and B' of a companion with fewer levels, errors fall at least by
    r = (B/B')^1.25, so that the error of a merit m is about 2 max|m − m'| r/(1 − r). With more
    levels, r = (B'/B)^1.25 and the error is about 2 max|m − m'|/(1 − r). The maximum extends
    over all earlier times. For steady states r is the ratio of the bounds of ‖(𝓛̂ − 𝓛)ρ‖₁, or the
    geometric mean of this ratio and that of the Frobenius norms if ρ is small enough to be formed.

    Parameters
    ----------
    assessment, companion : Assessment
        Results at the same sampling times.
    before : CutoffErrors
        Errors from the bound, kept where they are smaller than the estimates.
    levels : float
        Number of levels that the companion lacks; negative if it has more.
    """
    estimate = _Estimate(assessment, companion, levels < 0)
    errors, methods = dict(before.errors), dict(before.methods)
    for merit in judged_merits(assessment):
        error = estimate.of(merit)
        if error < errors[merit.name]:
            errors[merit.name], methods[merit.name] = error, "companion"
    late = [m for m in judged_merits(assessment) if errors[m.name] > before.limits[m.name]]
    until = min((estimate.valid_until(m, before.limits[m.name]) for m in late), default=math.inf)
    ratio = estimate.last_ratio
    slope = -math.log(ratio) / abs(levels) if 0.0 < ratio < 1.0 else math.nan
    return CutoffErrors(
        errors, before.limits, methods, before.bound, before.tolerance, ratio, slope, until
    )


class _Estimate:
    """Estimate of errors from a run and its companion."""

    def __init__(self, run: Assessment, companion: Assessment, more: bool) -> None:
        self._run, self._companion, self._more = run, companion, more

    def _ratio(self, times: FloatArray) -> FloatArray:
        """Return B/B' at times; 1 where it is not known."""
        one, other = self._run.bound, self._companion.bound
        if one is None or other is None:
            return np.ones(len(times))
        small, large = (other, one) if self._more else (one, other)
        B, b = large.at(times), small.at(times)
        r = np.divide(b, B, out=np.ones(len(times)), where=B > 0.0)
        if small.sharp is not None and large.sharp:
            starts = small.initial / large.initial if large.initial > 0.0 else 0.0
            r = np.sqrt(r * max(small.sharp / large.sharp, starts))
        noisy = small.is_noise_at(times)
        return np.where(noisy, np.minimum(r, NOISE_RATIO), r)

    def _factor(self, times: FloatArray) -> FloatArray:
        """Return the ratio of errors to differences; infinite where there is no estimate."""
        ratio = self._ratio(times)
        r = np.minimum(ratio, LARGEST_RATIO) ** (1.0 if self._run.steady else ERROR_POWER)
        factor = SAFETY * (1.0 if self._more else r) / (1.0 - r)
        return np.where(ratio < LARGEST_RATIO, factor, math.inf)

    @property
    def last_ratio(self) -> float:
        """r at the last time."""
        return float(self._ratio(self._run.record.times[-1:])[0])

    def _curve(self, difference: FloatArray, times: FloatArray) -> FloatArray:
        """Return the error at all times, from the largest difference at earlier times."""
        largest = np.maximum.accumulate(difference, axis=-1)
        factor = self._factor(times)
        with np.errstate(invalid="ignore"):
            return np.where(largest == 0.0, 0.0, largest * factor)

    def _difference(self, merit: Merit) -> FloatArray:
        name = merit.name
        return _difference(self._run.values[name], self._companion.values[name])

    def valid_until(self, merit: Merit, limit: float) -> float:
        """Return the last time at which the error of a merit is within a limit; 0 if none is.

        Infinite for merits of the curve and for steady states, which have no times.
        """
        if merit.needs == "curve" or self._run.steady:
            return math.inf
        times = self._run.times_of(merit)
        curve = self._curve(self._difference(merit), times)
        good = (curve <= limit).reshape(-1, len(times)).all(axis=0)
        return math.inf if good.all() else float(times[max(int(np.argmin(good)) - 1, 0)])

    def of(self, merit: Merit) -> float:
        """Return the error of a merit."""
        run, difference = self._run, self._difference(merit)
        if merit.needs == "curve":
            return self._of_curve_merit(merit, float(difference))
        times = run.times_of(merit)
        error = run.shown(merit, self._curve(difference, times))
        if len(times) < FEWEST_TIMES:
            error = max(error, self._relative_to_energy(merit))
        return error

    def _relative_to_energy(self, merit: Merit) -> float:
        """Return the error of the energy, scaled from the scale of energies to that of a merit."""
        record = self._run.record
        energy = float(self._of_moment(ENERGY)[self._run.chosen].max())
        return energy / record.energy_scale * merit.scale(record)

    def _of_curve_merit(self, merit: Merit, difference: float) -> float:
        """Return the error of a merit that is one number for the whole curve.

        A time that is not reached, the first or the last time may agree in both runs by accident,
        and has at least the relative error of the energy.
        """
        run = self._run
        at = merit if not isinstance(merit, Maximum) else merit.time
        if isinstance(merit, Maximum) and merit.coordinate == "value":
            curve = merit.curve(run.record)
            errors = self._of_curve(curve, merit.curve(self._companion.record))
            return run.record.maximum_error(errors, curve)
        time = float(at.values(run.record))
        last = float(run.record.times[-1])
        when = np.array([time if math.isfinite(time) else last])
        error = difference * float(self._factor(when)[0]) if difference else 0.0
        return error if 0.0 < time < last else max(error, self._relative_to_energy(merit))

    def _of_moment(self, observable: Observable) -> FloatArray:
        return self._of_curve(
            self._run.record.of(observable), self._companion.record.of(observable)
        )

    def _of_curve(self, one: FloatArray, other: FloatArray) -> FloatArray:
        return self._curve(_difference(one, other), self._run.record.times)


def _difference(one: NDArray[np.float64], other: NDArray[np.float64]) -> FloatArray:
    """Return |one − other|; 0 for equal infinities or two NaN, infinite where only one is NaN."""
    one, other = np.asarray(one, dtype=float), np.asarray(other, dtype=float)
    if one.shape != other.shape:
        return np.full(one.shape, math.inf)
    same = (one == other) | (np.isnan(one) & np.isnan(other))
    with np.errstate(invalid="ignore"):
        change = np.where(same, 0.0, np.abs(one - other))
    return np.where(np.isnan(change), math.inf, change)
