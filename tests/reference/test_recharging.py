"""Recharging: closed forms, and brute force over every state of the product space."""

from functools import reduce

import numpy as np
import pytest

import qubatt as qb

SIGMA = {"x": [[0, 1], [1, 0]], "y": [[0, 1j], [-1j, 0]], "z": [[-1, 0], [0, 1]]}
"""Pauli matrices in the order ground, excited."""

NAMES = ("ergotropy", "work", "heat")


def total(axis, N):
    """Return the sum of a Pauli matrix over N atoms, shape (2^N, 2^N)."""
    one, sigma = np.eye(2), np.array(SIGMA[axis])
    return sum(reduce(np.kron, [sigma if i == k else one for i in range(N)]) for k in range(N))


def hamiltonians(N, g, omega):
    """Return H_B and H_0 = omega J_z in the product space; sums over pairs from total spins."""
    squares = sum(total(axis, N) @ total(axis, N) for axis in "xy").real
    H_0 = omega / 2 * total("z", N)
    return H_0 + g / (2 * N) * (squares - 2 * N * np.eye(2**N)), H_0


def joint_levels(N, g, omega, space):
    """Return E and E_0 of every state, by diagonalising H_B where J_z has one value."""
    if space == "symmetric":
        m = np.arange(N + 1) - N / 2
        return omega * m + 2 * g / N * (N / 2 * (N / 2 + 1) - m**2 - N / 2), omega * m
    H_B, H_0 = hamiltonians(N, g, omega)
    diagonal = np.diag(H_0).real
    E, E_0 = [], []
    for value in np.unique(np.round(diagonal, 9)):
        sector = np.flatnonzero(np.isclose(diagonal, value))
        E.extend(np.linalg.eigvalsh(H_B[np.ix_(sector, sector)]))
        E_0.extend([value] * len(sector))
    return np.array(E), np.array(E_0)


def sort_and_sum(E, E_0, beta):
    """Return W, W_R, Q_R by sorting every single state; equal E by ascending E_0."""
    p = np.exp(-beta * E_0)
    p /= p.sum()
    upwards = np.lexsort((E_0, np.round(E, 9)))
    passive = np.empty_like(p)
    passive[upwards] = np.sort(p)[::-1]
    change = p - passive
    return E @ change, (E - E_0) @ change, E_0 @ change


@pytest.mark.parametrize("space", ["symmetric", "full"])
@pytest.mark.parametrize("N", [1, 2, 3, 4, 5, 6])
def test_multiplicities_count_every_state(N, space):
    """W, W_R, Q_R are those of sorting all states one by one, also for attraction."""
    betas = np.array([0.05, 0.7, 3.0])
    for g in (-2.17, -0.31, 0.43, 1.7, 9.1):
        cycle = qb.recharge(N, g, betas, omega_atom=0.9, basis=space)
        assert not bool(cycle.ambiguous)
        levels = joint_levels(N, g, 0.9, space)
        brute = np.array([sort_and_sum(*levels, beta) for beta in betas]).T
        for name, expected in zip(NAMES, brute, strict=True):
            np.testing.assert_allclose(cycle[name], expected, atol=1e-11)


@pytest.mark.parametrize("N", [2, 3, 5])
def test_matrices_in_any_basis_give_the_same_cycle(N):
    """recharge_pair finds the common eigenvectors of H_B and H_0 in a rotated product space."""
    rng = np.random.default_rng(N)
    root = rng.normal(size=(2**N, 2**N)) + 1j * rng.normal(size=(2**N, 2**N))
    U = np.linalg.qr(root)[0]
    rotated = [U @ H @ U.conj().T for H in hamiltonians(N, 1.7, 0.9)]
    betas = np.array([0.3, 2.0])
    pair = qb.recharge_pair(*rotated, betas)
    known = qb.recharge(N, 1.7, betas, omega_atom=0.9, basis="full")
    for name in NAMES:
        np.testing.assert_allclose(pair[name], known[name], atol=1e-9)


@pytest.mark.parametrize("omega", [0.5, 1.0, 3.0])
@pytest.mark.parametrize("beta", [0.2, 1.0, 4.0])
def test_inverted_qubit_is_recharged_at_half_efficiency(omega, beta):
    """H_0 = -H: W = omega tanh(beta omega/2), W_R = 2W, eta = 1/2."""
    H = np.diag([-omega / 2, omega / 2])
    cycle = qb.recharge_pair(H, -H, beta)
    W = omega * np.tanh(beta * omega / 2)
    assert float(cycle.ergotropy) == pytest.approx(W, abs=1e-13)
    assert float(cycle.work) == pytest.approx(2 * W, abs=1e-13)
    assert float(cycle.heat) == pytest.approx(-W, abs=1e-13)
    assert float(cycle.efficiency) == pytest.approx(0.5, abs=1e-13)


