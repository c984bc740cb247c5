"""Squeezing, Fisher information, coherence, entropy and free energy against closed forms."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest
import qutip as qt
from scipy.linalg import expm, solve_continuous_lyapunov
from stated import dicke_states, energy_of_pairs, merit_of, projector, random_states, spins

import qubatt as qb
from qubatt.core.realization import realize


def J(N: int) -> list[np.ndarray]:
    """Return J_x, J_y, J_z of QuTiP in ascending order of m."""
    flip = np.eye(N + 1)[::-1]
    return [flip @ qt.jmat(N / 2, axis).full() @ flip for axis in "xyz"]


def coherent(N: int, theta: float, phi: float) -> np.ndarray:
    """Return all N atoms in cos(θ/2)|e⟩ + exp(iφ) sin(θ/2)|g⟩ on the ladder."""
    e, g = np.cos(theta / 2), np.exp(1j * phi) * np.sin(theta / 2)
    return np.array([np.sqrt(comb(N, k)) * e**k * g ** (N - k) for k in range(N + 1)])


@pytest.mark.parametrize("N", [1, 2, 5, 20])
@pytest.mark.parametrize(("theta", "phi"), [(0.0, 0.0), (1.1, 0.4), (np.pi / 2, -2.0), (np.pi, 0)])
def test_coherent_states_are_the_measure(N: int, theta: float, phi: float) -> None:
    """Both squeezing parameters are 1 in any direction, the best Fisher information N."""
    states, problem = projector(coherent(N, theta, phi)), spins(N)
    for name, value in (("spin_squeezing", 1), ("spin_squeezing_wineland", 1)):
        assert merit_of(name, problem, states)[0] == pytest.approx(value, abs=1e-10)
    assert merit_of("fisher_information", problem, states)[0] == pytest.approx(N, rel=1e-10)


@pytest.mark.parametrize("twist", [0.0, 0.02, 0.2, 0.7])
@pytest.mark.parametrize("N", [2, 3, 10, 40])
def test_one_axis_twisting(N: int, twist: float) -> None:
    """exp(−iχtJ_z²) of all spins along x, μ = 2χt, by Kitagawa and Ueda."""
    m, mu = np.arange(N + 1) - N / 2, 2 * twist
    states = projector(np.exp(-1j * twist * m**2) * coherent(N, np.pi / 2, 0.0))
    A = 1 - np.cos(mu) ** (N - 2)
    B = 4 * np.sin(mu / 2) * np.cos(mu / 2) ** (N - 2)
    squeezing = 1 + (N - 1) / 4 * (A - np.hypot(A, B))
    assert merit_of("spin_squeezing", spins(N), states)[0] == pytest.approx(squeezing, abs=1e-10)
    length = np.cos(mu / 2) ** (N - 1)
    wineland = merit_of("spin_squeezing_wineland", spins(N), states)[0]
    assert wineland == pytest.approx(squeezing / length**2, rel=1e-9)
    assert twist != 0.02 or squeezing < 1


def test_squeezing_of_random_states() -> None:
    """Least variance over directions across the mean spin, by looking in many directions."""
    N, states = 4, random_states(3, 5)
    found = merit_of("spin_squeezing", spins(N), states)
    for rho, value in zip(states, found, strict=True):
        mean = np.array([np.trace(rho @ axis).real for axis in J(N)])
        across = np.linalg.svd(mean[np.newaxis])[2][1:]
        variances = []
        for angle in np.linspace(0, np.pi, 4001):
            n = np.cos(angle) * across[0] + np.sin(angle) * across[1]
            spin = sum(weight * axis for weight, axis in zip(n, J(N), strict=True))
            variances.append(np.trace(rho @ spin @ spin).real)
        assert value == pytest.approx(4 * min(variances) / N, abs=1e-5)


def test_squeezing_without_a_direction() -> None:
    """Where the mean spin vanishes there is nothing across it."""
    states = np.array([np.eye(4) / 4, projector([0, 0.6, 0.8, 0])[0]]).astype(complex)
    for name in ("spin_squeezing", "spin_squeezing_wineland"):
        found = merit_of(name, spins(3), states)
        assert np.isnan(found[0])
        assert np.isfinite(found[1])


@pytest.mark.parametrize("N", [2, 3, 7])
def test_fisher_information_of_known_states(N: int) -> None:
    """GHZ N² along z, Dicke states 2(j(j + 1) − m²) across it, eigenstates 0 along it."""
    problem, j = spins(N), N / 2
    GHZ = projector(np.eye(N + 1)[0] - 1j * np.eye(N + 1)[N])
    assert merit_of("fisher_information", problem, GHZ)[0] == pytest.approx(N**2)
    assert merit_of("fisher_information", problem, GHZ, generator="Jz")[0] == pytest.approx(N**2)
    assert merit_of("fisher_information_energy", problem, GHZ)[0] == pytest.approx(N**2)
    ladder = np.array([projector(np.eye(N + 1)[k])[0] for k in range(N + 1)])
    m = np.arange(N + 1) - j
    expected = 2 * (j * (j + 1) - m**2)
    for generator in ("Jx", "Jy", "best"):
        found = merit_of("fisher_information", problem, ladder, generator=generator)
        np.testing.assert_allclose(found, expected, atol=1e-12, err_msg=generator)
    found = merit_of("fisher_information", problem, ladder, generator="Jz")
    np.testing.assert_allclose(found, 0.0, atol=1e-12)
    found = merit_of("fisher_information_energy", problem, ladder)
    np.testing.assert_allclose(found, 0.0, atol=1e-12)


def lyapunov_information(rho: np.ndarray, G: np.ndarray) -> float:
    """Return Tr[ρL²] with ½(ρL + Lρ) = −i[G, ρ]."""
    L = solve_continuous_lyapunov(rho, -2j * (G @ rho - rho @ G))
    return float(np.trace(rho @ L @ L).real)


def test_fisher_information_of_any_state() -> None:
    """4 Var for pure states, the logarithmic derivative for mixed ones, best of all directions."""
    N, g = 3, 0.8
    V = dicke_states(N)
    generators = dict(zip(("Jx", "Jy", "Jz"), J(N), strict=True))
    generators["H_B"] = V.T @ energy_of_pairs(N, 1.0, g) @ V
    states, problem = random_states(9, N + 1, 7), spins(N, interaction=g)
    for name, G in generators.items():
        if name == "H_B":
            found = merit_of("fisher_information_energy", problem, states)
        else:
            found = merit_of("fisher_information", problem, states, generator=name)
        mean, square = (np.trace(states[0] @ power).real for power in (G, G @ G))
        assert found[0] == pytest.approx(4 * (square - mean**2), rel=1e-10)
        full_rank = [lyapunov_information(rho, G) for rho in states[4:]]
        np.testing.assert_allclose(found[4:], full_rank, rtol=1e-8, err_msg=name)
    rng = np.random.default_rng(0)
    directions = rng.normal(size=(3000, 3))
    directions /= np.linalg.norm(directions, axis=1)[:, np.newaxis]
    spins_along = np.einsum("na,aij->nij", directions, J(N))
    best = merit_of("fisher_information", problem, states)[-1]
    tried = max(lyapunov_information(states[-1], G) for G in spins_along)
    assert tried <= best * (1 + 1e-9)
    assert tried == pytest.approx(best, rel=0.01)


@pytest.mark.parametrize("N", [1, 2, 3, 6])
def test_coherence_of_a_superposition_and_of_mixtures(N: int) -> None:
    """All atoms in |+⟩: (Σ √p_k)² − 1 and −Σ p_k ln p_k of binomial p; none on the diagonal."""
    p = np.array([comb(N, k) / 2**N for k in range(N + 1)])
    plus, mixed = projector(np.sqrt(p)), np.diag(p).astype(complex)[np.newaxis]
    problem = spins(N)
    l1, relative = "coherence_l1", "coherence_relative_entropy"
    assert merit_of(l1, problem, plus)[0] == pytest.approx(np.sqrt(p).sum() ** 2 - 1)
    assert merit_of(relative, problem, plus)[0] == pytest.approx(-(p * np.log(p)).sum())
    for name in (l1, relative):
        assert merit_of(name, problem, mixed)[0] == pytest.approx(0, abs=1e-12)
        # no levels, no coherence between them
        nothing = merit_of(name, spins(N, omega_atom=0.0), plus)[0]
        assert nothing == pytest.approx(0, abs=1e-12)


def test_coherence_does_not_depend_on_the_basis_of_a_level() -> None:
    """The same after a rotation of three atoms, H_B and state, that mixes the eigenvectors."""
    problem, basis = spins(3, interaction=0.7), "full"
    states = random_states(6, 8)
    H = realize(problem, basis).H_B.toarray()
    levels, vectors = np.linalg.eigh(H)
    turned = vectors.astype(complex)
    rng = np.random.default_rng(7)
    for level in np.split(np.arange(8), np.flatnonzero(np.diff(levels) > 1e-9) + 1):
        mixed = rng.normal(size=(2, len(level), len(level)))
        turned[:, level] = vectors[:, level] @ np.linalg.qr(mixed[0] + 1j * mixed[1])[0]
    same = turned @ vectors.T @ states @ vectors @ turned.conj().T  # H_B is left alone by it
    for name in ("coherence_l1", "coherence_relative_entropy"):
        found, other = (merit_of(name, problem, each, basis) for each in (states, same))
        np.testing.assert_allclose(found, other, atol=1e-9)


@pytest.mark.parametrize("engine", ["exact", "matrix"])
def test_purity_stays_in_its_bounds(engine: str) -> None:
    """After a long time too, when the trace has drifted by the error of the propagation."""
    battery = qb.DrivenBattery(n_atoms=1, drive=1.0)
    end = 1e5 if engine == "exact" else 1e3
    run = qb.charge(battery, times=[1.0, end], merits=["purity"], engine=engine)
    assert float(run.purity.max()) <= 1.0
    np.testing.assert_allclose(run.purity, 1.0, atol=1e-9)


def test_entropy_purity_and_free_energy() -> None:
    """Against QuTiP, for any state."""
    states, N, g = random_states(2, 5), 4, 0.7
    problem, V = spins(N, interaction=g), dicke_states(N)
    entropy = [qt.entropy_vn(qt.Qobj(rho)) for rho in states]
    energy = [np.trace(V @ rho @ V.T @ energy_of_pairs(N, 1.0, g)).real for rho in states]
    np.testing.assert_allclose(merit_of("entropy", problem, states), entropy, atol=1e-9)
    purity = [qt.Qobj(rho).purity() for rho in states]
    np.testing.assert_allclose(merit_of("purity", problem, states), purity, atol=1e-12)
    for beta in (0.5, 3.0):
        found = merit_of("free_energy", problem, states, beta=beta)
        np.testing.assert_allclose(found, np.subtract(energy, np.divide(entropy, beta)), atol=1e-9)


@pytest.mark.parametrize("beta", [0.3, 1.0, 4.0])
def test_free_energy_is_least_in_equilibrium(beta: float) -> None:
    """−ln Z/β for the Gibbs state on the ladder, more for any other."""
    N, g = 4, 0.7
    V = dicke_states(N)
    gibbs = expm(-beta * V.T @ energy_of_pairs(N, 1.0, g) @ V)
    Z = np.trace(gibbs).real
    problem = spins(N, interaction=g)
    found = merit_of("free_energy", problem, gibbs[np.newaxis] / Z, beta=beta)[0]
    assert found == pytest.approx(-np.log(Z) / beta, abs=1e-12)
    others = merit_of("free_energy", problem, random_states(6, N + 1), beta=beta)
    assert others.min() > found
