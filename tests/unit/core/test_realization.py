"""Problems as arrays: products in order, real where real, and L† dual to L."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

import qubatt as qb
from qubatt.core.problem import Jump, Problem, Term
from qubatt.core.realization import FULL_DIM_LIMIT, Realization, realize
from qubatt.core.space import WHOLE_SPACE, Space
from qubatt.engines.dense import superoperator
from qubatt.engines.generator import Generator
from qubatt.operators import Atoms, Mode

SPACE = Space({"cavity": Mode(2), "atoms": Atoms(2)})
LOCAL = Jump(0.2, {"atoms": "S_ge"}, scope="local")


def problem(
    terms: tuple[Term, ...] = (), jumps: tuple[Jump, ...] = (), **initial: np.ndarray
) -> Problem:
    """Return a small cavity problem with the given terms."""
    return Problem(SPACE, "atoms", (Term(1.0, {"atoms": "Jz"}),), terms, jumps, initial)


def random_matrix(dim: int, seed: int) -> np.ndarray:
    """Return a random complex matrix."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(dim, dim)) + 1j * rng.normal(size=(dim, dim))


def random_state(dim: int, seed: int) -> np.ndarray:
    """Return a random density matrix of full rank."""
    root = random_matrix(dim, seed)
    rho = root @ root.conj().T
    return rho / np.trace(rho)


def lindblad(realization: Realization, rho: np.ndarray) -> np.ndarray:
    """Return −i[H, ρ] + Σ γ (cρc† − ½{c†c, ρ}), written out on dense matrices."""
    H = realization.H.toarray()
    out = -1j * (H @ rho - rho @ H)
    for rate, sparse in realization.jumps:
        c = sparse.toarray()
        loss = c.conj().T @ c
        out = out + rate * (c @ rho @ c.conj().T - 0.5 * (loss @ rho + rho @ loss))
    return out


def test_factors_multiply_in_the_order_of_the_space() -> None:
    """The order of names in a term does not matter; that of the space does."""
    realization = realize(problem(), "symmetric")
    a = Mode(2).in_basis("symmetric").operators["a"].toarray()
    up = Atoms(2).in_basis("symmetric").operators["J+"].toarray()
    for operators in ({"cavity": "a", "atoms": "J+"}, {"atoms": "J+", "cavity": "a"}):
        found = realization.operator([Term(0.5, operators)]).toarray()
        np.testing.assert_allclose(found, 0.5 * np.kron(a, up), atol=1e-15)


def test_a_term_without_operators_is_a_multiple_of_the_identity() -> None:
    """Constants shift energies."""
    found = realize(problem(), "full").operator([Term(-2.5)]).toarray()
    np.testing.assert_array_equal(found, -2.5 * np.eye(12))


def test_initial_state_has_index_zero_where_nothing_is_said() -> None:
    """All factors in their ground level is the first basis state."""
    for basis in ("symmetric", "full"):
        rho = realize(problem(), basis).rho_0
        expected = np.zeros_like(rho)
        expected[0, 0] = 1.0
        np.testing.assert_array_equal(rho, expected)


def test_initial_kets_and_density_matrices_of_factors() -> None:
    """A ket becomes its projector, a density matrix stays, and both take their place."""
    ket = np.array([0.6, 0.0, 0.8j])
    mixed = np.diag([0.5, 0.3, 0.2])
    rho = realize(problem(cavity=ket), "symmetric").rho_0
    np.testing.assert_allclose(rho, np.kron(np.outer(ket, ket.conj()), np.diag([1.0, 0, 0])))
    rho = realize(problem(cavity=mixed), "symmetric").rho_0
    np.testing.assert_allclose(rho, np.kron(mixed, np.diag([1.0, 0, 0])))


def test_real_problems_have_real_matrices(spin_problem: Problem) -> None:
    """Only an imaginary entry makes an operator complex; J_y J_y is real again."""
    real = realize(problem((Term(0.5, {"cavity": "a", "atoms": "Jx"}),)), "symmetric")
    assert real.H.dtype == np.float64
    complex_ = realize(spin_problem, "symmetric")
    assert complex_.H.dtype == np.complex128
    assert complex_.H_B.dtype == np.float64
    squared = complex_.operator([Term(1.0, {"atoms": ("Jy", "Jy")})])
    assert squared.dtype == np.float64
    cancelled = complex_.operator([Term(1j, {"atoms": "Jy"}), Term(-1j, {"atoms": "Jy"})])
    assert (cancelled.dtype, cancelled.nnz) == (np.dtype(np.float64), 0)