@pytest.mark.parametrize("n", [0.5, 1.0, 3.0])
def test_reference_minus_n_times_the_battery(n):
    """H_0 = -nH: Q_R = -nW, W_R = (1 + n)W, eta = 1/(1 + n) for any spectrum."""
    H = np.diag([-1.3, -0.2, 0.4, 0.9, 2.2])
    cycle = qb.recharge_pair(H, -n * H, 0.8)
    assert float(cycle.ergotropy) > 0.5
    assert float(cycle.heat) == pytest.approx(-n * float(cycle.ergotropy), abs=1e-12)
    assert float(cycle.efficiency) == pytest.approx(1 / (1 + n), abs=1e-12)


@pytest.mark.parametrize("n", [1.0, 2.0])
def test_reference_plus_n_times_the_battery_gives_no_work(n):
    """H_0 = nH: the Gibbs state is passive, W = W_R = 0 and eta is undefined."""
    H = np.diag([-1.3, -0.2, 0.4, 0.9, 2.2])
    cycle = qb.recharge_pair(H, n * H, 0.8)
    assert float(cycle.ergotropy) == pytest.approx(0.0, abs=1e-15)
    assert float(cycle.work) == pytest.approx(0.0, abs=1e-15)
    assert np.isnan(float(cycle.efficiency))


BETAS = np.array([0.1, 1.0, 3.0, 30.0])


@pytest.mark.parametrize(("c", "omega"), [(1.1, 1.0), (4.0, 1.0), (2.0, 0.7)])
def test_two_atoms_on_the_ladder(c, omega):
    """W_R = c (1 - e^-x)/(1 + 2 cosh x), x = beta omega, and eta = 1 - omega/c."""
    x = BETAS * omega
    cycle = qb.recharge(2, c, BETAS, omega_atom=omega)  # c = 2g/N = g
    np.testing.assert_allclose(cycle.work, c * (1 - np.exp(-x)) / (1 + 2 * np.cosh(x)), atol=1e-13)
    np.testing.assert_allclose(cycle.efficiency, 1 - omega / c, rtol=1e-9)


@pytest.mark.parametrize(("c", "omega"), [(1.1, 1.0), (4.0, 1.0), (2.0, 0.7)])
def test_two_atoms_in_the_full_space(c, omega):
    """W_R = c tanh(beta omega/2): with the singlet, work survives at any low temperature."""
    cycle = qb.recharge(2, c, BETAS, omega_atom=omega, basis="full")
    np.testing.assert_allclose(cycle.work, c * np.tanh(BETAS * omega / 2), atol=1e-13)
    np.testing.assert_allclose(cycle.efficiency, 1 - omega / c, rtol=1e-9)


