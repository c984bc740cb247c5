"""Collective and symmetric forms against sums over single atoms in the full product space.

Single-atom operators are explicit Kronecker products; index 0 of every atom is its ground level,
and the cavity stands before the atoms.
"""

from dataclasses import replace
from functools import reduce

import numpy as np
import pytest

import qubatt as qb
from qubatt.core.problem import Term
from qubatt.core.realization import realize
from solving import solve

PAULI = {
    "x": np.array([[0, 1], [1, 0]]),
    "y": np.array([[0, 1j], [-1j, 0]]),
    "z": np.array([[-1, 0], [0, 1]]),
    "-": np.array([[0, 1], [0, 0]]),
}
"""Pauli matrices and sigma_- = |g><e| in the order ground, excited."""

ENGINE = qb.MatrixEngine(tolerance=1e-11)


def kron(*factors):
    """Return the Kronecker product of any number of matrices."""
    return reduce(np.kron, factors)


def single(matrix, atom, N):
    """Return a matrix that acts on one of N atoms."""
    one = np.eye(len(matrix))
    return kron(*(matrix if i == atom else one for i in range(N)))


def total(matrix, N):
    """Return the sum of a matrix over N atoms."""
    return sum(single(matrix, i, N) for i in range(N))


def exchange_energy(N, omega, g, g_z=0.0):
    """Return Eq. (3) of zhang2024 and sigma_z sigma_z, sums over ordered pairs i != j."""
    pairs = np.zeros((2**N, 2**N), dtype=complex)
    for i in range(N):
        for j in range(N):
            if i != j:
                for axis in "xy":
                    pairs += g * single(PAULI[axis], i, N) @ single(PAULI[axis], j, N)
                pairs += g_z * single(PAULI["z"], i, N) @ single(PAULI["z"], j, N)
    return omega / 2 * total(PAULI["z"], N) + pairs / (2 * N)


def annihilator(levels):
    """Return a of a mode with that many levels."""
    return np.diag(np.sqrt(np.arange(1, levels)), 1)


def dicke_hamiltonian(battery):
    """Return H_B and H with Eq. (5): g_c omega_c (a + a^dag) times the sum of sigma_x."""
    N, levels = battery.n_atoms, battery.max_photons + 1
    a, strength = annihilator(levels), battery.coupling * battery.omega_cavity
    coupling = strength * np.kron(a + a.T, total(PAULI["x"], N))
    return with_cavity(battery, coupling)


def two_photon_hamiltonian(battery):
    """Return H_B and H with g_c omega_c (a^2 + a^dag^2) times the sum of sigma_x."""
    N, levels = battery.n_atoms, battery.max_photons + 1
    a, strength = annihilator(levels), battery.coupling * battery.omega_cavity
    return with_cavity(battery, strength * np.kron(a @ a + a.T @ a.T, total(PAULI["x"], N)))


def tavis_cummings_hamiltonian(battery):
    """Return H_B and H with g_c omega_c times the sum of a sigma_+ + a^dag sigma_-."""
    N, levels = battery.n_atoms, battery.max_photons + 1
    a, strength = annihilator(levels), battery.coupling * battery.omega_cavity
    down = strength * np.kron(a.T, total(PAULI["-"], N))
    return with_cavity(battery, down + down.T)


def with_cavity(battery, coupling):
    """Return H_B and H_B + omega_c a^dag a + coupling on cavity times atoms."""
    N, levels = battery.n_atoms, battery.max_photons + 1
    g, g_z = battery.interaction, battery.interaction_z
    H_B = np.kron(np.eye(levels), exchange_energy(N, battery.omega_atom, g, g_z))
    H_C = battery.omega_cavity * np.kron(np.diag(np.arange(levels)), np.eye(2**N))
    return H_B, H_B + H_C + coupling


def driven_hamiltonian(battery):
    """Return H_B and H of the drive (Omega / 2) times the sum of sigma_x, with its detuning."""
    N = battery.n_atoms
    delta = battery.omega_atom if battery.detuning is None else battery.detuning
    g, g_z = battery.interaction, battery.interaction_z
    drive = battery.drive / 2 * total(PAULI["x"], N)
    H_B = exchange_energy(N, battery.omega_atom, g, g_z)
    return H_B, exchange_energy(N, delta, g, g_z) + drive


def two_level_battery(cls, N):
    """Return a battery with every parameter away from its default."""
    exchange = {"n_atoms": N, "interaction": 0.83, "interaction_z": -0.57, "omega_atom": 1.27}
    if cls is qb.DrivenBattery:
        return cls(**exchange, drive=0.91, detuning=0.37)
    return cls(
        **exchange,
        coupling=0.43,
        omega_cavity=1.61,
        max_photons=max(N, 3) if cls is not qb.TwoPhotonDickeBattery else 2 * N,
    )


HAMILTONIANS = [
    (qb.DickeBattery, dicke_hamiltonian),
    (qb.TavisCummingsBattery, tavis_cummings_hamiltonian),
    (qb.TwoPhotonDickeBattery, two_photon_hamiltonian),
    (qb.DrivenBattery, driven_hamiltonian),
]


