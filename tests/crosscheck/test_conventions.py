"""The page of conventions: its formulas, in the space of single atoms, against the batteries.

QuTiP gets Hamiltonians and jumps as the page and its sources write them, with Pauli matrices of
single atoms; qubatt gets the arguments that the page names.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import qutip as qt

import qubatt as qb

TIMES = np.linspace(0.0, 3.0, 7)
N, PHOTONS = 3, 5


def site(operator: qt.Qobj, k: int, levels: int = 2) -> qt.Qobj:
    """Return an operator of atom k, without the cavity."""
    parts = [qt.qeye(levels)] * N
    parts[k] = operator
    return qt.tensor(parts)


def total(operator: qt.Qobj, levels: int = 2) -> qt.Qobj:
    """Return Σ over the atoms."""
    return sum(site(operator, k, levels) for k in range(N))


def pairs(first: qt.Qobj, second: qt.Qobj, levels: int = 2) -> qt.Qobj:
    """Return Σ over i < j of the product."""
    return sum(site(first, i, levels) * site(second, j, levels) for j in range(N) for i in range(j))


# |e⟩ is index 0, as Pauli matrices have it
SX, SY, SZ = qt.sigmax(), qt.sigmay(), qt.sigmaz()
DOWN, UP = qt.sigmam(), qt.sigmap()
A = qt.destroy(PHOTONS + 1)
ATOMS = qt.qeye([2] * N)


def with_cavity(cavity: qt.Qobj, atoms: qt.Qobj) -> qt.Qobj:
    """Return cavity ⊗ atoms."""
    return qt.tensor(cavity, atoms)


def atoms_H(omega: float, g: float, g_z: float) -> qt.Qobj:
    """Return H_B as the page writes it for single atoms."""
    return omega / 2 * total(SZ) + g / N * (pairs(SX, SX) + pairs(SY, SY)) + g_z / N * pairs(SZ, SZ)


def energies(H: qt.Qobj, H_B: qt.Qobj, jumps: list[qt.Qobj], start: qt.Qobj) -> np.ndarray:
    """Return E(t) by QuTiP."""
    options = {"atol": 1e-11, "rtol": 1e-11, "nsteps": 100_000, "progress_bar": ""}
    found = qt.mesolve(H, start, TIMES, jumps, e_ops=[H_B], options=options).expect[0]
    return np.asarray(found - found[0])


def cavity_case(
    battery: Any, coupling: qt.Qobj, omega_c: float, H_B: qt.Qobj, environment: Any, jumps: Any
) -> None:
    """Compare a battery in a cavity that starts with N photons."""
    H = (
        with_cavity(omega_c * A.dag() * A, ATOMS)
        + with_cavity(qt.qeye(PHOTONS + 1), H_B)
        + coupling
    )
    ground = qt.tensor([qt.basis(2, 1)] * N)
    start = qt.tensor(qt.basis(PHOTONS + 1, N), ground)
    expected = energies(H, with_cavity(qt.qeye(PHOTONS + 1), H_B), jumps, start)
    run = qb.charge(battery, times=TIMES, charger=f"fock:{N}", environment=environment)
    np.testing.assert_allclose(run.energy, expected, atol=1e-7)
    assert np.ptp(expected) > 1e-2


SHAPE: dict[str, Any] = {"n_atoms": N, "max_photons": PHOTONS}
ENERGIES: dict[str, Any] = {
    "interaction": 0.7,
    "interaction_z": 0.3,
    "omega_atom": 1.1,
    "omega_cavity": 0.9,
}
X, G_C, OMEGA_C = total(SX), 0.4, 0.9
H_PAGE = atoms_H(1.1, 0.7, 0.3)
FIELD = A + A.dag()
CAVITY_CASES: dict[str, tuple[Any, qt.Qobj]] = {
    "dicke": (
        qb.DickeBattery(coupling=G_C, **SHAPE, **ENERGIES),
        with_cavity(G_C * OMEGA_C * FIELD, X),
    ),
    "tavis-cummings": (
        qb.TavisCummingsBattery(coupling=G_C, **SHAPE, **ENERGIES),
        G_C * OMEGA_C * (with_cavity(A, total(UP)) + with_cavity(A.dag(), total(DOWN))),
    ),
    "two-photon-dicke": (
        qb.TwoPhotonDickeBattery(coupling=0.1, **SHAPE, **ENERGIES),
        with_cavity(0.1 * OMEGA_C * (A**2 + A.dag() ** 2), X),
    ),
    "ferraro2018": (  # 2 ω_c λ J_x (a + a†)
        qb.DickeBattery(coupling=0.35, **SHAPE, **ENERGIES),
        with_cavity(2 * OMEGA_C * 0.35 * FIELD, X / 2),
    ),
    "emary2003": (  # λ/√N (a + a†)(J₊ + J₋)
        qb.DickeBattery(coupling=0.5 / (OMEGA_C * np.sqrt(N)), **SHAPE, **ENERGIES),
        with_cavity(0.5 / np.sqrt(N) * FIELD, total(UP) + total(DOWN)),
    ),
    "andolina2019": (  # g Σ (a σ₊ + a† σ₋)
        qb.TavisCummingsBattery(coupling=0.5 / OMEGA_C, **SHAPE, **ENERGIES),
        0.5 * (with_cavity(A, total(UP)) + with_cavity(A.dag(), total(DOWN))),
    ),
    "zhang2024 R1": (  # g_c ω_c J_x (a + a†) with g_c = 0.8
        qb.DickeBattery(coupling=0.8 / 2, **SHAPE, **ENERGIES),
        with_cavity(0.8 * OMEGA_C * FIELD, X / 2),
    ),
}
"""Battery, and coupling to the cavity as its source writes it."""


@pytest.mark.filterwarnings("ignore::qubatt.QubattWarning")
@pytest.mark.parametrize("name", CAVITY_CASES)
def test_batteries_in_a_cavity(name: str) -> None:
    """With photon loss κ D[a]."""
    battery, coupling = CAVITY_CASES[name]
    jumps = [np.sqrt(0.3) * with_cavity(A, ATOMS)]
    cavity_case(battery, coupling, OMEGA_C, H_PAGE, "cavity-loss:0.3", jumps)


@pytest.mark.filterwarnings("ignore::qubatt.QubattWarning")
def test_exchange_of_zhang2024() -> None:
    """(g/N)(J_x² + J_y² − N/2), each pair once, is `interaction=g/2`."""
    X_, Y_ = total(SX) / 2, total(SY) / 2
    H_B = 1.1 * total(SZ) / 2 + 0.8 / N * (X_**2 + Y_**2 - N / 2)
    battery = qb.TavisCummingsBattery(
        coupling=0.4, interaction=0.8 / 2, omega_atom=1.1, omega_cavity=0.9, **SHAPE
    )
    coupling = 0.4 * OMEGA_C * (with_cavity(A, total(UP)) + with_cavity(A.dag(), total(DOWN)))
    cavity_case(battery, coupling, OMEGA_C, H_B, (), [])


def driven_case(battery: Any, H: qt.Qobj, H_B: qt.Qobj, environment: Any, jumps: Any) -> None:
    """Compare a driven battery that starts empty."""
    expected = energies(H, H_B, jumps, qt.tensor([qt.basis(2, 1)] * N))
    run = qb.charge(battery, times=TIMES, environment=environment)
    np.testing.assert_allclose(run.energy, expected, atol=1e-7)
    assert np.ptp(expected) > 1e-2


DISSIPATORS: dict[str, tuple[Any, Callable[[], list[qt.Qobj]]]] = {
    "none": ((), list),
    "collective decay": (
        qb.CollectiveDecay(0.3, 0.2),
        lambda: [np.sqrt(0.3 * 1.2) * total(DOWN), np.sqrt(0.3 * 0.2) * total(UP)],
    ),
    "collective pumping": (qb.CollectivePumping(0.3), lambda: [np.sqrt(0.3) * total(UP)]),
    "collective dephasing": (
        qb.CollectiveDephasing(4 * 0.1),  # a source with 0.1 D[Σσ_z]
        lambda: [np.sqrt(0.1) * total(SZ)],
    ),
    "local emission": (
        qb.LocalEmission(0.3, 0.2),
        lambda: [
            np.sqrt(rate) * site(c, k)
            for rate, c in ((0.3 * 1.2, DOWN), (0.3 * 0.2, UP))
            for k in range(N)
        ],
    ),
    "local pumping": (
        qb.LocalPumping(0.3),
        lambda: [np.sqrt(0.3) * site(UP, k) for k in range(N)],
    ),
    "local dephasing": (
        qb.LocalDephasing(4 * 0.1),  # a source with 0.1 D[σ_z]
        lambda: [np.sqrt(0.1) * site(SZ, k) for k in range(N)],
    ),
    "doubled rates": (  # γ (2cρc† − {c†c, ρ}) with γ = 0.15
        qb.CollectiveDecay(2 * 0.15),
        lambda: [np.sqrt(2 * 0.15) * total(DOWN)],
    ),
}


@pytest.mark.parametrize("name", DISSIPATORS)
def test_driven_battery_and_dissipators_of_atoms(name: str) -> None:
    """Ω J_x in a frame with detuning δ, the energy always that of H_B."""
    environment, jumps = DISSIPATORS[name]
    battery = qb.DrivenBattery(
        n_atoms=N, drive=0.8, interaction=0.7, interaction_z=0.3, omega_atom=1.1, detuning=0.4
    )
    H = H_PAGE + (0.4 - 1.1) / 2 * total(SZ) + 0.8 / 2 * total(SX)
    driven_case(battery, H, H_PAGE, environment, jumps())


def test_le2018() -> None:
    """B Σσ_z − g Σ_{i<j}[σ_zσ_z + α(σ_xσ_x + σ_yσ_y)] + ω Σσ_x."""
    B, g, alpha, omega = 0.6, 0.25, 0.7, 0.5
    H_B = B * total(SZ) - g * (pairs(SZ, SZ) + alpha * (pairs(SX, SX) + pairs(SY, SY)))
    battery = qb.DrivenBattery(
        n_atoms=N,
        omega_atom=2 * B,
        interaction=-N * alpha * g,
        interaction_z=-N * g,
        drive=2 * omega,
    )
    driven_case(battery, H_B + omega * total(SX), H_B, (), [])


def test_iemini2018() -> None:
    """ω₀ S_x and (κ/S) D[S₋] with S = N/2."""
    S_x, S_minus = total(SX) / 2, total(DOWN)
    jumps = [np.sqrt(0.4 / (N / 2)) * S_minus]
    battery = qb.DrivenBattery(n_atoms=N, drive=0.9, detuning=0.0)
    driven_case(battery, 0.9 * S_x, total(SZ) / 2, qb.CollectiveDecay(2 * 0.4 / N), jumps)


def test_barra2019() -> None:
    """Two spins: W = (2J − h) tanh(βh/2) and W_R = 2J tanh(βh/2) for 2J > h."""
    h, J, beta = 1.2, 1.0, 0.7
    cycle = qb.recharge(n_atoms=2, omega_atom=h, interaction=2 * J, beta=beta, basis="full")
    assert float(cycle.ergotropy) == pytest.approx((2 * J - h) * np.tanh(beta * h / 2), abs=1e-12)
    assert float(cycle.work) == pytest.approx(2 * J * np.tanh(beta * h / 2), abs=1e-12)


@pytest.mark.filterwarnings("ignore::qubatt.QubattWarning")
def test_cascade_and_doubled_rates() -> None:
    """Three-level atoms one by one, with κ and γ_e of a source that doubles its dissipators."""
    photons, atoms, g = 2, 2, 0.5
    levels = {name: k for k, name in enumerate("gme")}

    def flip(j: str, k: str, atom: int) -> qt.Qobj:
        parts = [qt.qeye(3)] * atoms
        parts[atom] = qt.basis(3, levels[j]) * qt.basis(3, levels[k]).dag()
        return qt.tensor(parts)

    def both(j: str, k: str) -> qt.Qobj:
        return sum(flip(j, k, atom) for atom in range(atoms))

    one, a = qt.qeye(photons + 1), qt.destroy(photons + 1)
    exchange = sum(
        flip(p, q, i) * flip(q, p, 1 - i) for i in (0, 1) for p, q in (("m", "g"), ("m", "e"))
    )
    H_B = 1.3 * both("e", "e") + 0.9 * both("m", "m") + 2 * g / atoms * exchange
    drive = 0.6 * (both("m", "g") + both("g", "m")) + 0.8 * (both("m", "e") + both("e", "m"))
    H = (
        0.7 * qt.tensor(a.dag() * a, qt.qeye([3] * atoms))
        + qt.tensor(one, H_B + drive)
        + 0.5 * (qt.tensor(a, both("m", "g")) + qt.tensor(a.dag(), both("g", "m")))
    )
    jumps = [np.sqrt(2 * 0.1) * qt.tensor(a, qt.qeye([3] * atoms))]
    jumps += [np.sqrt(2 * 0.2) * qt.tensor(one, flip("m", "e", k)) for k in range(atoms)]
    start = qt.tensor(qt.basis(photons + 1, 2), *[qt.basis(3, 0)] * atoms)
    expected = energies(H, qt.tensor(one, H_B), jumps, start)
    battery = qb.CascadeBattery(
        interaction=g, coupling=0.5, pump=0.6, control=0.8, detuning_middle=0.9,
        detuning_excited=1.3, detuning_cavity=0.7, max_photons=photons,
    )  # fmt: skip
    parts = [qb.CavityLoss(2 * 0.1), qb.LevelDecay("excited", "middle", 2 * 0.2)]
    run = qb.charge(battery, times=TIMES, environment=parts)
    np.testing.assert_allclose(run.energy, expected, atol=1e-7)


def test_a_cold_local_bath_heats_strong_repulsion() -> None:
    """E(m − 1) − E(m) = −ω_a + (2(g − g_z)/N)(2m − 1): 4 rises to 4.094 before it falls."""
    battery = qb.DrivenBattery(n_atoms=4, drive=0.0, interaction=1.0)
    left = qb.discharge(
        battery, times=np.linspace(0, 20, 401), environment="collective-decay:0.05"
    ).remaining_energy
    assert float(left[0]) == pytest.approx(4.0)
    assert float(left.max()) == pytest.approx(4.094, abs=5e-4)
    weak = qb.DrivenBattery(n_atoms=4, drive=0.0, interaction=1.0, interaction_z=0.5)
    # |g − g_z| (2 − 2/N) = 0.75 < ω_a
    left = qb.discharge(weak, times=np.linspace(0, 20, 401), environment="collective-decay:0.05")
    assert np.all(np.diff(left.remaining_energy) < 0)
