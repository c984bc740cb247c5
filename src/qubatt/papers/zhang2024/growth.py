"""Steady energies, summaries of curves and growth with g for Figs. 2–4."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr

from qubatt.core.check import FloatArray
from qubatt.papers.claim import Claim, judge
from qubatt.papers.scans import Values

COMPARED_SPAN = 10.0
"""Length of the final time interval that is compared with the steady state."""

MAX_DISTANCE = 0.01
"""Largest deviation from the steady energy, per atom, at which an energy counts as constant."""


def steady_values(results: Sequence[Values], name: str = "energy") -> FloatArray:
    """Return a merit of steady states, shape ``(scans, batteries)``, with NaN where not converged.

    Comparisons with NaN are false, so claims that depend on an unconverged steady state count as
    not fulfilled.
    """
    return np.stack([np.where(r["converged"] > 0, r[name], np.nan) for r in results])


def summarise(times: FloatArray, energy: FloatArray, steady: FloatArray) -> dict[str, FloatArray]:
    """Return a summary of curves ``(..., time)`` and steady values ``(...)``, to check claims.

    Returns
    -------
    dict
        The value ``steady``, the ``maximum`` over all times including the steady value, the
        ``distance``, which is the largest deviation from the steady value in the final time
        interval, and the ``variation``, which is the range of values in this interval and may be
        small even far from the steady state.
    """
    late = energy[..., times >= times[-1] - COMPARED_SPAN]
    return {
        "steady": steady,
        "maximum": np.maximum(energy.max(axis=-1), steady),
        "distance": np.abs(late - steady[..., np.newaxis]).max(axis=-1),
        "variation": np.ptp(late, axis=-1),
    }


def grows(values: xr.DataArray) -> xr.DataArray:
    """Return a mask of the points at which values grow strictly with g."""
    return (values.diff("g") > 0).all("g")


def growth_claim(key: str, statement: str, scan: xr.Dataset, value: str, unit: str = "ω") -> Claim:
    """Check whether ``scan[value]`` (per atom) grows strictly with g at each point.

    The evidence contains the smallest step between neighbouring values of g.
    """
    step = scan[value].diff("g").min("g")
    evidence = f"smallest step between neighbouring g: {float(step.min()):+.4f} to"
    evidence += f" {float(step.max()):+.4f} {unit} per atom over the scan"
    numbers = {"smallest_step": float(step.min()), "largest_smallest_step": float(step.max())}
    return judge(key, statement, grows(scan[value]), evidence, numbers)


def first_point(
    holds: xr.DataArray, score: xr.DataArray | None = None
) -> dict[str, float | int | str]:
    """Return the coordinates of the first point at which `holds` is true.

    With `score`, it is the one of these points with the lowest score. If `holds` is false
    everywhere, all points are considered. ``all_hold`` is `holds` at the returned point, as 1 or 0.
    """
    flat = holds.stack(point=holds.dims)
    order = np.arange(flat.sizes["point"])
    if score is not None:
        order = np.argsort(score.stack(point=holds.dims).to_numpy(), kind="stable")
    chosen = next((k for k in order if bool(flat[k])), int(order[0]))
    point = {str(dim): flat[chosen][dim].item() for dim in holds.dims}
    return point | {"all_hold": int(flat[chosen])}
