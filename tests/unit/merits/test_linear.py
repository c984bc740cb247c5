"""Merits that say they are linear in ρ are, and those that are not say so."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import qubatt as qb
from qubatt.core.problem import Problem
from qubatt.core.realization import realize
from qubatt.core.space import WHOLE_SPACE
from qubatt.merits import Merit, SolvedRun
from qubatt.merits.selection import all_merits
from solving import observables_of, solve

TIMES = np.linspace(0.0, 2.0, 81)
SHARE = 0.3
PROBLEMS = {
    "cavity": qb.DickeBattery(3, 0.4, 3, interaction=0.6).problem(
        environment=[qb.CavityLoss(0.5, n_thermal=0.3), qb.CollectiveDecay(0.2, n_thermal=0.2)]
    ),
    "driven": qb.DrivenBattery(3, 1.1, interaction=0.5).problem(
        environment=[qb.CollectiveDecay(0.2, n_thermal=0.4)]
    ),
}
MERITS = list(all_merits())


def random_state(seed: int, dim: int, height: float) -> np.ndarray:
    """Return a random density matrix, in the upper levels only if `height` is 1."""
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(dim, 2)) + 1j * rng.normal(size=(dim, 2))
    root[: int(0.6 * height * dim)] = 0.0
    rho = root @ root.conj().T
    return rho / np.trace(rho).real


def values(merit: Merit, problem: Problem, rho: np.ndarray) -> np.ndarray:
    """Return a merit of a run that starts in ρ."""
    problem = replace(problem, initial={WHOLE_SPACE: rho})
    needed = observables_of([merit], problem)
    found = solve(qb.ExactEngine(1e-11), problem, TIMES, needed, states=True, battery=True)
    record = SolvedRun(realize(problem), TIMES, found.moments, found.battery_states, found.states)
    return merit.values(record)


def defect(name: str) -> float:
    """Return the largest |f(mixture) − mean of f|, relative to the values, over both problems.

    NaN where none of the runs gives all three numbers, as for a half-life that is not reached.
    """
    worst, merit = np.nan, qb.merit(name)
    for problem in PROBLEMS.values():
        D = problem.space.dim
        one, other = random_state(1, D, 0.0), random_state(2, D, 1.0)
        mixed = replace(problem, initial={WHOLE_SPACE: one})
        if name != "work_fluctuation" and merit.unavailable(realize(mixed)):
            continue
        parts = [values(merit, problem, rho) for rho in (one, other)]
        both = values(merit, problem, SHARE * one + (1 - SHARE) * other)
        mean = SHARE * parts[0] + (1 - SHARE) * parts[1]
        known = np.isfinite(both) & np.isfinite(mean)
        if known.any():
            scale = max(float(np.abs([mean[known], both[known]]).max()), 1e-6)
            off = float(np.abs(both[known] - mean[known]).max()) / scale
            worst = float(np.fmax(worst, off))
    return worst


@pytest.mark.parametrize("name", MERITS)
def test_merits_say_whether_they_are_linear(name: str) -> None:
    """The merit of a mixture is the mean of the merits, or differs from it by a part in a thousand.

    The population of the highest level is that of one mode here, but the largest of several.
    """
    if name == "cutoff_population":
        assert not qb.merit(name).linear
        assert defect(name) < 1e-8
    elif qb.merit(name).linear:
        assert defect(name) < 1e-8
    elif name not in ("half_life", "time_to_fraction"):
        assert defect(name) > 1e-3
