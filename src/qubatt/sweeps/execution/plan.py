"""Which points are solved together, in which order, and what is kept of them."""

from __future__ import annotations

import functools
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from qubatt.charging.sample_times import MIN_SAMPLES
from qubatt.merits.selection import ALL, to_merit
from qubatt.models import Battery
from qubatt.models.photon_cutoff import AUTO, max_photons, with_max_photons
from qubatt.sweeps.execution.worker import merit_names
from qubatt.sweeps.store.point_result import DEFAULT
from qubatt.sweeps.study.point import Point
from qubatt.sweeps.study.study import Study

SMALL = 200
"""States up to which points with several initial states are solved together: they gain by it, and
are not worth being spread over processes."""

GUESS = 40
"""Photon cut-off in the rough effort of a point that is to find it."""

FIXED = 1e6
"""Effort of the smallest point, which takes some milliseconds for other reasons."""

ROOM = 1e9
"""Bytes that may be kept of a study without asking."""

MOMENTS = 12
"""Moments that are kept of a point, about."""

BETWEEN = 500
"""Times at which moments are kept where merits of the curve over time are asked for, about."""


@dataclass(frozen=True)
class Unit:
    """Points solved together.

    Attributes
    ----------
    points : tuple of Point
        Each with another key.
    asked : tuple of str
        Merits that are wanted of them.
    effort : float
        Rough relative work.
    """

    points: tuple[Point, ...]
    merit_names: tuple[str, ...]
    effort: float


def plan(study: Study, keep: bool | None) -> tuple[list[Unit], bool]:
    """Return the units of a study, the largest first, and whether to keep what they are read off.

    The units depend on the study alone, and the points of one are stored at once, so that a study
    that goes on after a stop gives the very numbers of one that was not stopped.
    """
    families: dict[Any, dict[str, Point]] = defaultdict(dict)
    for point in study.points:
        alone = point.start if _dims(point.setting.battery)[0] > SMALL else ""
        family = point.family, alone, frozenset(merit_names(point.run_spec))
        families[family].setdefault(point.key, point)
    units = []
    for alike in families.values():
        points = tuple(alike.values())
        units.append(Unit(points, merit_names(points[0].run_spec), max(map(_effort, points))))
    units.sort(key=lambda unit: -unit.effort)
    if keep is None:
        keep = sum(kept_bytes(point) for unit in units for point in unit.points) <= ROOM
    return units, keep


def _effort(point: Point) -> float:
    """Return about the number of multiplications, or a guess."""
    times = point.run_spec.facts.get("times")
    end = float(times[-1]) if isinstance(times, list) else 100.0
    return float(FIXED + end * _dims(point.setting.battery)[0] ** 2.6)


def kept_bytes(point: Point) -> float:
    """Return about how many bytes are kept of a point."""
    times = point.run_spec.facts.get("times")
    count = len(times) if isinstance(times, list) else 1
    looks = max(count, _looks(merit_names(point.run_spec))) if isinstance(times, list) else 2
    states = 16.0 * count * _dims(point.setting.battery)[1] ** 2
    return float(8.0 * MOMENTS * looks + states)


@functools.cache
def _looks(merits: tuple[str, ...]) -> int:
    """Return about how many times are looked at for merits, where fewer are asked for."""
    curve = ALL in merits or any(
        to_merit(name).needs == "curve" for name in merits if name != DEFAULT
    )
    return BETWEEN if curve else MIN_SAMPLES


def _dims(battery: Battery) -> tuple[int, int]:
    """Return the number of states, and of those of the battery."""
    if max_photons(battery) == AUTO:
        battery = with_max_photons(battery, GUESS)
    try:
        space = battery.space
        return space.dim, space.factors[battery.battery_factor].dim
    except Exception:  # a rough number will do
        return 100, 10
