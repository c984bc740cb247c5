"""Problems that batteries build: Hamiltonians by their formulas, chargers, environments."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import qubatt as qb
from qubatt.core.realization import realize
from qubatt.core.space import Basis
from qubatt.models import Battery

BASES: tuple[Basis, ...] = ("symmetric", "full")
N, G, OMEGA = 3, 0.7, 0.9


def spin(n_atoms: int, axis: str) -> np.ndarray:
    """Return J_axis = ½ Σ σ in the full space, lower level first, built from Pauli matrices."""
    half = {
        "x": np.array([[0, 0.5], [0.5, 0]]),
        "y": np.array([[0, 0.5j], [-0.5j, 0]]),  # basis (ground, excited)
        "z": np.diag([-0.5, 0.5]),
    }[axis]
    return sum(
        np.kron(np.kron(np.eye(2**i), half), np.eye(2 ** (n_atoms - i - 1))) for i in range(n_atoms)
    )


def pairs(n_atoms: int, interaction: float) -> np.ndarray:
    """Return (g/N) Σ_{i≠j} (σ₊ⁱσ₋ʲ + σ₋ⁱσ₊ʲ), Eq. (3) summed over ordered pairs, atom by atom."""
    up = np.array([[0.0, 0.0], [1.0, 0.0]])
    raised = [
        np.kron(np.kron(np.eye(2**i), up), np.eye(2 ** (n_atoms - i - 1))) for i in range(n_atoms)
    ]
    return sum(
        interaction / n_atoms * (raised[i] @ raised[j].T + raised[i].T @ raised[j])
        for i in range(n_atoms)
        for j in range(n_atoms)
        if i != j
    )


def ladder(n_atoms: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return J_x, J_z and J_x² + J_y² on the ladder from J₊|m⟩ = √(j(j+1) − m(m+1))|m + 1⟩."""
    j = n_atoms / 2
    m = np.arange(n_atoms + 1) - j
    up = np.diag(np.sqrt(j * (j + 1) - m[:-1] * (m[:-1] + 1)), k=-1)
    return 0.5 * (up + up.T), np.diag(m), np.diag(j * (j + 1) - m**2)


def full_energy() -> np.ndarray:
    """Return H_B in the full space from single-atom operators."""
    return OMEGA * spin(N, "z") + pairs(N, G)


def test_battery_energy_is_the_sum_over_ordered_pairs() -> None:
    """H_B of the full basis equals the sum over pairs, that of the ladder its closed form."""
    battery = qb.DrivenBattery(N, drive=1.1, interaction=G, omega_atom=OMEGA)
    full = realize(battery.problem(), "full").H_B.toarray()
    np.testing.assert_allclose(full, full_energy(), atol=1e-14)
    _, Jz, flat = ladder(N)
    symmetric = realize(battery.problem(), "symmetric").H_B.toarray()
    closed = OMEGA * Jz + 2 * G / N * (flat - N / 2 * np.eye(N + 1))
    np.testing.assert_allclose(symmetric, closed, atol=1e-14)


@pytest.mark.parametrize("cls", [qb.DickeBattery, qb.TavisCummingsBattery, qb.DrivenBattery])
def test_ising_part_of_the_interaction(cls: type[Battery]) -> None:
    """(2g_z/N)(J_z² − N/4) = (g_z/2N) Σ_{i≠j} σ_z σ_z; with g_z = g it is (2g/N)(J² − 3N/4)."""
    options = {"drive": 1.0} if cls is qb.DrivenBattery else {"coupling": 0.3, "max_photons": 3}
    energies = [
        realize(cls(N, **options, **kind).problem(), "full").H_B.toarray()[: 2**N, : 2**N]
        for kind in ({"interaction_z": G, "omega_atom": 0}, {"interaction": G, "interaction_z": G})
    ]
    Jx, Jy, Jz = (spin(N, axis) for axis in "xyz")
    ising = 2 * G / N * (Jz @ Jz - N / 4 * np.eye(2**N))
    np.testing.assert_allclose(energies[0], ising, atol=1e-14)
    total = Jx @ Jx + Jy @ Jy + Jz @ Jz
    heisenberg = Jz + 2 * G / N * (total - 3 * N / 4 * np.eye(2**N))
    np.testing.assert_allclose(energies[1], heisenberg, atol=1e-14)


