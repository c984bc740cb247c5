"""Laws of steady states, for every battery with every environment, and for random ones."""

from __future__ import annotations

import warnings
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from draw import random_battery, random_state
from hypothesis import given, settings
from hypothesis import strategies as st
from laws import assert_hermitian
from scipy.linalg import expm
from specimen import NAMES, PAIRS, example, fitting, problem_of, smallest
from stationary import Stationary, eigenvalues_within_reach, stationary

import qubatt as qb
from qubatt.core.problem import Jump, Problem, Term
from qubatt.core.realization import Realization, realize
from qubatt.core.space import Space
from qubatt.engines.dense import superoperator
from qubatt.engines.generator import Generator
from qubatt.engines.steady.secular import NotWeakError
from qubatt.engines.steady.solve_steady import SteadySolution
from qubatt.operators import Atoms, Mode
from solving import solve_steady

METHODS = ("direct", "secular", "flow")
FITS = [pair for pair in PAIRS if problem_of(*pair) is not None]

at_random = settings(max_examples=25, derandomize=True, deadline=None, database=None)
seeds = st.integers(0, 2**32 - 1)


def assert_steady(realization: Realization, state: np.ndarray) -> None:
    """Hermitian, trace 1, no eigenvalue below −1e-10, and 𝓛ρ = 0 by an independent generator."""
    assert_hermitian(state)
    assert np.trace(state).real == pytest.approx(1.0, abs=1e-12)
    assert np.linalg.eigvalsh(state).min() >= -1e-10
    assert np.linalg.norm(Generator(realization)(0.0, state.astype(complex))) <= 1e-9


def assert_stays(realization: Realization, state: np.ndarray, time: float = 3.0) -> None:
    """exp(𝓛t)ρ = ρ."""
    later = expm(time * superoperator(realization)) @ state.ravel()
    assert np.linalg.norm(later - state.ravel()) <= 1e-9


def assert_end(found: SteadySolution, end: Stationary) -> None:
    """ρ is where ρ(0) ends, within the error that it reports, and that error is small."""
    assert found.converged
    distance = np.linalg.norm(found.state - end.state)
    assert distance <= 10 * found.error_estimate + 1e-9
    assert distance <= 1e-6


def small_problem(battery: str, environment: str) -> Problem:
    """Return the example pair, small enough for a dense superoperator."""
    model = smallest(battery, max_photons=2)
    part = example("environment", environment)
    return model.problem(environment=[part])


@cache
def end_of(battery: str, environment: str) -> tuple[Realization, Stationary]:
    """Return where the example pair ends."""
    realization = realize(small_problem(battery, environment))
    return realization, stationary(realization)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("battery", "environment"), FITS)
def test_every_battery_comes_to_rest(battery: str, environment: str, method: str) -> None:
    """Where its dense superoperator says, by every method; or it is refused for oscillating."""
    problem = small_problem(battery, environment)
    realization, end = end_of(battery, environment)
    if end.lasting > 1e-6:
        with pytest.raises(qb.UnsupportedError, match="never becomes steady"):
            solve_steady(problem, {}, method=method)
        return
    try:
        found = solve_steady(problem, {}, method=method, state=True)
    except NotWeakError:
        assert method == "secular"
        return
    assert_steady(realization, found.state)
    assert_end(found, end)
    if realization.dim <= 16:
        assert_stays(realization, found.state)


