"""Real coordinates of ρ: orthonormal, reversible, and the generator in them."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

import qubatt as qb
from qubatt.core.problem import Jump, Problem, Term
from qubatt.core.realization import realize
from qubatt.core.space import Space
from qubatt.engines.exact.reduced_lindbladian import ReducedLindbladian
from qubatt.engines.generator import Generator
from qubatt.engines.steady.coordinates import Coordinates
from qubatt.operators import Atoms, Mode

LOSS = [qb.CavityLoss(0.5, n_thermal=0.2)]


def complex_problem() -> Problem:
    """Return a problem with complex H and jumps and one sector, started in a random state."""
    rng = np.random.default_rng(3)
    root = rng.normal(size=(3, 3)) + 1j * rng.normal(size=(3, 3))
    rho = root @ root.conj().T
    return Problem(
        space=Space({"cavity": Mode(2), "atoms": Atoms(2)}),
        battery="atoms",
        battery_terms=(Term(1.0, {"atoms": "Jz"}), Term(0.3, {"atoms": "Jy"})),
        charging_terms=(
            Term(0.4j, {"cavity": "a+", "atoms": "J-"}),
            Term(-0.4j, {"cavity": "a", "atoms": "J+"}),
        ),
        jumps=(Jump(0.3, {"cavity": "a", "atoms": "Jy"}), Jump(0.2, {"atoms": "J-"})),
        initial={"cavity": rho / np.trace(rho)},
    )


def coherent_problem() -> Problem:
    """Return a problem whose start has coherences between sectors."""
    battery = qb.TavisCummingsBattery(2, 0.5, 3, interaction=0.4)
    plain = battery.problem(environment=LOSS)
    return Problem(**{**vars(plain), "initial": {"cavity": np.array([0.6, 0, 0.8j, 0])}})


PROBLEMS = {
    "two sectors": qb.DickeBattery(3, 0.5, 4, interaction=0.7).problem(environment=LOSS),
    "many sectors": qb.TavisCummingsBattery(3, 0.5, 4).problem(environment=LOSS),
    "coherences between sectors": coherent_problem(),
    "one sector, complex": complex_problem(),
    "local jumps": qb.CascadeBattery(max_photons=2).problem(
        environment=[qb.LevelDecay("middle", "ground", 0.3)]
    ),
}


@pytest.fixture(params=PROBLEMS, scope="module")
def coordinates(request: pytest.FixtureRequest) -> Coordinates:
    """Return the coordinates of one of the problems."""
    return Coordinates(ReducedLindbladian(realize(PROBLEMS[request.param])))


def matrix(coordinates: Coordinates, x: np.ndarray) -> np.ndarray:
    """Return ρ = Σ x_k B_k."""
    return coordinates.reduced.unpack(coordinates.vector(x))


def random_points(coordinates: Coordinates, number: int) -> np.ndarray:
    """Return random coordinates."""
    return np.random.default_rng(5).normal(size=(number, len(coordinates)))


def test_scalar_product_is_that_of_matrices(coordinates: Coordinates) -> None:
    """x · y = Tr(ρ_x ρ_y), so that ‖x‖ is the Frobenius norm; every ρ is Hermitian."""
    x, y = random_points(coordinates, 2)
    rho, other = matrix(coordinates, x), matrix(coordinates, y)
    np.testing.assert_array_equal(rho, rho.conj().T)
    assert x @ y == pytest.approx(np.trace(rho @ other).real, abs=1e-11)
    assert np.linalg.norm(x) == pytest.approx(np.linalg.norm(rho), rel=1e-13)


def test_basis_is_orthonormal(coordinates: Coordinates) -> None:
    """The Gram matrix of the B_k is 1, for thirty of them."""
    units = np.eye(len(coordinates))[:: max(1, len(coordinates) // 30)]
    flat = np.array([matrix(coordinates, unit).ravel() for unit in units])
    np.testing.assert_allclose(flat.conj() @ flat.T, np.eye(len(units)), atol=1e-14)


def test_there_and_back(coordinates: Coordinates) -> None:
    """Coordinates of a vector, of a matrix, of its blocks: the same ones."""
    (x,) = random_points(coordinates, 1)
    np.testing.assert_allclose(coordinates.of(coordinates.vector(x)), x, atol=1e-14)
    blocks = coordinates.blocks(x)
    np.testing.assert_allclose(coordinates.of_blocks(blocks), x, atol=1e-14)
    packed = coordinates.reduced.pack(sp.csr_array(matrix(coordinates, x)))
    np.testing.assert_allclose(coordinates.of(packed), x, atol=1e-14)


def test_blocks_are_those_of_the_matrix(coordinates: Coordinates) -> None:
    """(S, T) holds ρ between the basis states of two sectors, whole."""
    (x,) = random_points(coordinates, 1)
    rho, members = matrix(coordinates, x), coordinates.reduced.sectors.members
    blocks = coordinates.blocks(x)
    assert blocks
    for (S, T), block in blocks.items():
        assert S <= T
        np.testing.assert_allclose(block, rho[np.ix_(members[S], members[T])], atol=1e-14)


def test_generator_is_that_of_the_master_equation(coordinates: Coordinates) -> None:
    """As a matrix, as an application, and by the generator of the matrix engine."""
    for x in random_points(coordinates, 3):
        flow = coordinates.apply(x)
        np.testing.assert_allclose(coordinates.generator @ x, flow, atol=1e-12)
        expected = Generator(coordinates.reduced.realization)(0.0, matrix(coordinates, x))
        np.testing.assert_allclose(matrix(coordinates, flow), expected, atol=1e-12)


def test_trace_and_start(coordinates: Coordinates) -> None:
    """Tr ρ = one · x, 𝓛 keeps it, and the start is ρ(0)."""
    (x,) = random_points(coordinates, 1)
    trace = np.trace(matrix(coordinates, x)).real
    assert coordinates.one @ x == pytest.approx(trace, abs=1e-12)
    np.testing.assert_allclose(coordinates.generator.T @ coordinates.one, 0.0, atol=1e-13)
    realization = coordinates.reduced.realization
    np.testing.assert_allclose(
        matrix(coordinates, coordinates.initial), realization.rho_0, atol=1e-15
    )


def test_no_entry_is_held_twice(coordinates: Coordinates) -> None:
    """At most as many real coordinates as entries of ρ are reached."""
    assert len(coordinates) <= coordinates.reduced.entries


def resonant_atom(ket: np.ndarray) -> Coordinates:
    """Return the coordinates of a driven damped atom that starts in a ket."""
    problem = qb.DrivenBattery(1, drive=1.0, detuning=0.0).problem(
        environment=[qb.CollectiveDecay(0.4)]
    )
    return Coordinates(
        ReducedLindbladian(realize(Problem(**{**vars(problem), "initial": {"atoms": ket}})))
    )


def test_only_what_is_reached_is_kept() -> None:
    """A resonant drive turns y and z of the Bloch vector alone: x is kept if the start has it."""
    assert len(resonant_atom(np.array([1.0, 0.0]))) == 3
    assert len(resonant_atom(np.array([0.6, 0.8j]))) == 3
    assert len(resonant_atom(np.array([0.6, 0.8]))) == 4
    real = Coordinates(ReducedLindbladian(realize(PROBLEMS["two sectors"])))
    assert len(real) == real.reduced.entries  # ω turns real coherences into imaginary ones
