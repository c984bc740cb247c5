"""Steady energies, summaries of curves, and growth with g, for Figs. 2–4."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr

from qubatt.core.check import FloatArray
from qubatt.papers.claim import Claim, judge
from qubatt.papers.scans import Values

COMPARED_SPAN = 10.0
"""Length of the last part of a run, over which it is compared with the steady state."""

MAX_DISTANCE = 0.01
"""Largest distance from the steady energy, per atom, of an energy that counts as constant."""


def steady_values(results: Sequence[Values], name: str = "energy") -> FloatArray:
    """Return a merit of steady jobs, shape ``(jobs, batteries)``, NaN where not converged.

    No comparison with NaN is true, so what rests on a steady state that was not found counts as
    not held.
    """
    return np.stack([np.where(r["converged"] > 0, r[name], np.nan) for r in results])


def summarise(times: FloatArray, energy: FloatArray, steady: FloatArray) -> dict[str, FloatArray]:
    """Return what claims speak of, from curves ``(..., time)`` and their steady values ``(...)``.

    Returns
    -------
    dict
        ``steady``; ``maximum``, over all times, which the steady value may be; ``distance``, the
        largest one from the steady value over the last part of the run, and ``variation``, the
        range of values there, which may be small far from the steady state.
    """
    late = energy[..., times >= times[-1] - COMPARED_SPAN]
    return {
        "steady": steady,
        "maximum": np.maximum(energy.max(axis=-1), steady),
        "distance": np.abs(late - steady[..., np.newaxis]).max(axis=-1),
        "variation": np.ptp(late, axis=-1),
    }


def grows(values: xr.DataArray) -> xr.DataArray:
    """Tell where values grow strictly with g."""
    return (values.diff("g") > 0).all("g")


def growth_claim(key: str, statement: str, scan: xr.Dataset, value: str, unit: str = "ω") -> Claim:
    """Judge whether ``scan[value]`` (per atom) grows strictly with g at every point.

    The evidence names the smallest step between neighbouring g.
    """
    step = scan[value].diff("g").min("g")
    evidence = f"smallest step between neighbouring g: {float(step.min()):+.4f} to"
    evidence += f" {float(step.max()):+.4f} {unit} per atom over the scan"
    numbers = {"smallest_step": float(step.min()), "largest_smallest_step": float(step.max())}
    return judge(key, statement, grows(scan[value]), evidence, numbers)


def first_point(
    holds: xr.DataArray, score: xr.DataArray | None = None
) -> dict[str, float | int | str]:
    """Return the coordinates of the first true point, or of the true one with the least score.

    Where no point is true, the first one, or the one with the least score. ``all_hold`` tells
    which it is, 1 or 0.
    """
    flat = holds.stack(point=holds.dims)
    order = np.arange(flat.sizes["point"])
    if score is not None:
        order = np.argsort(score.stack(point=holds.dims).to_numpy(), kind="stable")
    chosen = next((k for k in order if bool(flat[k])), int(order[0]))
    point = {str(dim): flat[chosen][dim].item() for dim in holds.dims}
    return point | {"all_hold": int(flat[chosen])}
