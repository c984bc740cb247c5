"""Output times up to the steady state."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np

from qubatt.charging.request import Request
from qubatt.charging.sample_times import energy_rate
from qubatt.charging.steady_state import find_steady_state
from qubatt.core.check import FloatArray
from qubatt.core.errors import ResourceError
from qubatt.core.task import AT_REST, Save
from qubatt.engines.exact.engine import ExactEngine
from qubatt.engines.steady.solve_steady import solve_steady
from qubatt.models.photon_cutoff import AUTO

logger = logging.getLogger(__name__)

SETTLED_TOLERANCE = 1e-6
"""Accepted distance from the steady state, relative to the larger of 1 and the steady value."""

OUTPUT_TIMES = 401
"""Number of automatic output times."""

TIMES_PER_PERIOD = 12
"""Initial number of output times per period of the energy."""


def is_auto(times: Any) -> bool:
    """Return whether the times are to be chosen automatically."""
    return isinstance(times, str) and times == AUTO


def settling_times(request: Request) -> FloatArray:
    """Return 401 output times until all merits have settled.

    They resolve the initial variation of the energy, and their spacing grows as the energy settles,
    t_k = a sinh(bk); they are evenly spaced if that is dense enough.

    Raises
    ------
    UnsupportedError
        If no steady state is reached.
    ResourceError
        If the steady state takes too long to reach.
    """
    if request.auto_cutoff:
        cutoff = find_steady_state(request.at_rest()).cutoff
        request = request if cutoff is None else request.with_max_photons(cutoff)
    save = Save(battery=request.needs("battery state") or request.needs("full state"))
    realization = request.realization
    (steady,) = solve_steady(request.task(AT_REST, save))
    first = 2 * np.pi / TIMES_PER_PERIOD / energy_rate(realization)
    end = 10.0 / max(rate for rate, _ in realization.jumps)
    while True:
        times = _grid(first, end)
        logger.info("times='auto': propagating to %g", end)
        try:
            (solution,) = ExactEngine().solve(request.task(times, save))
        except ResourceError as error:
            raise ResourceError(
                f'times="auto": the state has not settled at time {end / 2:g}. {error}'
            ) from None
        settled = np.ones(len(times), dtype=bool)
        for name, values in solution.moments.items():
            last = steady.moments[name]
            settled &= np.abs(values - last) <= SETTLED_TOLERANCE * max(1.0, abs(last))
        if solution.battery_states is not None:
            change = np.abs(solution.battery_states - steady.battery_states[1]).max(axis=(1, 2))
            settled &= change <= SETTLED_TOLERANCE
        since = len(times) - int(np.argmin(settled[::-1])) if not settled.all() else 0
        if since < len(times) - len(times) // 20:
            return _grid(first, times[max(since, 1)])
        end *= 2.0


def _grid(first: float, end: float) -> FloatArray:
    """Return times from 0 to `end` whose first step is at most `first`."""
    k = np.arange(OUTPUT_TIMES) / (OUTPUT_TIMES - 1)
    if end / (OUTPUT_TIMES - 1) <= first:
        return np.asarray(end * k)
    low, high = 1e-6, 700.0  # a b = first (POINTS − 1), a sinh b = end
    for _ in range(200):
        b = 0.5 * (low + high)
        low, high = (b, high) if np.sinh(b) / b < end / (first * (OUTPUT_TIMES - 1)) else (low, b)
    times = end * np.sinh(b * k) / np.sinh(b)
    times[-1] = end
    return np.asarray(times)
