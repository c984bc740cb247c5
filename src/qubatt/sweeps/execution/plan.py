"""The plan of a computation: points that are solved together, and their order."""

from __future__ import annotations

import functools
import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from qubatt.charging.sample_times import MIN_SAMPLES
from qubatt.merits.selection import ALL, to_merit
from qubatt.models import Battery
from qubatt.models.photon_cutoff import AUTO, max_photons, with_max_photons
from qubatt.sweeps.execution.worker import Batch
from qubatt.sweeps.study.merit_names import DEFAULT, merit_names
from qubatt.sweeps.study.point import Point

MAX_SHARED_DIM = 200
"""Maximum Hilbert-space dimension at which points that differ in the initial state share a
propagation; larger problems gain more from being distributed over processes."""

ASSUMED_CUTOFF = 40
"""Photon cut-off assumed in the estimated cost of a point with an automatic cut-off."""

MIN_COST = 1e6
"""Minimum cost of a point, which represents a few milliseconds of overhead."""

MAX_STATE_BYTES = 1e9
"""Maximum size in bytes of the solved states of a study that are kept by default."""

TYPICAL_MOMENTS = 12
"""Typical number of moments stored per point."""

TYPICAL_CURVE_TIMES = 500
"""Typical number of times at which moments are stored if a merit needs the energy curve."""


def plan(points: Iterable[Point], keep: bool | None) -> tuple[list[Batch], bool]:
    """Return the batches of points, most expensive first, and whether to keep solved states.

    The batches depend only on the points, and the results of a batch are stored together.
    Therefore a resumed study gives exactly the same numbers as an uninterrupted one.
    """
    families: dict[Any, dict[str, Point]] = defaultdict(dict)
    dims = _Dims()
    for point in points:
        initial = point.initial_key if dims.of(point.battery)[0] > MAX_SHARED_DIM else ""
        family = point.family, initial, frozenset(merit_names(point.run))
        families[family].setdefault(point.key, point)
    shared = [tuple(by_key.values()) for by_key in families.values()]
    if keep is None:
        keep = state_bytes([*itertools.chain(*shared)]) <= MAX_STATE_BYTES
    batches = []
    for members in shared:
        cost = max(_cost(point, dims.of(point.battery)[0]) for point in members)
        batches.append(Batch(members, merit_names(members[0].run), cost, keep=keep))
    batches.sort(key=lambda batch: -batch.cost)
    return batches, keep


def _cost(point: Point, dim: int) -> float:
    """Return the approximate number of multiplications."""
    times = point.run.key_fields.get("times")
    end = float(times[-1]) if isinstance(times, list) else 100.0
    return float(MIN_COST + end * dim**2.6)


def state_bytes(points: Sequence[Point]) -> float:
    """Return the approximate size in bytes of the solved states of points."""
    total, dims = 0.0, _Dims()
    for point in points:
        times = point.run.key_fields.get("times")
        count = len(times) if isinstance(times, list) else 1
        moment_times = 2
        if isinstance(times, list):
            moment_times = max(count, _moment_times(merit_names(point.run)))
        states = 16.0 * count * dims.of(point.battery)[1] ** 2
        total += 8.0 * TYPICAL_MOMENTS * moment_times + states
    return total


@functools.cache
def _moment_times(merits: tuple[str, ...]) -> int:
    """Return the approximate number of times at which merits need moments."""
    needs_curve = ALL in merits or any(
        to_merit(name).needs == "curve" for name in merits if name != DEFAULT
    )
    return TYPICAL_CURVE_TIMES if needs_curve else MIN_SAMPLES


class _Dims:
    """Hilbert-space dimensions of batteries, computed once for all points that share a battery."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[int, int]] = {}

    def of(self, battery: Battery) -> tuple[int, int]:
        """Return the dimensions of the whole Hilbert space and of the battery factor."""
        if id(battery) not in self._known:
            self._known[id(battery)] = _dims(battery)
        return self._known[id(battery)]


def _dims(battery: Battery) -> tuple[int, int]:
    """Return the dimensions of the whole Hilbert space and of the battery factor."""
    if max_photons(battery) == AUTO:
        battery = with_max_photons(battery, ASSUMED_CUTOFF)
    try:
        space = battery.space
        return space.dim, space.factors[battery.battery_factor].dim
    except Exception:  # a rough estimate suffices
        return 100, 10
