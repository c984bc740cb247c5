"""What Figs. 2–4 share: summaries of charging curves and whether they grow with g."""

from __future__ import annotations

import numpy as np
import xarray as xr

from qubatt.core.check import FloatArray
from qubatt.papers.claim import Claim, judge

WINDOW = 10.0
"""Length of the last part of a run, over which late energies are averaged."""

STILL = 0.01
"""Largest variation over that part, per atom, of an energy that counts as constant."""


def summarise(times: FloatArray, energy: FloatArray) -> dict[str, FloatArray]:
    """Return the maximum, late value and late variation of curves ``(..., time)``."""
    late = energy[..., times >= times[-1] - WINDOW]
    return {
        "maximum": energy.max(axis=-1),
        "late": late.mean(axis=-1),
        "variation": np.ptp(late, axis=-1),
    }


def grows(values: xr.DataArray) -> xr.DataArray:
    """Tell where values grow strictly with g."""
    return (values.diff("g") > 0).all("g")


def growth_claim(key: str, statement: str, scan: xr.Dataset, value: str, unit: str = "ω") -> Claim:
    """Judge whether ``scan[value]`` (per atom) grows strictly with g at every point.

    The evidence names the smallest step between neighbouring g, and how many points have a step
    smaller than what the late energy still varies by.
    """
    step = scan[value].diff("g").min("g")
    evidence = f"smallest step between neighbouring g: {float(step.min()):+.4f} to"
    evidence += f" {float(step.max()):+.4f} {unit} per atom over the scan"
    numbers = {"smallest_step": float(step.min()), "largest_smallest_step": float(step.max())}
    if value == "late":
        close = int((abs(step) < scan["variation"].max("g")).sum())
        evidence += f"; at {close} of {step.size} points it is below the residual variation"
        numbers["undecided_points"] = close
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
    place = {str(dim): flat[chosen][dim].item() for dim in holds.dims}
    return place | {"all_hold": int(flat[chosen])}
