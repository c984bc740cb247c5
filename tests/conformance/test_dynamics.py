"""Laws of open dynamics, for every battery with every environment that fits it."""

from __future__ import annotations

import numpy as np
import pytest
from laws import (
    assert_constant,
    assert_derivative,
    assert_hermitian,
    assert_never_rises,
    assert_populations,
    assert_positive,
    assert_trace_annihilated,
    assert_trace_one,
    assert_within_spectrum,
)
from specimen import (
    NAMES,
    PAIRS,
    TIMES,
    dense_jumps,
    direction,
    example,
    excitations,
    moments_of,
    problem_of,
    run_of,
)

import qubatt as qb
from qubatt.core.realization import Realization, realize
from qubatt.core.solution import Solution
from qubatt.engines.generator import Generator
from solving import solve

Run = tuple[Realization, Solution]
MISFITS = [pair for pair in PAIRS if problem_of(*pair) is None]
FITS = [pair for pair in PAIRS if pair not in MISFITS]
LONELY = [(name, None) for name in NAMES["battery"]]
CHARGED = [
    ("dicke", environment, name)
    for name in NAMES["charger"]
    for environment in (None, "cavity-loss")
]


def identify(name: str | None) -> str:
    """Return the name of a part, for the name of a test."""
    return name or "alone"


@pytest.fixture(params=[*FITS, *LONELY, *CHARGED], ids=lambda pair: "+".join(map(identify, pair)))
def run(request: pytest.FixtureRequest) -> Run:
    """Return a battery with one environment, or none, solved over a unit of time.

    Every charger state takes part, in one battery with a cavity.
    """
    return run_of(*request.param)


def random_state(dim: int) -> np.ndarray:
    """Return a random density matrix of full rank."""
    rng = np.random.default_rng(dim)
    root = rng.normal(size=(dim, dim)) + 1j * rng.normal(size=(dim, dim))
    rho = root @ root.conj().T
    return rho / np.trace(rho)


@pytest.mark.parametrize(("battery", "environment"), MISFITS)
def test_misfits_say_what_does_not_fit(battery: str, environment: str) -> None:
    """A refusal names the dissipator by its class."""
    part = example("environment", environment)
    with pytest.raises(qb.UnsupportedError, match=type(part).__name__):
        example("battery", battery).problem(environment=[part])


@pytest.mark.parametrize("battery", NAMES["battery"])
def test_every_battery_can_lose_energy(battery: str) -> None:
    """At least one environment fits."""
    assert any(name == battery for name, _ in FITS)


def test_states_are_density_matrices(run: Run) -> None:
    """Trace 1, Hermitian, no negative eigenvalue, at every time."""
    _, solution = run
    assert solution.states is not None
    assert_trace_one(solution.states)
    np.testing.assert_allclose(solution.trace, 1.0, atol=1e-10)
    assert_hermitian(solution.states)
    assert_positive(solution.states)


def test_hamiltonians_are_hermitian(run: Run) -> None:
    """H and H_B, in the basis that was chosen."""
    realization, _ = run
    assert_hermitian(realization.H.toarray())
    assert_hermitian(realization.H_B.toarray())


def test_generator_annihilates_the_trace(run: Run) -> None:
    """L†(1) = 0 and Tr L(ρ) = 0 for any state."""
    realization, _ = run
    one = realization.operator([]) + np.eye(realization.dim)
    rho = random_state(realization.dim)
    assert_trace_annihilated(realization.adjoint(one).toarray(), Generator(realization)(0.0, rho))


def test_energy_lies_within_the_spectrum(run: Run) -> None:
    """Tr[ρ H_B] is bounded by the eigenvalues of H_B, Tr[ρ H] by those of H."""
    realization, solution = run
    assert_within_spectrum(solution.moments["H_B"], realization.H_B.toarray())
    assert_within_spectrum(solution.moments["hamiltonian"], realization.H.toarray())


def test_power_is_the_derivative_of_the_energy(run: Run) -> None:
    """P = dE/dt at every time, by an independent differentiation."""
    _, solution = run
    assert_derivative(TIMES, solution.moments["H_B"], solution.moments["dH_B/dt"])


def test_populations_are_probabilities(run: Run) -> None:
    """Merits called populations, and every diagonal entry of ρ, lie in [0, 1]."""
    _, solution = run
    named = [name for name in solution.moments if "P_" in name]
    assert named
    for name in named:
        assert_populations(solution.moments[name])
    assert_populations(np.diagonal(solution.states, axis1=1, axis2=2).real)


def test_moments_are_those_of_the_states(run: Run) -> None:
    """Every merit equals Tr(Oρ), computed densely."""
    realization, solution = run
    for observable in moments_of(realization.problem):
        operator = realization.observe(observable).steady.toarray()
        expected = np.einsum("tij,ji->t", solution.states, operator).real
        np.testing.assert_allclose(
            solution.of(observable), expected, atol=1e-11, err_msg=observable.label
        )


