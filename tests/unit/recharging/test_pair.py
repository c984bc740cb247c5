"""Recharging of any commuting pair of matrices."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
import xarray as xr

import qubatt as qb
from qubatt.operators import Atoms

SZ = np.diag([-0.5, 0.5])
SX = np.array([[0.0, 0.5], [0.5, 0.0]])
BETA = [0.1, 1.0, 4.0]
NAMES = ("ergotropy", "work", "heat", "efficiency")


def random_unitary(dim: int, seed: int) -> np.ndarray:
    """Return a random unitary matrix."""
    rng = np.random.default_rng(seed)
    return np.linalg.qr(rng.normal(size=(dim, dim)) + 1j * rng.normal(size=(dim, dim)))[0]


def rotated(diagonal: list[float], seed: int) -> np.ndarray:
    """Return U diag U† in a random basis that depends on the seed alone."""
    U = random_unitary(len(diagonal), seed)
    M = (U * np.array(diagonal)) @ U.conj().T
    return 0.5 * (M + M.conj().T)


def assert_same_cycle(found: xr.Dataset, expected: xr.Dataset, atol: float = 1e-12) -> None:
    """Compare values of all variables, NaN equal to NaN."""
    for name in NAMES:
        np.testing.assert_allclose(found[name], expected[name], atol=atol, err_msg=name)


def test_inverted_reference() -> None:
    """H₀ = −H_B: the two levels swap, W = ω tanh(βω/2), W_R = 2W."""
    cycle = qb.recharge_pair(SZ, -SZ, BETA)
    expected = np.tanh(np.array(BETA) / 2)
    np.testing.assert_allclose(cycle.ergotropy, expected, rtol=1e-14)
    np.testing.assert_allclose(cycle.work, 2 * expected, rtol=1e-14)
    np.testing.assert_allclose(cycle.efficiency, 0.5, rtol=1e-14)
    assert cycle.work.dims == ("beta",)
    assert cycle.attrs["parameters"] == '{"dimension": 2}'


def test_scalar_beta_is_a_plain_coordinate() -> None:
    """As in `recharge`."""
    cycle = qb.recharge_pair(SZ, -SZ, 2.0)
    assert cycle.work.ndim == 0
    assert float(cycle.beta) == 2.0


@pytest.mark.parametrize("kind", [sp.csr_array, sp.csc_matrix, sp.coo_array, np.ndarray.tolist])
def test_sparse_matrices_and_lists(kind: Any) -> None:
    """Any matrix that NumPy or SciPy understands gives the same."""
    H_B, H_0 = np.diag([0.0, 2.0, 1.0]), np.diag([0.0, 1.0, 2.0])
    plain = qb.recharge_pair(H_B, H_0, BETA)
    xr.testing.assert_identical(qb.recharge_pair(kind(H_B), kind(H_0), BETA), plain)


@pytest.mark.parametrize("seed", range(4))
def test_degenerate_levels_are_resolved_in_any_basis(seed: int) -> None:
    """A common rotation changes nothing, although H_B alone leaves its eigenvectors open."""
    E, E_0 = [0.0, 1.0, 1.0, 1.0, 2.0, 2.0], [1.5, 0.0, 2.0, 1.0, 0.5, -1.0]
    plain = qb.recharge_pair(np.diag(E), np.diag(E_0), BETA)
    turned = qb.recharge_pair(rotated(E, seed), rotated(E_0, seed), BETA)
    assert_same_cycle(turned, plain)
    assert bool(turned.ambiguous)
    assert bool(plain.ambiguous)


@pytest.mark.parametrize("interaction", [-2.3, 0.2, 0.9, 5.1])
@pytest.mark.parametrize("n_atoms", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("space", ["symmetric", "full"])
def test_pair_of_matrices_equals_recharge(n_atoms: int, interaction: float, space: Any) -> None:
    """The closed form by levels and multiplicities against eigenvalues of the matrices."""
    J = {name: op.toarray() for name, op in Atoms(n_atoms, basis=space).operators.items()}
    flat = 0.5 * (J["J+"] @ J["J-"] + J["J-"] @ J["J+"])
    H_B = 0.9 * J["Jz"] + 2 * interaction / n_atoms * (flat - n_atoms / 2 * np.eye(len(flat)))
    cycle = qb.recharge(n_atoms, interaction, BETA, omega_atom=0.9, basis=space)
    pair = qb.recharge_pair(H_B, 0.9 * J["Jz"], BETA)
    for name in NAMES[:3]:
        np.testing.assert_allclose(pair[name], cycle[name], atol=1e-12, err_msg=name)
    active = cycle.work.values > 1e-9
    np.testing.assert_allclose(
        pair.efficiency.values[active], cycle.efficiency.values[active], rtol=1e-9
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"H_B": np.array([[0, 1, 0], [1, 1, 3], [0, 2.5, 2]])},
            "Argument `H_B` must be Hermitian, but is (3+0j)."
            " Entries (1, 2) and (2, 1) must be complex conjugates.",
        ),
        (
            {"H_B": np.array([[0, 1j], [1j, 0]])},
            "Argument `H_B` must be Hermitian, but is 1j."
            " Entries (0, 1) and (1, 0) must be complex conjugates.",
        ),
        (
            {"H_0": [[1j, 0], [0, 1]]},
            "Argument `H_0` must be Hermitian, but is 1j."
            " Entries (0, 0) and (0, 0) must be complex conjugates.",
        ),
        (
            {"H_0": SX},
            "Argument `H_0` must commute with H_B, but ‖[H_B, H_0]‖ = 0.707."
            " Otherwise its Gibbs state is not stationary under H_B.",
        ),
        (
            {"H_0": np.eye(3)},
            "Argument `H_0` must have the shape of H_B, (2, 2), but is (3, 3).",
        ),
        ({"H_B": np.ones((2, 3))}, "Argument `H_B` must be a square matrix, but is 'shape (2, 3)'"),
        ({"H_B": [1.0, 2.0]}, "Argument `H_B` must be a square matrix, but is 'shape (2,)'"),
        ({"H_B": 3.0}, "Argument `H_B` must be a square matrix, but is 'shape ()'"),
        (
            {"H_B": np.empty((0, 0))},
            "Argument `H_B` must be a square matrix, but is 'shape (0, 0)'",
        ),
        ({"H_0": [[0, 0], [np.nan, 1]]}, "Argument `H_0` must be finite, but is 'entry (1, 0)'."),
        ({"H_0": [[0, 0], [0, np.inf]]}, "Argument `H_0` must be finite, but is 'entry (1, 1)'."),
        ({"H_B": "spin"}, "Argument `H_B` must be a matrix of numbers, but is 'spin'."),
        ({"H_B": [[1, 2], [3]]}, "Argument `H_B` must be a matrix of numbers, but is"),
        ({"beta": -1.0}, "Argument `beta` must be non-negative, but is -1.0."),
        ({"beta": []}, "Argument `beta` must hold at least one value, but is []."),
        ({"beta": np.nan}, "Argument `beta` must be finite, but is nan."),
    ],
)
@pytest.mark.filterwarnings("ignore:invalid value")
def test_bad_arguments_are_named(arguments: dict[str, Any], message: str) -> None:
    """The worst entry of a matrix that is not Hermitian is named, and so is everything else."""
    with pytest.raises(qb.ArgumentError) as caught:
        qb.recharge_pair(**{"H_B": SZ, "H_0": -SZ, "beta": 1.0, **arguments})
    assert str(caught.value).startswith(message)


def test_zero_and_one_dimensional_hamiltonians() -> None:
    """Nothing to sort: no work, whatever the size."""
    for H in (np.zeros((1, 1)), np.zeros((3, 3)), np.eye(2)):
        cycle = qb.recharge_pair(H, H, BETA)
        np.testing.assert_array_equal(cycle.work, 0.0)
        assert np.isnan(cycle.efficiency).all()


def test_a_large_constant_in_h_b_merges_no_levels() -> None:
    """H_B + 10⁹ keeps its levels at ±½, which float64 resolves to 1e-7."""
    cycle = qb.recharge_pair(SZ + 1e9 * np.eye(2), -SZ, 1.0)
    assert float(cycle.ergotropy) == pytest.approx(np.tanh(0.5), rel=1e-6)


def test_a_large_constant_does_not_hide_a_commutator() -> None:
    """J_z + 10¹¹ commutes with J_x no more than J_z does."""
    with pytest.raises(qb.ArgumentError, match="must commute with H_B"):
        qb.recharge_pair(SZ + 1e11 * np.eye(2), SX, 1.0)
