"""Additional internal sampling times."""

from __future__ import annotations

import numpy as np
import scipy.sparse.linalg as sla

from qubatt.charging.request import Request
from qubatt.core.check import FloatArray
from qubatt.core.problem import pulse_value
from qubatt.core.realization import Realization
from qubatt.merits.energy_curve import edges

MIN_SAMPLES = 64
"""Minimum number of sampling times for the certificate."""

SAMPLES_PER_PERIOD = 32
"""Sampling times per period of the energy, for merits of the energy curve."""

PULSE_SAMPLES = 200
"""Number of times at which pulses are sampled to estimate their maximum."""

MAX_ADDED_SAMPLES = 4000
"""Maximum number of added sampling times."""


def energy_rate(realization: Realization, end: float = 0.0) -> float:
    """Return the rate at which H_B changes: the maximum of ‖L†(H_B)‖ / ‖H_B‖ and the jump rates.

    Pulses enter with their largest sampled magnitude up to `end` and with their rate of change.
    """
    H_B = realization.H_B
    turned = sla.norm(realization.adjoint(H_B))
    rates = [rate for rate, _ in realization.jumps]
    for pulse, H in realization.pulsed:
        samples = np.unique([*np.linspace(0.0, end, PULSE_SAMPLES), *realization.problem.breaks])
        values = np.array([pulse_value(pulse, float(time)) for time in samples])
        largest = float(np.abs(values).max())
        turned += largest * sla.norm(H @ H_B - H_B @ H)
        rates.append(_pace(samples, values, realization.problem.breaks))
    return float(max([turned / max(sla.norm(H_B), 1e-300), *rates]))


def _pace(times: FloatArray, values: FloatArray, breaks: set[float]) -> float:
    """Return max |df/dt| / max |f| of a pulse, not counting its jumps."""
    smooth = ~np.isin(times[1:], list(breaks))
    slopes = np.abs(np.diff(values) / np.diff(times))[smooth]
    return float(slopes.max(initial=0.0) / max(np.abs(values).max(), 1e-300))


def sample_times(request: Request, output_times: FloatArray) -> FloatArray:
    """Return the sampling times: 0, the output times, and additional times where needed.

    The certificate needs additional times to check the photon cut-off; merits of the energy curve
    need them for its polynomial interpolation.
    """
    times = output_times if output_times[0] == 0.0 else np.append(0.0, output_times)
    min_count = MIN_SAMPLES if request.problem.space.modes else 1
    if request.needs("curve"):
        end, realization = float(times[-1]), request.realization
        finer = 4 if realization.pulsed else 1  # polynomials of degree 3, not 5
        pace = energy_rate(realization, end) * SAMPLES_PER_PERIOD * finer / (2 * np.pi)
        min_count = max(MIN_SAMPLES, int(min(end * pace, MAX_ADDED_SAMPLES)))
        jumps = edges(request.problem.breaks, float(times[-1]))
        return np.union1d(_denser(times, min_count), jumps)
    return _denser(times, min_count)


def _denser(times: FloatArray, min_count: int) -> FloatArray:
    """Add evenly spaced times so that neighbours are at most end/min_count apart."""
    if len(times) == 1 or (min_count == 1):
        return times
    longest = times[-1] / min_count
    parts = np.maximum(np.ceil(np.diff(times) / longest * (1 - 1e-12)), 1.0).astype(int)
    starts = np.repeat(times[:-1], parts)
    count = np.arange(len(starts)) - np.repeat(np.cumsum(parts) - parts, parts)
    between = starts + np.repeat(np.diff(times) / parts, parts) * count
    return np.append(between, times[-1])