def test_hamiltonian_is_the_sum_of_both_parts(spin_problem: Problem) -> None:
    """H = H_B + H_charge and H_B alone is the stored energy."""
    realization = realize(spin_problem, "full")
    charging = realization.operator(spin_problem.charging_terms)
    np.testing.assert_allclose(
        realization.H.toarray(), (realization.H_B + charging).toarray(), atol=1e-15
    )
    assert abs(charging).sum() > 0


def test_local_jumps_become_one_per_atom() -> None:
    """Rates are kept apart and repeated for every atom; a collective jump stays one."""
    realization = realize(problem(jumps=(LOCAL, Jump(0.4, {"cavity": "a"}))), "full")
    assert [rate for rate, _ in realization.jumps] == [0.2, 0.2, 0.4]
    collective = realization.operator([Term(1.0, {"atoms": "S_ge"})])
    (_, first), (_, second), _ = realization.jumps
    np.testing.assert_array_equal((first + second).toarray(), collective.toarray())


@pytest.mark.parametrize("basis", ["symmetric", "full"])
@pytest.mark.parametrize("seed", range(3))
def test_adjoint_is_dual_to_the_generator(spin_problem: Problem, basis: str, seed: int) -> None:
    """Tr(A L(ρ)) = Tr(L†(A) ρ) for every form of L and a Hamiltonian with imaginary entries."""
    realization = realize(spin_problem, basis)
    dim = realization.dim
    A, rho = random_matrix(dim, 100 + seed), random_state(dim, seed)
    expected = np.trace(A @ lindblad(realization, rho))
    dual = np.trace(realization.adjoint(A) @ rho)
    matrix = np.trace(A @ Generator(realization)(0.0, rho))
    dense = np.trace(A @ (superoperator(realization) @ rho.ravel()).reshape(dim, dim))
    np.testing.assert_allclose([dual, matrix, dense], expected, rtol=1e-12)


def test_adjoint_is_dual_with_local_and_two_factor_jumps() -> None:
    """The same with a cavity, a jump on both factors, and local decay."""
    both = Jump(0.3, {"cavity": "a", "atoms": "J+"})
    terms = (Term(0.4, {"cavity": "a", "atoms": "J+"}), Term(0.4, {"cavity": "a+", "atoms": "J-"}))
    realization = realize(problem((*terms, Term(0.3, {"atoms": "Jy"})), (both, LOCAL)), "full")
    A, rho = random_matrix(12, 7), random_state(12, 8)
    found = [
        np.trace(realization.adjoint(A) @ rho),
        np.trace(A @ Generator(realization)(0.0, rho)),
        np.trace(A @ (superoperator(realization) @ rho.ravel()).reshape(12, 12)),
    ]
    np.testing.assert_allclose(found, np.trace(A @ lindblad(realization, rho)), rtol=1e-12)


def test_smallest_basis_that_holds_the_problem() -> None:
    """Collective jumps stay on the ladder, local ones need the full space, unless one is named."""
    collective = problem(jumps=(Jump(0.1, {"atoms": "J-"}),))
    assert realize(collective).basis == "symmetric"
    assert realize(collective, "full").basis == "full"
    assert realize(problem(jumps=(LOCAL,))).basis == "full"


def test_ladder_refuses_local_decay_by_name() -> None:
    """Asked for by name, the symmetric basis says which operator it cannot hold."""
    with pytest.raises(qb.UnsupportedError, match="symmetric basis cannot represent 'S_ge'"):
        realize(problem(jumps=(LOCAL,)), "symmetric")


def test_full_space_is_not_chosen_silently_when_huge() -> None:
    """Local decay of many atoms is refused with both dimensions before anything is built."""
    many = Problem(Space({"atoms": Atoms(13)}), "atoms", (), (), (LOCAL,))
    with pytest.raises(qb.UnsupportedError) as caught:
        realize(many)
    assert "8,192 states" in str(caught.value)
    assert str(FULL_DIM_LIMIT) in str(caught.value)


