"""Examples of everything that is registered, and runs of them, for the laws to look at."""

from __future__ import annotations

import dataclasses
from functools import cache
from typing import Any

import numpy as np
from laws import chebyshev_times

import qubatt as qb
import qubatt.charging  # registers all that can be charged
from qubatt.core.declaration import example_of, fields_of
from qubatt.core.observable import MatrixObservable, Observable
from qubatt.core.problem import Problem, Term
from qubatt.core.realization import Realization, realize
from qubatt.core.registry import registry
from qubatt.core.solution import Solution
from qubatt.environment import Dissipator
from qubatt.merits import Merit
from qubatt.merits.selection import all_merits
from qubatt.models import Battery
from solving import observables_of, solve

KINDS = ("battery", "environment", "charger", "pulse", "engine", "steady-solver", "merit")
"""Kinds whose entries are classes that a user constructs."""

NAMES = {kind: tuple(registry.items(kind)) for kind in KINDS}
MERITS = all_merits()
"""All variants of all merits, by the names of their variables."""

PAIRS = [(battery, other) for battery in NAMES["battery"] for other in NAMES["environment"]]

HOLDS_ALL = 12
"""Highest Fock level of the cavity in which the example of every charger state fits."""

TIMES = chebyshev_times(end=1.0, number=48)
"""Output times of the runs, for differentiating exactly."""


def example(kind: str, name: str, **changes: Any) -> Any:
    """Return the small instance of a registered class, with some fields changed."""
    thing = example_of(registry.get(kind, name))
    known = fields_of(type(thing))
    return dataclasses.replace(thing, **{k: v for k, v in changes.items() if k in known})


def smallest(name: str, max_photons: int, n_atoms: int = 2) -> Battery:
    """Return the example battery with few atoms and photons, but all of its default charger."""
    model = example("battery", name, n_atoms=n_atoms, max_photons=HOLDS_ALL)
    charger = model.default_charger()
    if charger is None or "max_photons" not in fields_of(type(model)):
        return model
    levels = max(max_photons, charger.photons)
    return dataclasses.replace(model, max_photons=levels)


def direction(jump: np.ndarray, number: np.ndarray) -> int:
    """Return −1, 0 or 1 where a jump c takes, keeps or adds excitations: the sign of [n, c]."""
    change = np.vdot(jump, number @ jump - jump @ number).real
    return int(np.sign(np.round(change, 12)))


def fitting(battery: Battery, **changes: Any) -> list[Dissipator]:
    """Return an example of every environment that fits the battery."""
    found = []
    for name in NAMES["environment"]:
        part = example("environment", name, **changes)
        try:
            part.jumps(battery.space)
        except qb.UnsupportedError:
            continue
        found.append(part)
    return found


def problem_of(
    battery: str, environment: str | None, charger: str | None = None, **changes: Any
) -> Problem | None:
    """Return the problem of an example pair; None where they do not fit and say so.

    Named charger states get a cavity that holds them.
    """
    try:
        parts = [] if environment is None else [example("environment", environment, **changes)]
        if charger is None:
            return example("battery", battery).problem(environment=parts)
        model = example("battery", battery, max_photons=HOLDS_ALL, n_atoms=2)
        return model.problem(example("charger", charger), parts)
    except qb.UnsupportedError:
        return None


def merits_of(problem: Problem) -> list[Merit]:
    """Return every merit that the problem can give."""
    return [merit for merit in MERITS.values() if not merit.unavailable(realize(problem))]


def moments_of(problem: Problem) -> list[Observable]:
    """Return the observables that all of them need."""
    return observables_of(merits_of(problem), problem)


@cache
def run_of(
    battery: str, environment: str | None, charger: str | None = None
) -> tuple[Realization, Solution] | None:
    """Return the example pair solved with states, or None where they do not fit.

    The tolerance leaves room for differentiating the result.
    """
    problem = problem_of(battery, environment, charger)
    if problem is None:
        return None
    realization = realize(problem)
    moments = [*moments_of(problem), MatrixObservable("hamiltonian", lambda R: R.H)]
    solution = solve(qb.MatrixEngine(tolerance=1e-12), problem, TIMES, moments, states=True)
    return realization, solution


def excitations(realization: Realization) -> np.ndarray:
    """Return the number of excitations, photons plus the height of each atom's level."""
    terms = []
    for name, factor in realization.problem.space.factors.items():
        if not factor.levels:
            terms.append(Term(1.0, {name: "n"}))
        for height, level in enumerate(factor.levels):
            terms.append(Term(float(height), {name: f"S_{level[0]}{level[0]}"}))
    return realization.operator(terms).toarray()


def dense_jumps(realization: Realization) -> list[tuple[float, np.ndarray]]:
    """Return the pairs (γ, c) with dense matrices."""
    return [(rate, c.toarray()) for rate, c in realization.jumps]
