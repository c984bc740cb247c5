"""Operators that several merits read, and reasons why a battery cannot give a merit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scipy.sparse as sp
from numpy.typing import NDArray

from qubatt.core.problem import Problem, Term
from qubatt.core.realization import Observable, Realization
from qubatt.core.space import WHOLE, Basis, Operator
from qubatt.merits.merit import Moments
from qubatt.operators import Atoms

ENERGY: Moments = {"H_B": lambda realization: realization.H_B}
"""⟨H_B⟩."""


def _above_empty_squared(realization: Realization) -> Operator:
    above = realization.H_B - realization.H_B[0, 0] * sp.eye_array(realization.dim)
    return sp.csr_array(above @ above)


ENERGY_SQUARE: Moments = {"(H_B - E_G)^2": _above_empty_squared}
"""⟨(H_B − E_G)²⟩ with the energy E_G of the empty battery, whose state is the first of the basis.

Without E_G the variance of an almost empty battery would be a difference of large numbers.
"""


Builder = Callable[[Realization], Operator | Observable]
"""Builds the operator of a moment."""


def changing(operator: Operator, realization: Realization) -> Observable:
    """Return L†(O), pulses included: d⟨O⟩/dt is its expectation value."""
    return Observable(realization.adjoint(operator), realization.pulsed_adjoint(operator))


POWER: Moments = {"dH_B/dt": lambda realization: changing(realization.H_B, realization)}
"""d⟨H_B⟩/dt."""


def product(factor: str, operators: str) -> Callable[[Realization], Operator]:
    """Return what builds a product of named operators on one factor."""
    return lambda realization: realization.operator([Term(1.0, {factor: operators})])


def start_of_battery(problem: Problem, basis: Basis) -> NDArray[Any]:
    """Return the reduced state of the battery at time 0, shape ``(d, d)``."""
    name = problem.battery
    if WHOLE in problem.initial:
        return problem.space.marginal(Realization(problem, basis).rho_0, name, basis)
    alone = {key: value for key, value in problem.initial.items() if key == name}
    return Realization(Problem(problem.space.only(name), name, (), (), (), alone), basis).rho_0


def has_pulses(problem: Problem) -> bool:
    """Tell whether the Hamiltonian depends on time."""
    return any(term.pulse is not None for term in problem.charging_terms)


def without_cavity(problem: Problem) -> str:
    """Return why a merit of light cannot be given."""
    return "" if "cavity" in problem.space.factors else "it needs a cavity, which is not there"


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
    return "it needs a charger beside the battery, and there is none"