@pytest.mark.parametrize(
    "case",
    [*LONELY, *[case for case in CHARGED if case[1] is None]],
    ids=lambda case: "+".join(map(identify, case)),
)
def test_without_environment_evolution_is_unitary(case: tuple[str | None, ...]) -> None:
    """Purity, the spectrum of ρ and the total energy ⟨H⟩ stay as they are."""
    _, solution = run_of(*case)
    assert_constant(np.einsum("tij,tji->t", solution.states, solution.states).real)
    assert_constant(solution.moments["hamiltonian"])
    assert np.ptp(solution.moments["H_B"]) > 1e-3  # something does happen


@pytest.mark.parametrize(("battery", "environment"), FITS)
def test_environment_makes_states_mixed(battery: str, environment: str) -> None:
    """Unlike above, purity falls: the law of unitarity is not true of everything."""
    _, solution = run_of(battery, environment)
    purity = np.einsum("tij,tji->t", solution.states, solution.states).real
    with pytest.raises(AssertionError):
        assert_constant(purity)


def conserves_excitations(battery: str) -> bool:
    """Return whether H alone keeps the number of excitations."""
    realization = realize(problem_of(battery, None))
    number, H = excitations(realization), realization.H.toarray()
    return bool(np.abs(number @ H - H @ number).max() < 1e-12)


CONSERVING = [pair for pair in FITS if conserves_excitations(pair[0])]


def test_tavis_cummings_conserves_and_dicke_does_not() -> None:
    """The list below is neither empty nor everything."""
    names = {battery for battery, _ in CONSERVING}
    assert "tavis-cummings" in names
    assert "dicke" not in names


@pytest.mark.parametrize(("battery", "environment"), CONSERVING)
def test_cold_environments_go_one_way(battery: str, environment: str) -> None:
    """Where H conserves the number of excitations, it follows the jumps at n̄ = 0.

    It falls where jumps take excitations, rises where they add some, and stays where they do
    neither.
    """
    problem = problem_of(battery, environment, n_thermal=0.0)
    realization = realize(problem)
    number = excitations(realization)
    (way,) = {direction(jump, number) for _, jump in dense_jumps(realization)}
    solution = solve(qb.MatrixEngine(), problem, TIMES, {}, states=True)
    values = np.einsum("tij,ji->t", solution.states, number).real
    if way == 0:
        assert_constant(values)
        return
    assert_never_rises(-way * values)
    assert way * (values[-1] - values[0]) > 1e-3


def test_environments_go_all_three_ways() -> None:
    """The law above is not about losses only."""
    ways = set()
    for battery, environment in CONSERVING:
        realization = realize(problem_of(battery, environment, n_thermal=0.0))
        number = excitations(realization)
        ways |= {direction(jump, number) for _, jump in dense_jumps(realization)}
    assert ways == {-1, 0, 1}


# each assertion, shown to fail


def test_state_laws_fail_on_wrong_states() -> None:
    """A trace of 1.001, a skewed matrix, and a negative eigenvalue are seen."""
    good = np.array([np.diag([0.5, 0.5]).astype(complex)])
    for law in (assert_trace_one, assert_hermitian, assert_positive):
        law(good)
    with pytest.raises(AssertionError):
        assert_trace_one(good * 1.001)
    with pytest.raises(AssertionError):
        assert_hermitian(good + np.array([[0, 1e-9], [0, 0]]))
    with pytest.raises(AssertionError):
        assert_positive(np.array([np.diag([1.0, 1e-3, -1e-3])]))


def test_trace_law_fails_on_half_a_dissipator() -> None:
    """Damping without its jump loses probability."""
    dual, change = np.diag([0.0, -0.5]), np.diag([0.5, -0.5])
    with pytest.raises(AssertionError):
        assert_trace_annihilated(dual, change)
    with pytest.raises(AssertionError):
        assert_trace_annihilated(np.zeros((2, 2)), np.diag([0.4, -0.5]))


def test_spectrum_law_fails_outside() -> None:
    """Values above or below the eigenvalues are seen."""
    H = np.diag([-1.0, 2.0])
    assert_within_spectrum(np.array([-1.0, 2.0]), H)
    for value in (-1.01, 2.01):
        with pytest.raises(AssertionError):
            assert_within_spectrum(np.array([0.0, value]), H)


def test_population_law_fails_outside() -> None:
    """Below 0 and above 1."""
    for value in (-1e-6, 1.0 + 1e-6):
        with pytest.raises(AssertionError):
            assert_populations(np.array([0.5, value]))


def test_conservation_laws_fail_on_drift() -> None:
    """A drift of 1e-6 is seen, a rise too."""
    with pytest.raises(AssertionError):
        assert_constant(np.array([1.0, 1.0, 1.0 + 1e-6]))
    with pytest.raises(AssertionError):
        assert_never_rises(np.array([1.0, 0.5, 0.5 + 1e-6]))


def test_derivative_law_fails_on_a_wrong_slope() -> None:
    """Exact for a fast oscillation; a slope that is off by 1e-6, or of E/t, is seen."""
    values, slope = np.sin(20 * TIMES), 20 * np.cos(20 * TIMES)
    assert_derivative(TIMES, values, slope)
    for wrong in (slope + 1e-6, values / TIMES, -slope):
        with pytest.raises(AssertionError):
            assert_derivative(TIMES, values, wrong)
