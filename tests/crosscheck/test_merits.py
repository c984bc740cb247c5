"""Merits of runs against QuTiP in the product space of the cavity and every single atom."""

import warnings

import numpy as np
import pytest
import qutip as qt
import scipy.sparse as sp

import qubatt as qb

from .qutip_models import OPTIONS
from .test_full_space import PAULI, annihilator, exchange_energy, total

FULL = ["ergotropy_full", "passive_energy_full", "capacity_full", "incoherent_ergotropy_full"]


def product_run(battery, times, kappa, gamma, photons):
    """Return H_B of the atoms and the states of a Dicke or Tavis-Cummings battery by `mesolve`."""
    N, levels = battery.n_atoms, battery.max_photons + 1
    a, g = annihilator(levels), battery.coupling * battery.omega_cavity
    down = np.kron(a.T, total(PAULI["-"], N)) * g
    if isinstance(battery, qb.DickeBattery):
        down += np.kron(a, total(PAULI["-"], N)) * g
    atoms = exchange_energy(N, battery.omega_atom, battery.interaction)
    H = np.kron(np.eye(levels), atoms) + down + down.T
    H = H + battery.omega_cavity * np.kron(np.diag(np.arange(levels)), np.eye(2**N))
    start = np.zeros(levels * 2**N)
    start[photons * 2**N] = 1.0
    jumps = [np.sqrt(kappa) * np.kron(a, np.eye(2**N))]
    if gamma:
        jumps.append(np.sqrt(gamma) * np.kron(np.eye(levels), total(PAULI["-"], N)))
    H, *jumps = (qt.Qobj(sp.csr_array(part)) for part in (H, *jumps))
    states = qt.mesolve(H, qt.Qobj(start), times, jumps, options=OPTIONS).states
    return atoms, np.array([(rho if rho.isoper else rho.proj()).full() for rho in states])


def sorted_merits(rho, H):
    """Return the merits of FULL of one state of the atoms."""
    levels, vectors = np.linalg.eigh(H)
    p = np.linalg.eigvalsh(rho)[::-1]
    same = np.abs(np.subtract.outer(levels, levels)) < 1e-9
    dephased = np.linalg.eigvalsh(vectors.conj().T @ rho @ vectors * same)[::-1]
    energy, passive = np.trace(rho @ H).real, p @ levels
    return energy - passive, passive, p @ levels[::-1] - passive, energy - dephased @ levels


def of_atoms(whole, N):
    """Return the state of the atoms."""
    levels = len(whole) // 2**N
    return np.trace(whole.reshape(levels, 2**N, levels, 2**N), axis1=0, axis2=2)


def test_ergotropy_differs_tenfold_with_what_unitaries_may_touch():
    """N = 4, g_c = 0.5, kappa = 0.2 at t = 2.75: on the ladder, and with all 2^N states."""
    battery = qb.TavisCummingsBattery(4, 0.5, max_photons=4)
    atoms, states = product_run(battery, [0, 2.75], 0.2, 0.0, photons=4)
    rho = of_atoms(states[-1], 4)
    excited = np.array([index.bit_count() for index in range(16)])
    V = (excited[:, np.newaxis] == np.arange(5)).astype(float)
    V /= np.linalg.norm(V, axis=0)
    ladder, full = sorted_merits(V.T @ rho @ V, V.T @ atoms @ V)[0], sorted_merits(rho, atoms)[0]
    assert (ladder, full) == pytest.approx((0.1065399437, 1.2125865332), abs=1e-8)
    run = qb.charge(
        battery,
        times=[2.75],
        environment=qb.CavityLoss(0.2),
        merits=["ergotropy_symmetric", "ergotropy_full"],
    )
    assert float(run.ergotropy_symmetric[0]) == pytest.approx(ladder, abs=1e-8)
    assert float(run.ergotropy_full[0]) == pytest.approx(full, abs=1e-8)


BATTERIES = {
    "repulsive": qb.DickeBattery(3, 0.4, 8, interaction=0.7, omega_atom=1.1),
    "attractive": qb.DickeBattery(2, 0.4, 8, interaction=-0.9, omega_cavity=1.2),
    "conserving": qb.TavisCummingsBattery(3, 0.6, 4, interaction=1.4),
}


