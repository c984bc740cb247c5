"""Roofline: how near one right-hand side comes to what this machine can copy and multiply."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit, prange

from bench.cases import find_case
from qubatt.core.realization import realize
from qubatt.engines.exact.kernels import Recurrence, SeriesStop, SeriesTerms
from qubatt.engines.exact.reduced_lindbladian import Functionals, ReducedLindbladian
from qubatt.engines.exact.simd import fma, total, zeros32
from qubatt.engines.threads import thread_count

REPEATS = 7
LARGE = 32_000_000
"""Numbers of an array that no cache holds."""


@njit(parallel=True)
def _copy(source: Any, target: Any, threads: int, times: int) -> None:
    share = len(source) // threads
    for thread in prange(threads):
        for _ in range(times):
            target[thread * share : (thread + 1) * share] = source[
                thread * share : (thread + 1) * share
            ]


@njit(parallel=True)
def _multiply_add(threads: int, times: int, factor: float) -> float:
    """Run 96 independent multiply-adds per thread and turn, all in registers."""
    result = 0.0
    for _thread in prange(threads):
        a, b, c = zeros32(), zeros32(), zeros32()
        for _ in range(times):
            a, b, c = fma(factor, a, a), fma(factor, b, b), fma(factor, c, c)
        result += total(a) + total(b) + total(c)
    return result


def _seconds(run: Callable[[], Any]) -> float:
    """Return the median time of a run, after one to warm up."""
    run()
    found = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        run()
        found.append(time.perf_counter() - start)
    return statistics.median(found)


def copy_rate(length: int) -> float:
    """Return bytes read plus written per second when arrays of that length are copied."""
    threads = thread_count()
    source, target = np.ones(length), np.ones(length)
    times = max(1, LARGE // length)
    seconds = _seconds(lambda: _copy(source, target, threads, times))
    return 16.0 * length * times / seconds


def multiply_add_rate() -> float:
    """Return multiply-adds of doubles per second, on all threads."""
    threads, times = thread_count(), 3_000_000
    return 96.0 * threads * times / _seconds(lambda: _multiply_add(threads, times, 0.5))


def multiply_adds(reduced: ReducedLindbladian) -> float:
    """Return the multiply-adds of one product, recurrence and norm included."""
    t = reduced.tables
    lengths = t.row_end - t.row_begin
    per_column = (
        8.0  # energies, damping, recurrence, norm: two each, for both parts
        + 2.0 * (np.diff(t.left_first) + np.diff(t.right_first))
        + 3.0 * (np.diff(t.both_first) + np.diff(t.turn_first))
    )
    return float(lengths @ per_column)


def one_product(reduced: ReducedLindbladian) -> float:
    """Return the seconds of one product, G_k+1 = G_k−1 + 2 (𝓛 − c)/f G_k, of many in a row."""
    count = 400
    vectors = (reduced.pack(reduced.realization.initial), reduced.zeros(), reduced.zeros())
    terms = SeriesTerms(np.zeros(count), np.zeros(count), np.zeros((count, 0)))
    functionals = Functionals(np.zeros(1, np.int64), np.zeros(0, np.int64), np.zeros(0))
    never = SeriesStop(negligible=-1.0, largest_term=0.0, rounding_limit=np.inf)
    scale = 1e-3 / float(abs(reduced.realization.H).sum(axis=0).max())  # nothing grows
    recurrence = Recurrence(shift=0.0, scale=scale, turn=1.0)

    def run() -> None:
        reduced.recur(vectors, recurrence, terms, functionals, never, 1, count)

    return _seconds(run) / (count - 1)


def measure_roofline() -> dict[str, float]:
    """Measure machine and product of case A."""
    case = find_case("A")
    reduced = ReducedLindbladian(realize(case.battery.problem(case.charger, case.environment)))
    return {
        "product_s": one_product(reduced),
        "vector_bytes": float(reduced.nbytes),
        "multiply_adds": multiply_adds(reduced),
        "copy_rate": copy_rate(2 * reduced.layout.size),
        "copy_rate_memory": copy_rate(LARGE),
        "multiply_add_rate": multiply_add_rate(),
        "threads": float(thread_count()),
    }


def roofline(steps: dict[str, Any]) -> dict[str, str]:
    """Return rows of the roofline table, name to text, from the steps measured so far."""
    if "roofline" not in steps:
        return {}
    found = steps["roofline"]["value"]
    moved = 3.0 * found["vector_bytes"]
    bounds = {
        "copying": moved / found["copy_rate"],
        "multiplying": found["multiply_adds"] / found["multiply_add_rate"],
    }
    limit = max(bounds, key=bounds.__getitem__)
    ratio = found["product_s"] / bounds[limit]
    return {
        "one product of case A, measured": f"{found['product_s'] * 1e6:.1f} µs"
        f" on {found['threads']:.0f} threads",
        "copying": f"{moved / 1e6:.2f} MB (one vector read, one read and written) at"
        f" {found['copy_rate'] / 1e9:.0f} GB/s, measured on arrays of the same size:"
        f" {bounds['copying'] * 1e6:.1f} µs (from main memory {found['copy_rate_memory'] / 1e9:.0f}"
        " GB/s)",
        "multiplying": f"{found['multiply_adds'] / 1e6:.2f} million multiply-adds at"
        f" {found['multiply_add_rate'] / 1e9:.0f} per ns: {bounds['multiplying'] * 1e6:.1f} µs",
        "measured / roofline": f"{ratio:.1f} (bound by {limit}; target: 3)",
    }
