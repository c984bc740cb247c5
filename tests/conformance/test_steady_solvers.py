"""Every registered steady solver against the null space of the dense superoperator."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import numpy as np
import pytest
from draw import random_battery
from laws import assert_hermitian
from specimen import NAMES, example
from stationary import stationary

import qubatt as qb
from qubatt.core.problem import Problem
from qubatt.core.realization import realize
from qubatt.core.solution import ErrorKind
from qubatt.engines.exact.reduced_lindbladian import ReducedLindbladian
from qubatt.engines.steady.coordinates import Coordinates
from qubatt.engines.steady.solve_steady import SteadySolution
from qubatt.engines.steady.steady_solver import SteadySolver, UnsuitedError
from solving import solve_steady

every_solver = pytest.mark.parametrize("name", NAMES["steady-solver"])

FEW = 8
"""Random problems that each solver is tried on."""


def damped(problem: Problem, share: float) -> Problem:
    """Return a problem with all its rates times a factor."""
    jumps = tuple(replace(jump, rate=share * jump.rate) for jump in problem.jumps)
    return replace(problem, jumps=jumps)


def solved(
    solver: SteadySolver, problem: Problem, basis: str | None = None
) -> tuple[Problem, SteadySolution]:
    """Return the steady state at the strongest damping at which the solver gets there."""
    for share in (1.0, 0.1, 1e-2, 1e-3):
        weaker = damped(problem, share)
        try:
            return weaker, solve_steady(weaker, {}, method=solver, basis=basis, state=True)
        except UnsuitedError:
            continue
    pytest.fail(f"{solver.name} does not get there at any damping")


def assert_close(solver: SteadySolver, found: SteadySolution, wanted: np.ndarray) -> None:
    """As close as its estimated error says, if that is to be relied on."""
    assert_hermitian(found.state)
    assert np.trace(found.state).real == pytest.approx(1.0, abs=1e-9)
    distance = np.linalg.norm(found.state - wanted)
    if solver.error == "bound":
        assert found.converged
        assert distance <= 10 * found.error_estimate + 1e-9
        assert distance <= 1e-6
    elif solver.error == "statistical":
        assert distance <= 5 * found.error_estimate + 1e-9
    else:
        assert distance <= 0.5


@every_solver
@pytest.mark.parametrize("seed", range(FEW))
def test_steady_state_is_the_null_vector(name: str, seed: int) -> None:
    """On a random battery whose damping suits the solver."""
    solver = example("steady-solver", name)
    problem = random_battery(np.random.default_rng(1000 + seed))
    if stationary(realize(problem)).lasting > 1e-6:
        with pytest.raises(qb.UnsupportedError, match="never becomes steady"):
            solved(solver, problem)
        return
    chosen, found = solved(solver, problem)
    assert found.statistics["method"] == name
    assert_close(solver, found, stationary(realize(chosen)).state)


@every_solver
@pytest.mark.parametrize("basis", ["symmetric", "full"])
def test_bases_are_those_it_names(name: str, basis: str) -> None:
    """Others are refused by name."""
    solver = example("steady-solver", name)
    problem = qb.DrivenBattery(2, drive=1.0).problem(environment=[qb.CollectiveDecay(0.1)])
    if basis not in solver.bases:
        with pytest.raises(qb.UnsupportedError, match=f"`{name}` does not take the {basis} basis"):
            solve_steady(problem, {}, method=name, basis=basis)
        return
    chosen, found = solved(solver, problem, basis)
    assert_close(solver, found, stationary(realize(chosen, basis)).state)


@every_solver
def test_solvers_describe_themselves(name: str) -> None:
    """Bases, kind of error, and an effort that grows with the problem."""
    solver = example("steady-solver", name)
    assert solver.name == name
    assert solver.bases
    assert solver.bases <= {"symmetric", "full"}
    assert solver.error in get_args(ErrorKind)
    efforts = []
    for n_atoms in (2, 12):
        problem = qb.DrivenBattery(n_atoms, 1.0).problem(environment=[qb.CollectiveDecay(0.1)])
        efforts.append(solver.cost(Coordinates(ReducedLindbladian(realize(problem)))))
    for small, large in zip(*efforts, strict=True):
        assert 0 < small < large


def test_a_wrong_state_is_not_close() -> None:
    """The law sees one off by 1e-5, and one whose error is understated."""
    solver = qb.DirectSolver()
    problem = qb.DrivenBattery(2, drive=1.0).problem(environment=[qb.CollectiveDecay(0.4)])
    found = solve_steady(problem, {}, method=solver, state=True)
    wanted = stationary(realize(problem)).state
    assert_close(solver, found, wanted)
    ground = np.zeros_like(wanted)
    ground[0, 0] = 1.0
    for share in (1e-5, 1e-7):
        with pytest.raises(AssertionError):
            assert_close(solver, found, (1 - share) * wanted + share * ground)
