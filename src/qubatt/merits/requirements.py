"""Requirements of merits: products of the mode, the initial state, and reasons for a refusal."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from qubatt.core.observable import Expectation
from qubatt.core.problem import Problem
from qubatt.core.realization import Realization
from qubatt.core.space import WHOLE_SPACE
from qubatt.operators import Atoms


def mode_product(problem: Problem, *names: str) -> Expectation:
    """Return a product of named operators of the mode whose photons are counted."""
    return Expectation.of(str(problem.mode), names)


def initial_battery_state(realization: Realization) -> NDArray[Any]:
    """Return the reduced state of the battery at time 0, shape ``(d, d)``."""
    problem = realization.problem
    if WHOLE_SPACE in problem.initial:
        return problem.space.marginal(realization.rho_0, problem.battery)
    alone = {key: value for key, value in problem.initial.items() if key == problem.battery}
    return np.asarray(realization.battery_alone.density(alone).toarray())


def without_mode(problem: Problem) -> str:
    """Return why a merit of light cannot be given."""
    return "it needs a mode such as a cavity, and there is none" if problem.mode is None else ""


def without_spin(problem: Problem, fewest: int = 1) -> str:
    """Return why a merit of two-level atoms cannot be given."""
    atoms = problem.space.factors[problem.battery]
    if not isinstance(atoms, Atoms) or len(atoms.levels) != 2:
        return "it needs a battery of two-level atoms"
    if atoms.n_atoms < fewest:
        return f"it needs at least {fewest} atoms, and there is {atoms.n_atoms}"
    return ""


def without_charger(problem: Problem) -> str:
    """Return why a merit of two parties cannot be given."""
    if len(problem.space.factors) > 1:
        return ""
    return "it needs a charger next to the battery, and there is none"
