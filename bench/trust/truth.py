"""Exact merits of a setting, from growing cut-offs, and the cut-off at which it is judged."""

from __future__ import annotations

import contextlib
import math
from dataclasses import dataclass

import numpy as np

import qubatt as qb
from bench.trust.outcome import TOLERANCE, Outcome, compute, errors, merits_of, usual_scales
from bench.trust.setting import Setting, built

AGREEMENT = {"charge": 1e-3, "steady": 1e-2}
"""Largest difference of the two largest cut-offs, relative to the tolerance, by kind of run;
steady states are less accurate."""

FLOOR = 2e-11
"""Differences below this, relative to the scale, are rounding errors and count as agreement."""

MAX_DIM = 480
"""Largest dimension; a setting that requires more is skipped."""

MAX_SECONDS = 6.0
"""Longest processor time of a run of the truth, foreseen from the one before it."""

LARGER, MARGIN = 1.5, 10
"""The truth has at least 1.5 n + 10 photons."""


class SkippedError(Exception):
    """A setting has no reliable truth."""


@dataclass(frozen=True)
class Truth:
    """Exact merits and the errors of smaller cut-offs.

    Attributes
    ----------
    outcome : Outcome
        Merits at the largest cut-off.
    cutoff : int
        This cut-off.
    scales : dict of str to float
        Largest magnitude of each merit.
    tried : dict of int to dict
        Relative error of each merit by smaller cut-off.
    """

    outcome: Outcome
    cutoff: int
    scales: dict[str, float]
    tried: dict[int, dict[str, float]]


def smallest_cutoff(setting: Setting) -> int:
    """Return the smallest cut-off below which the charger state fits, at least 2."""
    state = built("charger", setting.charger)
    for cutoff in range(2, 200):
        with contextlib.suppress(qb.ArgumentError):
            state.state(cutoff)
            return cutoff
    raise SkippedError("the charger state is too wide")


def relative(differences: dict[str, float], scales: dict[str, float]) -> dict[str, float]:
    """Return errors relative to the scales."""
    return {name: error / scales[name] for name, error in differences.items()}


def find_truth(setting: Setting, tolerance: float = TOLERANCE) -> Truth:
    """Raise the cut-off until two agree, and return the merits of the larger one.

    Raises
    ------
    SkippedError
        If none is found within `MAX_DIM`.
    """
    cutoff = smallest_cutoff(setting)
    merits = merits_of(setting, cutoff)
    accuracy = AGREEMENT[setting.run] * tolerance
    outcomes: dict[int, Outcome] = {}
    while True:
        check_duration(outcomes, cutoff)
        outcome = compute_within(setting, cutoff, merits)
        scales = usual_scales(outcome)
        agreed = len(outcomes) > 0 and agree(outcomes[max(outcomes)], outcome, scales, accuracy)
        outcomes[cutoff] = outcome
        if agreed:
            break
        cutoff = math.ceil(1.25 * cutoff) + 2
    tried = {
        n: relative(errors(each, outcome), scales) for n, each in outcomes.items() if n < cutoff
    }
    return Truth(outcome, cutoff, scales, tried)


def check_duration(outcomes: dict[int, Outcome], cutoff: int) -> None:
    """Skip a setting whose next run would take too long: time grows like the cube of the levels."""
    if len(outcomes) > 1:  # the first one may compile
        before = max(outcomes)
        foreseen = outcomes[before].seconds * (cutoff / before) ** 3
        if foreseen > MAX_SECONDS:
            raise SkippedError(f"the truth takes more than {MAX_SECONDS:g} s")


def agree(smaller: Outcome, larger: Outcome, scales: dict[str, float], accuracy: float) -> bool:
    """Return whether two cut-offs agree in every merit."""
    difference = max(relative(errors(smaller, larger), scales).values())
    return difference <= max(accuracy, FLOOR)


def compute_within(setting: Setting, cutoff: int, merits: tuple[str, ...]) -> Outcome:
    """Return the run of a setting, unless it is too large."""
    dim = setting.build(cutoff).problem(**setting.arguments).space.dim
    if dim > MAX_DIM:
        raise SkippedError(f"the truth requires more than {MAX_DIM} states")
    outcome = compute(setting, cutoff, merits)
    if outcome.status in ("not-converged", "not-positive"):
        raise SkippedError(f"the truth is {outcome.status}")
    return outcome


def aimed_error(setting: Setting, tried: dict[str, float]) -> float:
    """Return the error by which the cut-off is placed."""
    worst = max(value for value in tried.values())
    return tried["energy"] if setting.aim == "energy" else worst


def place_cutoff(setting: Setting, truth: Truth, tolerance: float = TOLERANCE) -> int:
    """Return the cut-off at which the error is close to the target of the setting.

    Its logarithm is interpolated between the cut-offs of the truth. Where it is 0 at all of them,
    the smallest one is returned.
    """
    levels = sorted(truth.tried)
    if len(levels) == 1:
        return levels[0]
    floor = FLOOR * 1e-3
    curve = [math.log10(min(max(aimed_error(setting, truth.tried[n]), floor), 1e3)) for n in levels]
    grid = np.arange(levels[0], levels[-1] + 1)
    distance = np.abs(np.interp(grid, levels, curve) - math.log10(tolerance) - setting.target)
    return int(grid[int(np.argmin(distance))])


def confirmed(setting: Setting, truth: Truth, cutoff: int, tolerance: float) -> Truth:
    """Return a truth with at least 1.5 n + 10 photons that agrees with the given one.

    Raises
    ------
    SkippedError
        If the larger one differs or is too large.
    """
    required = math.ceil(LARGER * cutoff) + MARGIN
    if truth.cutoff >= required:
        return truth
    outcome = compute_within(setting, required, tuple(truth.outcome.values))
    if not agree(truth.outcome, outcome, truth.scales, AGREEMENT[setting.run] * tolerance):
        raise SkippedError("the truth changes at a larger cut-off")
    return Truth(outcome, required, usual_scales(outcome), truth.tried)