@pytest.mark.parametrize("battery", NAMES["battery"])
def test_dataset_of_every_battery(battery: str) -> None:
    """`steady_state` gives the variables of `charge`, at the end of a run that lasts long."""
    model = smallest(battery, max_photons=2)
    surroundings = fitting(model, n_thermal=0.0)
    names = ["energy", "power", "empty_population"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", qb.QubattWarning)  # holds at any cut-off
        end = qb.steady_state(model, environment=surroundings, merits=names, gap=True)
        late = 30.0 / float(end.relaxation_rate)
        run = qb.charge(model, times=[late], environment=surroundings, merits=names)
    for name in names:
        assert end[name].dims == ()
        assert end[name].attrs == run[name].attrs
        assert float(end[name]) == pytest.approx(float(run[name][0]), abs=1e-7)


def random_problem(rng: np.random.Generator) -> Problem:
    """Return a problem with complex H and jumps, which no battery has, and a mixed start."""
    space = Space(
        {"cavity": Mode(int(rng.integers(1, 4))), "atoms": Atoms(int(rng.integers(1, 4)))}
    )
    c = rng.normal(size=2) + 1j * rng.normal(size=2)
    charging = (
        Term(rng.normal(), {"cavity": "n"}),
        Term(rng.normal(), {"atoms": "Jy"}),
        Term(0.4 * c[0], {"cavity": "a"}),
        Term(0.4 * np.conj(c[0]), {"cavity": "a+"}),
        Term(0.4 * c[1], {"cavity": "a", "atoms": "J+"}),
        Term(0.4 * np.conj(c[1]), {"cavity": "a+", "atoms": "J-"}),
    )
    rates = rng.uniform(0.05, 0.5, 4)
    jumps = (
        Jump(rates[0], {"cavity": "a"}),
        Jump(rates[1], {"atoms": "J-"}),
        Jump(rates[2], {"cavity": "a", "atoms": "J+"}),
        Jump(rates[3], {"atoms": ("Jy", "Jz")}),
    )
    return Problem(
        space=space,
        battery="atoms",
        battery_terms=(Term(1.0, {"atoms": "Jz"}), Term(rng.normal(), {"atoms": "Jx"})),
        charging_terms=charging,
        jumps=tuple(jump for jump in jumps if rng.random() < 0.8) or jumps,
        initial={
            name: random_state(rng, dim)
            for name, dim in zip(space.factors, space.in_basis("symmetric").dims, strict=True)
        },
    )


def drawn(seed: int, battery: bool) -> Problem:
    """Return a random battery or another random problem."""
    rng = np.random.default_rng(seed)
    return random_battery(rng) if battery else random_problem(rng)


@at_random
@given(seed=seeds, battery=st.booleans())
def test_random_problems_come_to_rest(seed: int, battery: bool) -> None:
    """All methods find a density matrix that 𝓛 annihilates: the projection of ρ(0) on those."""
    problem = drawn(seed, battery)
    realization = realize(problem)
    end = stationary(realization)
    for method in METHODS:
        if end.lasting > 1e-6:
            with pytest.raises(qb.UnsupportedError, match="never becomes steady"):
                solve_steady(problem, {}, method=method)
            continue
        try:
            found = solve_steady(problem, {}, method=method, state=True)
        except NotWeakError:
            assert method == "secular"
            continue
        assert_steady(realization, found.state)
        assert_end(found, end)
        smallest = np.linalg.eigvalsh(found.state)[0]
        assert found.smallest_eigenvalue == pytest.approx(smallest, abs=1e-12)


@at_random
@given(seed=seeds, battery=st.booleans())
def test_relaxation_rate_is_the_gap_within_reach(seed: int, battery: bool) -> None:
    """Smallest −Re λ of the eigenvalues λ ≠ 0 of the dense 𝓛 on what ρ(0) can reach."""
    problem = drawn(seed, battery)
    try:
        found = solve_steady(problem, {}, gap=True)
    except qb.UnsupportedError:
        return
    values = eigenvalues_within_reach(realize(problem))
    rest = values[np.argsort(np.abs(values))][found.count :]
    assert found.relaxation_rate == pytest.approx(-rest.real.max(), rel=1e-4, abs=1e-8)


# each assertion, shown to fail


def example_of_a_steady_state() -> tuple[Realization, np.ndarray]:
    """Return a driven battery and its steady state."""
    problem = qb.DrivenBattery(3, drive=1.0).problem(environment=[qb.CollectiveDecay(0.4)])
    return realize(problem), solve_steady(problem, {}, state=True).state


def test_law_of_steadiness_fails_on_other_states() -> None:
    """A mixture with 1e-6 of the ground state, of the wrong trace, or skewed, is none."""
    realization, state = example_of_a_steady_state()
    assert_steady(realization, state)
    assert_stays(realization, state)
    moved = state + 1e-6 * (realization.rho_0 - state)
    for wrong in (moved, 1.001 * state, state + 1e-9j * np.eye(4)):
        with pytest.raises(AssertionError):
            assert_steady(realization, wrong)
    with pytest.raises(AssertionError):
        assert_stays(realization, moved)


def test_law_of_ends_fails_on_another_steady_state() -> None:
    """A dark state more, to which ρ(0) does not lead, is seen although it is steady."""
    start = np.eye(4)[1]
    problem = qb.DrivenBattery(2, drive=0.0).problem(environment=[qb.CollectiveDecay(1.0)])
    problem = replace(problem, initial={"atoms": start})
    realization = realize(problem, "full")
    end = stationary(realization)
    found = solve_steady(problem, {}, basis="full", state=True)
    assert_end(found, end)
    other = np.outer([0, 1, -1, 0], [0, 1, -1, 0]) / 2
    assert_steady(realization, other)
    with pytest.raises(AssertionError):
        assert_end(replace(found, state=other), end)


def test_lasting_oscillation_is_seen() -> None:
    """The oracle itself: a qubit that nothing damps turns for ever, one in a bath does not."""
    energy_rate = Problem(
        space=Space({"cavity": Mode(1), "atoms": Atoms(1)}),
        battery="atoms",
        battery_terms=(Term(1.0, {"atoms": "Jz"}),),
        charging_terms=(),
        jumps=(Jump(0.5, {"cavity": "a"}),),
        initial={"atoms": np.array([0.6, 0.8])},
    )
    assert stationary(realize(energy_rate)).lasting == pytest.approx(2 * 0.48, rel=1e-9)
    damped = replace(energy_rate, jumps=(*energy_rate.jumps, Jump(0.1, {"atoms": "J-"})))
    assert stationary(realize(damped)).lasting == 0.0


def test_random_problems_are_of_all_sorts() -> None:
    """Atoms alone, in a cavity, and of three levels, in several numbers."""
    rng = np.random.default_rng(0)
    spaces = {tuple(random_battery(rng).space.factors.values()) for _ in range(60)}
    assert len(spaces) >= 7