@pytest.mark.parametrize(("detuning", "delta"), [(None, OMEGA), (0.0, 0.0), (0.3, 0.3)])
def test_driven_hamiltonian(detuning: float | None, delta: float) -> None:
    """H = δJ_z + interaction + ΩJ_x; H_B keeps ω_a in every frame."""
    battery = qb.DrivenBattery(N, drive=1.1, interaction=G, detuning=detuning, omega_atom=OMEGA)
    realization = realize(battery.problem(), "full")
    expected = delta * spin(N, "z") + pairs(N, G) + 1.1 * spin(N, "x")
    np.testing.assert_allclose(realization.H.toarray(), expected, atol=1e-14)
    np.testing.assert_allclose(realization.H_B.toarray(), full_energy(), atol=1e-14)


def cavity_hamiltonians(max_photons: int, omega_cavity: float, coupling: float) -> dict[str, Any]:
    """Return H_C + H_I of both cavity batteries in the full basis."""
    a = np.diag(np.sqrt(np.arange(1, max_photons + 1)), k=1)
    up = spin(N, "x") + 1j * spin(N, "y")
    free = omega_cavity * np.kron(a.T @ a, np.eye(2**N))
    strength = coupling * omega_cavity
    return {
        "dicke": free + 2 * strength * np.kron(a + a.T, spin(N, "x")),
        "tavis": free + strength * (np.kron(a, up) + np.kron(a.T, up.conj().T)),
    }


@pytest.mark.parametrize(
    ("cls", "key"), [(qb.DickeBattery, "dicke"), (qb.TavisCummingsBattery, "tavis")]
)
def test_cavity_hamiltonians(cls: type[Battery], key: str) -> None:
    """H_C + H_I with the coupling in units of ω_c, cavity first."""
    battery = cls(N, 0.4, 4, interaction=G, omega_atom=OMEGA, omega_cavity=1.3)
    realization = realize(battery.problem(), "full")
    energy = np.kron(np.eye(5), full_energy())
    np.testing.assert_allclose(realization.H_B.toarray(), energy, atol=1e-13)
    expected = energy + cavity_hamiltonians(4, 1.3, 0.4)[key]
    np.testing.assert_allclose(realization.H.toarray(), expected, atol=1e-13)


def cascade_hamiltonian(battery: qb.CascadeBattery) -> tuple[np.ndarray, np.ndarray]:
    """Return H_B on the atoms and H on the whole space, atom by atom."""
    level = {"g": np.eye(3)[0], "m": np.eye(3)[1], "e": np.eye(3)[2]}

    def on(atom: int, to: str, start: str) -> np.ndarray:
        single = np.outer(level[to], level[start])
        return np.kron(single, np.eye(3)) if atom == 0 else np.kron(np.eye(3), single)

    b = battery
    H_B = sum(
        b.detuning_excited * on(i, "e", "e") + b.detuning_middle * on(i, "m", "m") for i in range(2)
    )
    exchange = on(0, "m", "g") @ on(1, "g", "m") + on(0, "m", "e") @ on(1, "e", "m")
    H_B = H_B + b.interaction * (exchange + exchange.T)
    fields = sum(b.pump * on(i, "m", "g") + b.control * on(i, "m", "e") for i in range(2))
    rise = sum(on(i, "m", "g") for i in range(2))
    a = np.diag(np.sqrt(np.arange(1, b.max_photons + 1)), k=1)
    H = np.kron(np.eye(b.max_photons + 1), H_B + fields + fields.T)
    H = H + b.detuning_cavity * np.kron(a.T @ a, np.eye(9))
    return H_B, H + b.coupling * (np.kron(a, rise) + np.kron(a.T, rise.T))