@pytest.mark.parametrize("N", [1, 2, 3, 4])
@pytest.mark.parametrize(("cls", "brute_force"), HAMILTONIANS)
def test_collective_hamiltonian_is_the_sum_over_pairs_of_atoms(cls, brute_force, N):
    """H_B and H in the full basis are the sums of Pauli matrices of Eqs. (3), (5) and (14)."""
    battery = two_level_battery(cls, N)
    H_B, H = brute_force(battery)
    full = realize(battery.problem(), "full")
    np.testing.assert_allclose(full.H_B.toarray(), H_B, atol=1e-13)
    np.testing.assert_allclose(full.H.toarray(), H, atol=1e-13)


@pytest.mark.parametrize("N", [1, 2, 3, 4])
def test_collective_decay_lowers_every_atom(N):
    """The jump of CollectiveDecay in the full basis is the sum of all sigma_-."""
    problem = qb.DrivenBattery(n_atoms=N, drive=1.0).problem(
        environment=[qb.CollectiveDecay(0.4, n_thermal=0.25)]
    )
    (down_rate, down), (up_rate, up) = realize(problem, "full").jumps
    assert (down_rate, up_rate) == pytest.approx((0.5, 0.1))
    np.testing.assert_allclose(down.toarray(), total(PAULI["-"], N), atol=1e-15)
    np.testing.assert_allclose(up.toarray(), total(PAULI["-"], N).T, atol=1e-15)


def dicke_states(N):
    """Return the symmetric states with 0, 1 ... N excited atoms as columns, (2^N, N + 1)."""
    excited = np.array([index.bit_count() for index in range(2**N)])
    columns = (excited[:, np.newaxis] == np.arange(N + 1)).astype(float)
    return columns / np.linalg.norm(columns, axis=0)


@pytest.mark.parametrize("N", [1, 2, 3, 4])
@pytest.mark.parametrize(("cls", "brute_force"), HAMILTONIANS)
def test_ladder_is_the_symmetric_part_of_the_full_space(cls, brute_force, N):
    """V^dag H V of the explicit matrix on the symmetric states is H on the ladder."""
    battery = two_level_battery(cls, N)
    ladder = realize(battery.problem(), "symmetric")
    V = dicke_states(N)
    if cls is not qb.DrivenBattery:
        V = np.kron(np.eye(battery.max_photons + 1), V)
    H_B, H = brute_force(battery)
    np.testing.assert_allclose(V @ ladder.H.toarray(), H @ V, atol=1e-13)
    np.testing.assert_allclose(V @ ladder.H_B.toarray(), H_B @ V, atol=1e-13)


ENVIRONMENTS = {
    qb.DickeBattery: [qb.CavityLoss(0.5, n_thermal=0.2), qb.CollectiveDecay(0.3)],
    qb.TavisCummingsBattery: [qb.CollectiveDecay(0.3, n_thermal=0.4)],
    qb.TwoPhotonDickeBattery: [qb.CavityLoss(0.5), qb.CollectiveDephasing(0.3)],
    qb.DrivenBattery: [qb.CollectiveDecay(0.3, n_thermal=0.4)],
}
WARM = qb.CavityLoss(0.5, n_thermal=0.2)

EVERYWHERE = [
    (two_level_battery(cls, N), ENVIRONMENTS[cls]) for cls, _ in HAMILTONIANS for N in (2, 3, 4)
]
CASCADE = qb.CascadeBattery(
    interaction=0.7,
    coupling=0.8,
    pump=0.6,
    control=-0.9,
    detuning_middle=1.1,
    detuning_excited=1.4,
    detuning_cavity=0.5,
    max_photons=3,
)


CASCADES = [replace(CASCADE, n_atoms=N) for N in (1, 2, 3)]


@pytest.mark.parametrize(
    ("battery", "environment"), [*EVERYWHERE, *((one, [WARM]) for one in CASCADES)]
)
def test_symmetric_states_charge_as_the_full_space_does(battery, environment):
    """Without local decay the energy is the same in both bases."""
    problem = battery.problem(environment=environment)
    energy = {"energy": lambda realization: realization.H_B}
    times = np.linspace(0, 3, 7)
    curves = [
        solve(ENGINE, problem, times, energy, basis=basis).moments["energy"]
        for basis in ("symmetric", "full")
    ]
    assert np.ptp(curves[0]) > 0.05, "nothing happens in this case"
    np.testing.assert_allclose(*curves, atol=1e-9)