def test_unknown_factor_is_named_with_the_known_ones() -> None:
    """A term on a factor that does not exist says which exist."""
    with pytest.raises(qb.UnsupportedError) as caught:
        realize(problem((Term(1.0, {"cavty": "a"}),)), "symmetric").H  # noqa: B018
    assert str(caught.value) == ("There is no factor `cavty`; the space has `cavity`, `atoms`.")


def test_unknown_operator_is_named() -> None:
    """A term with an unknown operator names factor and operator."""
    with pytest.raises(qb.UnsupportedError, match="Mode has no operator 'b'"):
        realize(problem((Term(1.0, {"cavity": "b"}),)), "symmetric").H  # noqa: B018


@pytest.mark.parametrize(
    "operators",
    [
        {"atoms": "Jx"},
        {"atoms": ("S_ge", "S_eg")},
        {"atom": "S_ge"},
        {"cavity": "a", "atoms": "S_ge"},
    ],
    ids=["spin-operator", "product", "unknown-factor", "two-factors"],
)
def test_local_jumps_that_make_no_sense_are_refused_by_name(operators: dict[str, str]) -> None:
    """Local scope takes one operator S_jk, J+ or J- of one factor; anything else is named."""
    jump = Jump(0.1, operators, scope="local")
    with pytest.raises(qb.UnsupportedError):
        realize(problem(jumps=(jump,)))


def whole_problem(**initial: np.ndarray) -> Problem:
    """Return a problem with a complex matrix on the whole space as coupling and as jump."""
    H = random_matrix(9, 1)
    matrices = {
        WHOLE_SPACE: {"H": sp.csr_array(H + H.conj().T), "c": sp.csr_array(random_matrix(9, 2))}
    }
    return Problem(
        Space(SPACE.factors, matrices),
        "atoms",
        (Term(1.0, {"atoms": "Jz"}),),
        (Term(0.5, {WHOLE_SPACE: "H"}), Term(1.0, {"cavity": "n"})),
        (Jump(0.3, {WHOLE_SPACE: "c"}),),
        initial,
    )


def test_terms_and_jumps_on_the_whole_space() -> None:
    """They add to products of named operators, entry by entry."""
    problem = whole_problem()
    realization = realize(problem)
    H = random_matrix(9, 1)
    plain = np.kron(np.eye(3), np.diag([-1.0, 0.0, 1.0])) + np.kron(np.diag([0, 1, 2]), np.eye(3))
    np.testing.assert_allclose(realization.H.toarray(), plain + 0.5 * (H + H.conj().T), atol=1e-15)
    ((rate, c),) = realization.jumps
    assert rate == 0.3
    np.testing.assert_array_equal(c.toarray(), random_matrix(9, 2))
    A, rho = random_matrix(9, 3), random_state(9, 4)
    dual = np.trace(realization.adjoint(A) @ rho)
    np.testing.assert_allclose(dual, np.trace(A @ lindblad(realization, rho)), rtol=1e-12)


def test_initial_states_of_the_whole_space() -> None:
    """A ket or a density matrix, dense or sparse, entangled or not."""
    ket = np.zeros(9, dtype=complex)
    ket[1], ket[5] = 0.6, 0.8j
    expected = np.outer(ket, ket.conj())
    for state in (ket, expected, sp.csr_array(expected)):
        found = realize(whole_problem(**{WHOLE_SPACE: state})).rho_0
        np.testing.assert_allclose(found, expected, atol=1e-15)


def test_whole_space_stands_alone() -> None:
    """A product with a factor, a state of another basis, and a local jump are refused."""
    mixed = realize(whole_problem(), "symmetric")
    with pytest.raises(qb.UnsupportedError, match="cannot contain other operators"):
        mixed.operator([Term(1.0, {WHOLE_SPACE: "H", "cavity": "n"})])
    state = realize(problem(**{WHOLE_SPACE: np.eye(9)[0]}), "full")
    with pytest.raises(qb.UnsupportedError, match="full basis has 12 states, but the initial"):
        state.rho_0  # noqa: B018
    with pytest.raises(qb.UnsupportedError, match="no factor `space`"):
        realize(problem(jumps=(Jump(0.1, {WHOLE_SPACE: "c"}, scope="local"),)), "full")
