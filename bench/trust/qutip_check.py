"""Independent check of the truth: the same master equation in QuTiP."""

from __future__ import annotations

from typing import Any

import numpy as np

import qubatt as qb
from bench.trust.setting import Setting
from bench.trust.truth import Truth

MAX_CHECKED_DIM = 130
"""Largest dimension that QuTiP is given: larger ones take minutes."""

ACCURACY = 1e-9
"""Relative tolerance of QuTiP; the absolute one is a hundredth of it."""


JUMP_STEPS = 400
"""Smallest number of steps of a run with a piecewise pulse."""


def energy_difference(setting: Setting, truth: Truth) -> float | None:
    """Return the largest difference of the stored energy, relative to its largest value.

    None where QuTiP is missing or the problem is large.
    """
    battery = setting.build(truth.cutoff)
    if battery.problem(**setting.arguments).space.dim > MAX_CHECKED_DIM:
        return None
    try:
        import qutip
    except ImportError:
        return None
    problem = qb.to_qutip(battery, **setting.arguments)
    options: dict[str, Any] = {
        "atol": ACCURACY / 100,
        "rtol": ACCURACY,
        "nsteps": 10**6,
        "progress_bar": "",
    }
    options["max_step"] = setting.last_time / 100
    if setting.groups["pulse"] == ["piecewise"]:  # the default method loses accuracy at jumps
        options |= {"method": "vern9", "max_step": setting.last_time / JUMP_STEPS}
    solved = qutip.mesolve(
        problem.H,
        problem.rho0,
        setting.times,
        problem.c_ops,
        e_ops=[problem.H_B],
        options=options,
    )
    energy = np.asarray(solved.expect[0]).real
    difference = energy - energy[0] - truth.outcome.values["energy"]
    return float(np.abs(difference).max() / truth.scales["energy"])
