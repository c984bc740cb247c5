"""The bound B against ‖ρ − ρ_n‖₁, from states in a larger space."""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

import qubatt as qb
from bench.trust.outcome import compute
from bench.trust.setting import Drawing, Setting
from bench.trust.truth import LARGER, MARGIN, SkippedError, smallest_cutoff
from qubatt.core.realization import realize
from qubatt.core.task import Save, Task
from qubatt.engines import ExactEngine

MAX_ATOMS = 2
"""Largest number of atoms: states are dense matrices."""

MAX_STATE_DIM = 150
"""Largest dimension of a state."""

SPARE_LEVELS = 8
"""The cut-off exceeds the smallest one by up to this many levels, uniformly."""

SHARES = (0.25, 0.5, 1.0)
"""Times at which states are compared, relative to the last time."""

ACCURACY = 1e-3
"""Largest change of the exact state at a larger cut-off, relative to the distance measured."""

ROUNDING = 1e-8
"""Distances below this are rounding errors of the propagation, and B may be below them."""

State = NDArray[np.complex128]


def judge_bound(setting: Setting) -> dict[str, Any]:
    """Return B and ‖ρ − ρ_n‖₁ at several times, as JSON-compatible data."""
    record: dict[str, Any] = {"setting": setting.to_record()}
    start = time.perf_counter()
    try:
        drawing = Drawing(setting.seed + 1, setting.index)
        cutoff = smallest_cutoff(setting) + int(drawing.rng.integers(SPARE_LEVELS + 1))
        times = np.array(SHARES) * setting.last_time
        distances, larger = true_distances(setting, cutoff, times)
        record |= {"cutoff": cutoff, "truth_cutoff": larger, "times": times.tolist()}
        record["distances"] = distances
        record["bounds"] = [
            compute(setting, cutoff, ("energy",), "bound", times=np.array([0.0, last])).bound
            for last in times
        ]
    except (SkippedError, qb.QubattError) as error:
        record["skipped"] = f"{type(error).__name__}: {error}"
    record["seconds"] = round(time.perf_counter() - start, 3)
    return record


def true_distances(
    setting: Setting, cutoff: int, times: NDArray[np.float64]
) -> tuple[list[float], int]:
    """Return ‖ρ − ρ_n‖₁ at the times, and the cut-off of ρ.

    Raises
    ------
    SkippedError
        If a larger cut-off changes ρ.
    """
    small, dims = states(setting, cutoff, times)

    def between(first: Any, second: Any) -> list[float]:
        pairs = zip(first[0], second[0], strict=True)
        return [trace_distance(rho, first[1], exact, second[1]) for rho, exact in pairs]

    larger = math.ceil(LARGER * cutoff) + MARGIN
    exact = states(setting, larger, times)
    while True:
        larger = math.ceil(1.3 * larger) + 4
        before, exact = exact, states(setting, larger, times)
        distances = between((small, dims), exact)
        pairs = zip(between(before, exact), distances, strict=True)
        if all(change <= max(ACCURACY * distance, ROUNDING) for change, distance in pairs):
            return distances, larger


def states(
    setting: Setting, cutoff: int, times: NDArray[np.float64]
) -> tuple[State, tuple[int, ...]]:
    """Return ρ at the times, shape ``(T, D, D)``, and the dimensions of the factors."""
    problem = setting.build(cutoff).problem(**setting.arguments)
    realization = realize(problem)
    if realization.dim > MAX_STATE_DIM:
        raise SkippedError(f"the states have more than {MAX_STATE_DIM} dimensions")
    task = Task.of(realization, times, save=Save(states=True))
    (solution,) = ExactEngine(tolerance=1e-10).solve(task)
    return solution.states, realization.problem.space.dims


def trace_distance(
    small: State, dims: tuple[int, ...], large: State, large_dims: tuple[int, ...]
) -> float:
    """Return the trace norm of the difference, with the smaller state embedded."""
    kept = np.ravel_multi_index(np.indices(dims).reshape(len(dims), -1), large_dims)
    difference = large.copy()
    difference[np.ix_(kept, kept)] -= small
    return float(np.abs(np.linalg.eigvalsh(difference)).sum())
