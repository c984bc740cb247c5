"""Engine against engine: the dense superoperator is the oracle for small problems."""

import numpy as np
import pytest
import qutip as qt
from hypothesis import given, settings
from hypothesis import strategies as st

import qubatt as qb
from qubatt.core.problem import Jump, Problem, Term
from qubatt.core.realization import realize
from qubatt.core.space import Space
from qubatt.operators import Atoms, Mode
from solving import solve

from .qutip_models import OPTIONS

MOMENTS = {
    "energy": lambda realization: realization.H_B,
    "power": lambda realization: realization.adjoint(realization.H_B),
}


def hermitian(coefficient, operators, adjoint):
    """Return c O + c* O^dag."""
    return Term(coefficient, operators), Term(np.conj(coefficient), adjoint)


def random_state(rng, dim):
    """Return a random mixed state."""
    root = rng.normal(size=(dim, dim)) + 1j * rng.normal(size=(dim, dim))
    rho = root @ root.conj().T
    return rho / np.trace(rho).real


def random_problem(rng, n_atoms, max_photons, local):
    """Return a problem with complex H and jumps and a mixed start without correlations."""
    c = rng.normal(size=4) + 1j * rng.normal(size=4)
    space = Space({"cavity": Mode(max_photons), "atoms": Atoms(n_atoms)})
    charging = (
        Term(rng.normal(), {"cavity": "n"}),
        Term(rng.normal(), {"atoms": "Jy"}),
        *hermitian(0.3 * c[0], {"cavity": "a"}, {"cavity": "a+"}),
        *hermitian(0.3 * c[1], {"cavity": "a", "atoms": "J+"}, {"cavity": "a+", "atoms": "J-"}),
        *hermitian(0.2 * c[2], {"cavity": "a", "atoms": "J-"}, {"cavity": "a+", "atoms": "J+"}),
        *hermitian(0.1 * c[3], {"cavity": ("a", "a")}, {"cavity": ("a+", "a+")}),
    )
    rates = rng.uniform(0.05, 0.5, 6)
    jumps = [
        Jump(rates[0], {"cavity": "a"}),
        Jump(rates[1], {"cavity": "a+"}),
        Jump(rates[2], {"atoms": "J-"}),
        Jump(rates[3], {"cavity": "a", "atoms": "J+"}),
        Jump(rates[5], {"cavity": "a", "atoms": "Jy"}),
    ]
    if local:
        jumps.append(Jump(rates[4], {"atoms": "S_ge"}, scope="local"))
    basis = "full" if local else "symmetric"
    return Problem(
        space=space,
        battery="atoms",
        battery_terms=(Term(1.0, {"atoms": "Jz"}), Term(rng.normal(), {"atoms": "Jx"})),
        charging_terms=charging,
        jumps=tuple(jumps),
        initial={
            name: random_state(rng, dim)
            for name, dim in zip(space.factors, space.in_basis(basis).dims, strict=True)
        },
    )


@settings(max_examples=12, derandomize=True, deadline=None, database=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    n_atoms=st.integers(1, 3),
    max_photons=st.integers(1, 4),
    local=st.booleans(),
)
def test_matrix_engine_agrees_with_the_dense_oracle(seed, n_atoms, max_photons, local):
    """States and moments of both engines agree for complex H, mixed starts and local jumps."""
    if local:
        n_atoms = min(n_atoms, 2)
    rng = np.random.default_rng(seed)
    problem = random_problem(rng, n_atoms, max_photons, local)
    times = np.linspace(0, 2, 6)
    oracle = solve(qb.DenseEngine(), problem, times, MOMENTS, states=True)
    matrix = solve(qb.MatrixEngine(), problem, times, MOMENTS, states=True)
    assert np.max(np.linalg.norm(matrix.states - oracle.states, axis=(1, 2))) < 1e-8
    for name in MOMENTS:
        np.testing.assert_allclose(matrix.moments[name], oracle.moments[name], atol=1e-8)


@pytest.mark.parametrize("engine", [qb.DenseEngine(), qb.MatrixEngine()])
@pytest.mark.parametrize("local", [False, True])
def test_engines_agree_with_qutip_on_complex_problems(engine, local):
    """Complex H, which no battery has, and a mixed start, integrated by mesolve."""
    problem = random_problem(np.random.default_rng(7), 2, 3, local)
    arrays = realize(problem)
    dims = arrays.problem.space.dims
    H, rho = (qt.Qobj(matrix, dims=[[*dims]] * 2) for matrix in (arrays.H.toarray(), arrays.rho_0))
    c_ops = [np.sqrt(rate) * qt.Qobj(c.toarray(), dims=[[*dims]] * 2) for rate, c in arrays.jumps]
    times = np.linspace(0, 3, 7)
    expected = qt.mesolve(H, rho, times, c_ops, options=OPTIONS).states
    states = solve(engine, problem, times, {}, states=True).states
    for computed, known in zip(states, expected, strict=True):
        np.testing.assert_allclose(computed, known.full(), atol=1e-8)


