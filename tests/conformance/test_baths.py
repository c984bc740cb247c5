"""Laws of the environments themselves: what a cold one takes, what a warm one balances."""

from __future__ import annotations

import numpy as np
import pytest
from laws import assert_detailed_balance, assert_no_gain
from specimen import PAIRS, dense_jumps, example, excitations, problem_of

from qubatt.core.declaration import fields_of
from qubatt.core.problem import Problem
from qubatt.core.realization import realize
from qubatt.core.registry import registry
from qubatt.core.space import Basis

BASES: tuple[Basis, ...] = ("symmetric", "full")
FITS = [pair for pair in PAIRS if problem_of(*pair) is not None]
THERMAL = [
    (battery, environment)
    for battery, environment in FITS
    if "n_thermal" in fields_of(registry.get("environment", environment))
]
HELD = [
    (battery, environment, basis)
    for battery, environment in THERMAL
    for basis in BASES
    if basis == "full"
    or all(j.scope == "collective" for j in problem_of(battery, environment).jumps)
]
"""With the bases that can hold them: baths of single atoms leave the symmetric states."""

every_bath = pytest.mark.parametrize(("battery", "environment"), THERMAL)


def test_there_are_thermal_baths() -> None:
    """An empty list would make every law hold."""
    assert len(THERMAL) >= 4


def thermal_problem(battery: str, environment: str, n_thermal: float) -> Problem:
    """Return a battery with one bath of that occupation."""
    problem = problem_of(battery, environment, n_thermal=n_thermal)
    assert problem is not None
    return problem


@every_bath
def test_cold_baths_take_excitations_only(battery: str, environment: str) -> None:
    """At n̄ = 0 no jump adds an excitation, and the ground state is left alone."""
    realization = realize(thermal_problem(battery, environment, 0.0))
    number = excitations(realization)
    jumps = dense_jumps(realization)
    assert jumps
    for _, c in jumps:
        assert_no_gain(c, number)
        np.testing.assert_array_equal(c[:, 0], 0.0)  # c|ground⟩


@every_bath
def test_warm_baths_do_add(battery: str, environment: str) -> None:
    """At n̄ > 0 the same check must fail for the jump up."""
    realization = realize(thermal_problem(battery, environment, 0.5))
    number = excitations(realization)
    raising = [c for _, c in dense_jumps(realization) if np.any(c[:, 0])]  # move the ground state
    assert raising
    for up in raising:
        with pytest.raises(AssertionError, match="gain"):
            assert_no_gain(up, number)


@pytest.mark.parametrize("n_thermal", [1e-3, 0.4, 20.0])
@pytest.mark.parametrize(("battery", "environment", "basis"), HELD)
def test_detailed_balance(battery: str, environment: str, n_thermal: float, basis: Basis) -> None:
    """Rates up and down stand in the ratio n̄ : (n̄ + 1)."""
    realization = realize(thermal_problem(battery, environment, n_thermal), basis)
    assert_detailed_balance(dense_jumps(realization), excitations(realization), n_thermal)


@every_bath
def test_rates_are_the_ones_asked_for(battery: str, environment: str) -> None:
    """γ(n̄ + 1) and γn̄, neither doubled nor halved."""
    rate = example("environment", environment).rate
    problem = thermal_problem(battery, environment, 0.3)
    assert sorted(jump.rate for jump in problem.jumps) == pytest.approx(
        [0.3 * rate, 1.3 * rate], rel=1e-12
    )


@pytest.mark.parametrize(("battery", "environment", "basis"), HELD)
def test_bath_keeps_its_gibbs_state(battery: str, environment: str, basis: Basis) -> None:
    """With n̄/(n̄ + 1) = exp(−β) the state exp(−β n)/Z does not change under the bath alone."""
    n_thermal = 0.7
    realization = realize(thermal_problem(battery, environment, n_thermal), basis)
    weights = np.diag(excitations(realization)) * np.log(n_thermal / (n_thermal + 1))
    rho = np.diag(np.exp(weights) / np.exp(weights).sum())
    change, flow = np.zeros_like(rho), 0.0
    for rate, c in dense_jumps(realization):
        loss = c.conj().T @ c
        term = rate * (c @ rho @ c.conj().T - 0.5 * (loss @ rho + rho @ loss))
        flow += np.abs(term).max()
        change = change + term
    np.testing.assert_allclose(change, 0.0, atol=1e-14)
    assert flow > 1e-3  # two flows that cancel, not none


def test_detailed_balance_fails_on_wrong_rates_and_partners() -> None:
    """Equal rates, a ratio of n̄ alone, a missing or different jump up are seen."""
    n = np.diag([0.0, 1.0, 2.0])
    a = np.diag(np.sqrt([1.0, 2.0]), k=1)
    other = np.diag([1.0, 1.0], k=-1)
    assert_detailed_balance([(1.5, a), (0.5, a.T)], n, 0.5)
    for wrong in (
        [(1.0, a), (1.0, a.T)],
        [(1.0, a), (0.5, a.T)],
        [(1.5, a)],
        [(1.5, a), (0.5, other)],
        [(0.5, a), (1.5, a.T)],
        [(1.5, a), (0.5, a.T), (0.1, n)],
    ):
        with pytest.raises(AssertionError):
            assert_detailed_balance(wrong, n, 0.5)
