"""Initial states as density matrices and as kets with weights, in any basis."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import qubatt as qb
from qubatt.core.initial import Ensemble, density, ensemble
from qubatt.core.observable import StoredEnergy
from qubatt.core.space import WHOLE_SPACE, Space
from qubatt.operators import Atoms, Mode
from solving import solve

SPACE = Space({"atoms": Atoms(2), "cavity": Mode(2)})
KET = np.array([0.6, 0.0, 0.8j])


def mixture(seed: int, dim: int) -> np.ndarray:
    """Return a random density matrix of rank two."""
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(dim, 2)) + 1j * rng.normal(size=(dim, 2))
    rho = root @ root.conj().T
    return rho / np.trace(rho).real


@pytest.mark.parametrize(
    "initial",
    [
        {},
        {"cavity": KET},
        {"cavity": mixture(0, 3)},
        {"cavity": mixture(1, 3), "atoms": mixture(2, 3)},
        {WHOLE_SPACE: mixture(3, 9)},
        {WHOLE_SPACE: np.eye(9)[4]},
        {"cavity": Ensemble(np.array([0.7, 0.3]), np.array([KET, np.eye(3)[1]]))},
        {WHOLE_SPACE: Ensemble(np.array([0.6, 0.4]), np.eye(9)[[2, 7]])},
    ],
    ids=[
        *("ground", "ket", "mixed factor", "mixed factors", "mixed whole", "whole ket"),
        *("kets of a factor", "kets of the whole"),
    ],
)
def test_kets_with_weights_make_the_density_matrix(initial: dict[str, np.ndarray]) -> None:
    """ρ = Σ w |ψ⟩⟨ψ| with weights that add up to 1, descending, and normalised kets."""
    rho, found = density(initial, SPACE).toarray(), ensemble(initial, SPACE)
    np.testing.assert_allclose(found.density(), rho, atol=1e-15)
    np.testing.assert_allclose(np.linalg.norm(found.kets, axis=1), 1.0, atol=1e-14)
    assert found.weights.sum() == pytest.approx(1.0, abs=1e-14)
    assert np.all(np.diff(found.weights) <= 0)
    assert found.pure == (np.linalg.matrix_rank(rho, tol=1e-10) == 1)
    assert len(found.weights) == np.linalg.matrix_rank(rho, tol=1e-10)


def test_factors_stand_in_the_order_of_the_space() -> None:
    """The ket of the cavity is that of the second factor here."""
    expected = np.kron(np.eye(3)[0], KET)
    rho = density({"cavity": KET}, SPACE).toarray()
    np.testing.assert_allclose(rho, np.outer(expected, expected.conj()), atol=1e-15)


@pytest.mark.parametrize("n_levels", [2, 3])
@pytest.mark.parametrize("n_atoms", [1, 2, 3])
def test_symmetric_states_are_embedded_in_the_full_basis(n_atoms: int, n_levels: int) -> None:
    """The isometry takes every collective operator to its symmetric form; kets stay normalised."""
    levels = ("ground", "middle", "excited") if n_levels == 3 else ("ground", "excited")
    ladder = Atoms(n_atoms, levels)
    full = ladder.in_basis("full")
    V = np.stack([full.embed(ket) for ket in np.eye(ladder.dim)], axis=1)
    np.testing.assert_allclose(V.T @ V, np.eye(ladder.dim), atol=1e-14)
    for name, operator in ladder.operators.items():
        projected = V.T @ full.operators[name].toarray() @ V
        np.testing.assert_allclose(projected, operator.toarray(), atol=1e-13, err_msg=name)
    rho = mixture(4, ladder.dim)
    np.testing.assert_allclose(full.embed(rho), V @ rho @ V.T, atol=1e-14)
    assert full.embed(np.ones(1)).shape == (1,)  # the ground level, zeros left out


def test_a_state_of_another_size_is_refused() -> None:
    """Neither the basis nor the ladder has as many states."""
    with pytest.raises(qb.UnsupportedError, match="has 8 states and the symmetric basis 4, but"):
        Atoms(3).in_basis("full").embed(np.ones(5) / np.sqrt(5))


def test_a_symmetric_start_decays_locally_as_it_should() -> None:
    """One of three atoms excited, shared by all: each decays alone, so the energy is exp(−γt)."""
    charged = qb.CustomState(np.eye(4)[1])
    battery = qb.DrivenBattery(3, drive=0.0)
    problem = battery.problem(environment=[qb.LocalEmission(0.4)])
    problem = replace(problem, initial={"atoms": charged.matrix})
    times = np.linspace(0.0, 3.0, 7)
    above = StoredEnergy(above_empty=True)
    found = solve(qb.ExactEngine(), problem, times, [above])
    assert found.basis == {"atoms": "full"}
    np.testing.assert_allclose(found.of(above), np.exp(-0.4 * times), atol=1e-9)