def cascade_matrices(battery):
    """Return H_B, H and sigma_jk of single atoms on cavity times atoms of levels g, m, e."""
    levels, N = battery.max_photons + 1, battery.n_atoms
    sigma = {
        (j + k, i): np.kron(
            np.eye(levels),
            single(np.outer(np.eye(3)["gme".index(j)], np.eye(3)["gme".index(k)]), i, N),
        )
        for j in "gme"
        for k in "gme"
        for i in range(N)
    }
    a = np.kron(annihilator(levels), np.eye(3**N))
    H_B, H = 0.0 * a, battery.detuning_cavity * a.T @ a
    for i in range(N):
        for j in range(i):
            hop = sigma["mg", i] @ sigma["gm", j] + sigma["me", i] @ sigma["em", j]
            H_B = H_B + 2 * battery.interaction / N * (hop + hop.T)
        H_B = H_B + battery.detuning_excited * sigma["ee", i]
        H_B = H_B + battery.detuning_middle * sigma["mm", i]
        H = H + battery.coupling * (a @ sigma["mg", i] + a.T @ sigma["gm", i])
        H = H + battery.pump * (sigma["mg", i] + sigma["gm", i])
        H = H + battery.control * (sigma["me", i] + sigma["em", i])
    return H_B, H_B + H, sigma


@pytest.mark.parametrize("battery", CASCADES)
def test_cascade_hamiltonian_is_the_sum_over_its_atoms(battery):
    """The collective S_jk give Eqs. (19)-(21) of zhang2024 in the product space, and N of them."""
    H_B, H, _ = cascade_matrices(battery)
    full = realize(battery.problem(qb.FockState(1)), "full")
    np.testing.assert_allclose(full.H_B.toarray(), H_B, atol=1e-13)
    np.testing.assert_allclose(full.H.toarray(), H, atol=1e-13)


def test_two_atoms_of_a_cascade_exchange_with_g_itself():
    """2g/N is the g of Eq. (19), to the last bit."""
    found = realize(CASCADE.problem(), "full").H_B.toarray()[:9, :9]
    mg, gm = 3, 1  # |m, g> and |g, m> of an empty cavity
    assert found[mg, gm] == CASCADE.interaction


@pytest.mark.parametrize("N", [1, 2, 3, 4])
def test_symmetric_basis_of_a_cascade_is_small(N):
    """(N + 1)(N + 2)/2 states, not 3^N."""
    atoms = replace(CASCADE, n_atoms=N).space.factors["atoms"]
    assert atoms.in_basis("symmetric").dim == (N + 1) * (N + 2) // 2
    assert atoms.in_basis("full").dim == 3**N


@pytest.mark.parametrize(
    "pair", [("middle", "ground"), ("excited", "middle"), ("excited", "ground")]
)
def test_level_decay_jumps_atom_by_atom(pair):
    """LevelDecay is one jump |lower><upper| per atom, each with the whole rate."""
    upper, lower = pair
    *_, sigma = cascade_matrices(CASCADE)
    problem = CASCADE.problem(environment=[qb.LevelDecay(upper, lower, rate=0.3)])
    jumps = realize(problem).jumps
    assert [rate for rate, _ in jumps] == [0.3, 0.3]
    for atom, (_, c) in enumerate(jumps):
        np.testing.assert_array_equal(c.toarray(), sigma[lower[0] + upper[0], atom])


def test_local_decay_leaves_the_symmetric_states_of_the_cascade():
    """Atoms that decay one by one populate the antisymmetric state, which the ladder lacks."""
    decay = qb.LevelDecay("excited", "middle", rate=0.5)
    problem = CASCADE.problem(environment=[decay])
    *_, sigma = cascade_matrices(CASCADE)
    swap = sum(
        sigma[j + k, 0] @ sigma[k + j, 1] for j in "gme" for k in "gme"
    )  # +1 on symmetric, -1 on antisymmetric states
    rho = solve(ENGINE, problem, np.array([4.0]), {}, states=True).states[0]
    symmetric_part = np.trace(swap @ rho).real
    assert symmetric_part < 0.99
    closed = solve(ENGINE, CASCADE.problem(), np.array([4.0]), {}, basis="full", states=True)
    assert np.trace(swap @ closed.states[0]).real == pytest.approx(1.0, abs=1e-9)


def test_comparison_notices_each_pair_counted_once():
    """Eq. (11) read as each pair once gives another matrix: the assertions above can fail."""
    battery = two_level_battery(qb.DrivenBattery, 3)
    full = realize(battery.problem(), "full")
    g, g_z = battery.interaction, battery.interaction_z
    once = exchange_energy(3, battery.omega_atom, g / 2, g_z)
    assert np.max(np.abs(full.H_B.toarray() - once)) > 0.1
    once = exchange_energy(3, battery.omega_atom, g, g_z / 2)
    assert np.max(np.abs(full.H_B.toarray() - once)) > 0.1


@pytest.mark.parametrize("name", ["Jx", "Jy", "Jz"])
@pytest.mark.parametrize("N", [1, 2, 3, 4])
def test_spin_operators_are_half_the_sum_of_pauli_matrices(name, N):
    """J = (1/2) sum sigma, in the full basis and between symmetric states."""
    problem = qb.DrivenBattery(n_atoms=N, drive=1.0).problem()
    explicit = 0.5 * total(PAULI[name[1]], N)
    terms = [Term(1.0, {"atoms": name})]
    np.testing.assert_allclose(
        realize(problem, "full").operator(terms).toarray(), explicit, atol=1e-15
    )
    V = dicke_states(N)
    ladder = realize(problem, "symmetric").operator(terms).toarray()
    np.testing.assert_allclose(ladder, V.T @ explicit @ V, atol=1e-14)