def ladder_coefficients(N, beta):
    """Return A and B of W_R = cA, |Q_R| = B for c > omega = 1: levels in the order of -|m|."""
    k = np.arange(N + 1)
    p = np.exp(-beta * k)
    p /= p.sum()
    m = k - N / 2
    passive = np.where(k % 2 == 0, -1, 1) * (N / 2 - k // 2)  # -j, j, -j + 1, j - 1, ...
    return p @ (passive**2 - m**2), p @ (passive - m)


COEFFICIENTS = [(4, 0.741869, 0.592924), (6, 1.519758, 1.109012), (10, 3.201516, 2.179910)]


@pytest.mark.parametrize(("N", "A", "B"), COEFFICIENTS)
def test_strong_exchange_fixes_the_order_of_levels(N, A, B):
    """For c > omega: W_R = cA, |Q_R| = B, W = cA - B, eta = 1 - B/(cA), at beta = omega = 1."""
    exact_A, exact_B = ladder_coefficients(N, 1.0)
    assert exact_A == pytest.approx(A, abs=6e-7)
    assert exact_B == pytest.approx(B, abs=6e-7)
    c = np.array([1.01, 2.0, 60.0])
    cycle = qb.recharge(N, c * N / 2, 1.0)
    np.testing.assert_allclose(cycle.work, c * exact_A, rtol=1e-11)
    np.testing.assert_allclose(cycle.heat, -exact_B, rtol=1e-11)
    np.testing.assert_allclose(cycle.ergotropy, c * exact_A - exact_B, rtol=1e-10)
    np.testing.assert_allclose(cycle.efficiency, 1 - exact_B / (c * exact_A), rtol=1e-10)


@pytest.mark.parametrize("N", [3, 7, 12, 40])
def test_strong_exchange_at_other_temperatures_and_odd_numbers(N):
    """The same two sums give work and heat for any beta."""
    for beta in (0.05, 0.6, 5.0):
        A, B = ladder_coefficients(N, beta)
        cycle = qb.recharge(N, 1.5 * N / 2, beta)
        assert float(cycle.work) == pytest.approx(1.5 * A, rel=1e-10)
        assert float(cycle.heat) == pytest.approx(-B, rel=1e-10)


@pytest.mark.parametrize("N", [2, 5, 12])
def test_no_work_below_the_first_crossing(N):
    """The two highest levels cross at c = omega/(N - 1); below it the Gibbs state is passive."""
    threshold = N / 2 / (N - 1)
    below, above = qb.recharge(N, [0.999 * threshold, 1.001 * threshold], 0.4).transpose().ergotropy
    assert float(below) == pytest.approx(0.0, abs=1e-15)
    assert float(above) > 1e-6


def test_crossing_leaves_ergotropy_continuous_and_work_not():
    """N = 12, c = 1/3: levels of equal E and different E_0; W is unique, W_R depends on ties."""
    g, step = 2.0, 1e-7
    cycle = qb.recharge(12, [g - step, g, g + step], 1.0)
    np.testing.assert_array_equal(cycle.ambiguous, [False, True, False])
    W, W_R = cycle.ergotropy.values, cycle.work.values
    assert np.ptp(W) < 1e-5
    assert W_R[2] - W_R[0] > 1e-3
    tied = sort_and_sum(*joint_levels(12, g, 1.0, "symmetric"), 1.0)
    for name, expected in zip(NAMES, tied, strict=True):
        assert float(cycle[name][1]) == pytest.approx(expected, abs=1e-12)


def test_ties_are_filled_by_ascending_reference_energy():
    """N = 2, c = omega: m = 0 before m = 1 leaves the Gibbs state as it is, W_R = 0."""
    cycle = qb.recharge(2, 1.0, 1.0)
    assert bool(cycle.ambiguous)
    assert float(cycle.ergotropy) == pytest.approx(0.0, abs=1e-15)
    assert float(cycle.work) == pytest.approx(0.0, abs=1e-15)


@pytest.mark.parametrize("space", ["symmetric", "full"])
def test_only_ratios_to_omega_matter(space):
    """W(omega, g, beta) = omega W(1, g/omega, beta omega), and so for W_R and Q_R."""
    omega, g, beta = 2.5, 3.3, 0.4
    scaled = qb.recharge(6, g / omega, beta * omega, basis=space)
    cycle = qb.recharge(6, g, beta, omega_atom=omega, basis=space)
    for name in NAMES:
        assert float(cycle[name]) == pytest.approx(omega * float(scaled[name]), rel=1e-12)


@pytest.mark.parametrize("space", ["symmetric", "full"])
def test_hot_battery_has_no_work(space):
    """At beta = 0 all states are alike: W = W_R = 0 and eta is undefined."""
    cycle = qb.recharge(6, 4.0, 0.0, basis=space)
    assert float(cycle.ergotropy) == pytest.approx(0.0, abs=1e-14)
    assert np.isnan(float(cycle.efficiency))


@pytest.mark.parametrize("beta", [1e-4, 1e-8, 1e-12])
@pytest.mark.parametrize(("N", "g"), [(6, 0.3), (6, 4.0), (10, 0.3)])
def test_almost_hot_battery_responds_linearly(N, g, beta):
    """beta -> 0: Delta is beta/2^N times the change of E_0 on sorting, so eta has a limit."""
    E, E_0 = joint_levels(N, g, 1.0, "full")
    upwards = np.lexsort((E_0, np.round(E, 9)))
    sorted_E_0 = np.empty_like(E_0)
    sorted_E_0[upwards] = np.sort(E_0)
    slope = (sorted_E_0 - E_0) / 2**N
    cycle = qb.recharge(N, g, beta, basis="full")
    assert float(cycle.ergotropy) == pytest.approx(beta * E @ slope, rel=1e-3)
    assert float(cycle.work) == pytest.approx(beta * (E - E_0) @ slope, rel=1e-3)
    assert 0 < float(cycle.efficiency) < 1


@pytest.mark.parametrize("N", [2, 6, 10])
def test_cold_battery_is_empty_on_the_ladder_but_not_in_the_full_space(N):
    """Large beta, c > omega: W -> 0 on the ladder, W -> (c - omega)N/2 down to the singlets."""
    c, cold = 1.7, 60.0
    assert float(qb.recharge(N, c * N / 2, cold).ergotropy) == pytest.approx(0.0, abs=1e-12)
    full = qb.recharge(N, c * N / 2, cold, basis="full")
    assert float(full.ergotropy) == pytest.approx((c - 1) * N / 2, abs=1e-10)