BATTERIES = {
    "dicke": qb.DickeBattery(n_atoms=2, coupling=0.5, interaction=0.8, max_photons=7).problem(
        environment=[qb.CavityLoss(0.5, n_thermal=0.2)]
    ),
    "driven": qb.DrivenBattery(n_atoms=9, drive=1.3, interaction=0.7).problem(
        environment=[qb.CollectiveDecay(0.5)]
    ),
    "closed": qb.TavisCummingsBattery(n_atoms=3, coupling=0.5, max_photons=5).problem(),
    "cascade": qb.CascadeBattery(interaction=0.5, max_photons=3).problem(
        environment=[qb.CavityLoss(0.5)]
    ),
}

T_END = 10.0


@pytest.fixture(scope="module", params=list(BATTERIES))
def oracle(request):
    """A problem and its exact states at forty times."""
    problem = BATTERIES[request.param]
    times = np.linspace(0, T_END, 41)[1:]
    return problem, times, solve(qb.DenseEngine(), problem, times, {}, states=True).states


def test_engines_agree_on_the_largest_problem_of_the_oracle_that_is_quick():
    """36 states, from 0 to the end in one exponential."""
    battery = qb.DickeBattery(n_atoms=3, coupling=0.4, interaction=-0.6, max_photons=8)
    problem = battery.problem(environment=[qb.CavityLoss(0.6), qb.CollectiveDecay(0.2)])
    runs = [
        solve(engine, problem, np.array([1.5]), {}, states=True)
        for engine in (qb.DenseEngine(), qb.MatrixEngine())
    ]
    assert runs[0].statistics["dimension"] == 36
    assert np.linalg.norm(runs[0].states - runs[1].states) < 1e-8


def largest_error(run, exact):
    """Return the largest Frobenius distance to the exact states over the run."""
    return np.max(np.linalg.norm(run.states - exact, axis=(1, 2)))


def test_tighter_tolerance_reduces_the_error(oracle):
    """Each factor of 100 in the tolerance takes a factor of 10 or more off the largest error."""
    problem, times, exact = oracle
    errors = [
        largest_error(solve(qb.MatrixEngine(tolerance), problem, times, {}, states=True), exact)
        for tolerance in (1e-4, 1e-6, 1e-8, 1e-10)
    ]
    ratios = np.divide(errors[:-1], errors[1:])
    assert np.all(ratios > 10), errors


@pytest.mark.parametrize("outputs", ["all", "last"])
@pytest.mark.parametrize("tolerance", [1e-3, 1e-5, 1e-7, 1e-9, 1e-11])
def test_error_estimate_bounds_the_error_at_every_output_time(oracle, tolerance, outputs):
    """The sum of local errors is an upper bound down to rounding, and keeps the tolerance."""
    problem, times, exact = oracle
    wanted = slice(None) if outputs == "all" else slice(-1, None)
    run = solve(qb.MatrixEngine(tolerance), problem, times[wanted], {}, states=True)
    rounding = 1e-13
    assert largest_error(run, exact[wanted]) <= run.error_estimate + rounding
    assert run.error_estimate <= tolerance


def test_error_bound_notices_a_wrong_state(oracle):
    """The assertion above fails when the exact states are shifted by one output time."""
    problem, times, exact = oracle
    run = solve(qb.MatrixEngine(1e-7), problem, times[:-1], {}, states=True)
    assert largest_error(run, exact[1:]) > run.error_estimate


def test_dense_oracle_does_not_depend_on_the_output_times():
    """Propagators of different spacings give the same states: exp(Ls) exp(Lt) = exp(L(s + t))."""
    problem = BATTERIES["driven"]
    even = np.linspace(0, 4, 9)
    uneven = np.array([0.3, 0.5, 1.0, 1.7, 2.0, 4.0])
    one = solve(qb.DenseEngine(), problem, even, {}, states=True).states[[2, 4, 8]]
    other = solve(qb.DenseEngine(), problem, uneven, {}, states=True).states[[2, 4, 5]]
    np.testing.assert_allclose(one, other, atol=1e-12)
