"""Requirements of merits: mode operators, the initial state, and reasons for unavailability."""

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
    """Return a product of named operators of the charger mode as an observable."""
    return Expectation.of(str(problem.mode), names)


def initial_battery_state(realization: Realization) -> NDArray[Any]:
    """Return the reduced state of the battery at time 0, shape ``(d, d)``."""
    problem = realization.problem
    if WHOLE_SPACE in problem.initial:
        return problem.space.marginal(realization.rho_0, problem.battery)
    alone = {key: value for key, value in problem.initial.items() if key == problem.battery}
    return np.asarray(realization.battery_alone.density(alone).toarray())


def without_mode(problem: Problem) -> str:
    """Return why photon merits are unavailable: there is no mode."""
    return (
        "it needs a mode such as a cavity, but the system has none" if problem.mode is None else ""
    )


def without_spin(problem: Problem, fewest: int = 1) -> str:
    """Return why spin merits are unavailable: no or too few two-level atoms."""
    atoms = problem.space.factors[problem.battery]
    if not isinstance(atoms, Atoms) or len(atoms.levels) != 2:
        return "it needs a battery of two-level atoms"
    if atoms.n_atoms < fewest:
        return f"it needs at least {fewest} atoms, but the battery has {atoms.n_atoms}"
    return ""


def without_charger(problem: Problem) -> str:
    """Return why merits of correlations with the charger are unavailable: there is no charger."""
    if len(problem.space.factors) > 1:
        return ""
    return "it needs a charger in addition to the battery, but the system has none"