@pytest.fixture(scope="module", params=list(BATTERIES))
def pair(request):
    """Return the number of atoms, the run, H_B of the atoms, and the states of QuTiP."""
    battery, times = BATTERIES[request.param], np.linspace(0, 3, 5)
    parts = [qb.CavityLoss(0.3), qb.CollectiveDecay(0.2)]
    every = [*FULL, "concurrence", "negativity", "mutual_information", "entropy", "purity"]
    every += ["coherence_l1", "ergotropy_atom", "heat_current", "internal_energy"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", qb.QubattWarning)  # equal at any cut-off
        run = qb.charge(
            battery, times=times, charger=qb.FockState(2), environment=parts, merits=every
        )
    atoms, states = product_run(battery, times, 0.3, 0.2, photons=2)
    return battery, run, atoms, states


def test_what_unitaries_reach(pair):
    """Passive states, capacity and incoherent ergotropy among all 2^N states."""
    battery, run, atoms, states = pair
    expected = np.transpose(
        [sorted_merits(of_atoms(rho, battery.n_atoms), atoms) for rho in states]
    )
    assert expected[0].max() > 0.1
    for name, values in zip(FULL, expected, strict=True):
        np.testing.assert_allclose(run[name], values, atol=1e-8, err_msg=name)


def test_two_parties_and_two_atoms(pair):
    """Negativity and mutual information of the cavity with all atoms, concurrence of two."""
    battery, run, _, states = pair
    N, levels = battery.n_atoms, battery.max_photons + 1
    for k, rho in enumerate(states):
        whole = qt.Qobj(rho, dims=[[levels, 2**N]] * 2)
        norm = qt.partial_transpose(whole, [1, 0]).norm("tr")
        assert float(run.negativity[k]) == pytest.approx((norm - 1) / 2, abs=1e-7)
        shared = [qt.entropy_vn(part) for part in (whole.ptrace(0), whole.ptrace(1), whole)]
        mutual = shared[0] + shared[1] - shared[2]
        assert float(run.mutual_information[k]) == pytest.approx(mutual, abs=1e-6)
        assert float(run.entropy[k]) == pytest.approx(shared[1], abs=1e-6)
        assert float(run.purity[k]) == pytest.approx(whole.ptrace(1).purity(), abs=1e-8)
        single = qt.Qobj(rho, dims=[[levels] + [2] * N] * 2)
        pair_state = single.ptrace([1, 2])
        assert float(run.concurrence[k]) == pytest.approx(qt.concurrence(pair_state), abs=1e-4)
        atom = single.ptrace(1).full()
        z, r = (atom[1, 1] - atom[0, 0]).real, np.ptp(np.linalg.eigvalsh(atom))
        expected = battery.omega_atom / 2 * (r + z)
        assert float(run.ergotropy_atom[k]) == pytest.approx(expected, abs=1e-8)
    assert run.negativity.max() > 0.05


def test_heat_is_what_the_jumps_carry(pair):
    """Tr[H D(rho)] for every environment, with H and D of single atoms."""
    battery, run, atoms, states = pair
    N, levels = battery.n_atoms, battery.max_photons + 1
    a = np.kron(annihilator(levels), np.eye(2**N))
    lower = np.kron(np.eye(levels), total(PAULI["-"], N))
    coupling = battery.coupling * battery.omega_cavity * a.T @ lower
    if isinstance(battery, qb.DickeBattery):
        coupling = coupling + battery.coupling * battery.omega_cavity * a @ lower
    H = np.kron(np.eye(levels), atoms) + battery.omega_cavity * a.T @ a + coupling + coupling.T
    for name, rate, c in (("cavity-loss", 0.3, a), ("collective-decay", 0.2, lower)):
        gain = c.T @ H @ c - 0.5 * (c.T @ c @ H + H @ c.T @ c)
        expected = rate * np.einsum("ij,tji->t", gain, states).real
        found = run.heat_current.sel(environment=name)
        np.testing.assert_allclose(found, expected, atol=1e-8, err_msg=name)
    energy = np.einsum("ij,tji->t", H, states).real
    np.testing.assert_allclose(run.internal_energy, energy - energy[0], atol=1e-8)


def test_comparisons_notice_another_run(pair):
    """Values of another time are off by far more than is allowed."""
    battery, run, atoms, states = pair
    rho = of_atoms(states[1], battery.n_atoms)
    late = [float(run[name][-1]) for name in FULL]
    assert np.abs(np.subtract(late, sorted_merits(rho, atoms))).max() > 1e-2