def test_cascade_hamiltonian() -> None:
    """Every term of H_B, H_C, H_I and H_L, from single-atom operators."""
    battery = qb.CascadeBattery(
        interaction=0.5,
        coupling=0.8,
        pump=0.6,
        control=0.9,
        detuning_middle=1.1,
        detuning_excited=1.3,
        detuning_cavity=0.7,
        max_photons=3,
    )
    H_B, H = cascade_hamiltonian(battery)
    realization = realize(battery.problem(), "full")
    np.testing.assert_allclose(realization.H_B.toarray(), np.kron(np.eye(4), H_B), atol=1e-14)
    np.testing.assert_allclose(realization.H.toarray(), H, atol=1e-14)


@pytest.mark.parametrize(
    ("battery", "photons"),
    [
        (qb.DickeBattery(3, 0.5, 6), 3),
        (qb.TavisCummingsBattery(4, 0.5, 6), 4),
        (qb.CascadeBattery(), 2),
        (qb.CascadeBattery(n_atoms=5), 5),
        (qb.TwoPhotonDickeBattery(3, 0.1, 6), 6),
    ],
)
def test_default_charger_holds_one_excitation_per_atom(battery: Battery, photons: int) -> None:
    """Without a charger the cavity starts in the Fock state of the papers, the atoms empty."""
    assert battery.default_charger() == qb.FockState(photons)
    rho = realize(battery.problem(), "symmetric").rho_0
    place = photons * battery.space.factors["atoms"].in_basis("symmetric").dim
    assert rho[place, place] == 1.0
    assert np.sum(np.abs(rho)) == 1.0


def test_charger_above_the_cutoff() -> None:
    """Given or by default, a charger that does not fit is refused with a cure."""
    with pytest.raises(qb.ArgumentError, match="must be at most max_photons = 4, but is 5"):
        qb.DickeBattery(2, 0.5, 4).problem(qb.FockState(5))
    with pytest.raises(qb.ArgumentError, match=r"but is 9\. Set max_photons to 18 or more"):
        qb.DickeBattery(9, 0.5, 4).problem()


def test_charger_for_a_driven_battery() -> None:
    """There is no factor that it could be prepared in."""
    with pytest.raises(qb.ArgumentError) as caught:
        qb.DrivenBattery(2, 1.0).problem(qb.FockState(2))
    assert str(caught.value) == (
        "Argument `charger` must be omitted, but is FockState(photons=2)."
        " DrivenBattery has no charger whose state could be set."
    )


@pytest.mark.parametrize("charger", ["fock", 3, qb.FockState])
def test_charger_that_is_no_charger_state(charger: object) -> None:
    """A name, a number or a class is not a state."""
    with pytest.raises(qb.ArgumentError, match=r"must be a charger state.*qb\.FockState\(6\)"):
        qb.DickeBattery(2, 0.5, 4).problem(charger)


def test_jumps_of_rate_zero_are_left_out() -> None:
    """A bath at n̄ = 0 gives one jump, a loss of rate 0 none."""
    battery = qb.DickeBattery(2, 0.5, 4)
    assert len(battery.problem(environment=[qb.CavityLoss(0.5)]).jumps) == 1
    assert len(battery.problem(environment=[qb.CavityLoss(0.5, 0.1)]).jumps) == 2
    assert battery.problem(environment=[qb.CavityLoss(0.0, 0.1)]).jumps == ()


@pytest.mark.parametrize("basis", BASES)
def test_problem_names_its_parts(basis: Basis) -> None:
    """The battery is the factor `atoms`, the cavity comes first."""
    problem = qb.DickeBattery(2, 0.5, 4).problem()
    assert problem.battery == "atoms"
    assert list(problem.space.factors) == ["cavity", "atoms"]
    assert problem.space.in_basis(basis).dim == {"symmetric": 15, "full": 20}[basis]
