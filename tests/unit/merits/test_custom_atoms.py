"""Ergotropies of batteries of atoms given as matrices."""

from __future__ import annotations

import numpy as np
import pytest
import qutip as qt
from numpy.typing import NDArray

import qubatt as qb
from qubatt.core.realization import realize
from qubatt.core.task import Save, Task
from qubatt.engines import DenseEngine

TIMES = [0.0, 0.7, 1.9, 4.0]
MERITS = [
    "ergotropy_full",
    "ergotropy_symmetric",
    "ergotropy_atom",
    "passive_energy_full",
    "energy",
]


def ladder(n_atoms: int) -> tuple[NDArray[np.complex128], ...]:
    """Return J_x, J_y, J_z with m ascending."""
    return tuple(qt.jmat(n_atoms / 2, axis).full()[::-1, ::-1] for axis in "xyz")


def custom(n_atoms: int, H_B: NDArray[np.complex128], constant: float = 0.0) -> qb.CustomBattery:
    """Return atoms driven by J_x under collective decay, with H_B plus a constant."""
    Jx, Jy, Jz = ladder(n_atoms)
    return qb.CustomBattery(
        H_B + constant * np.eye(n_atoms + 1),
        0.8 * Jx + 0.3 * Jz,
        [(0.2, Jx - 1j * Jy)],
        dims={"atoms": n_atoms + 1},
    )


def brute_force(n_atoms: int, rho: NDArray[np.complex128], omega: NDArray[np.float64]) -> float:
    """Return Tr[ρH] − min Tr[UρU†H] in the space of 2^N states, H = ½ Σ ω·σ."""
    V = np.zeros((2**n_atoms, n_atoms + 1))
    for state in range(2**n_atoms):
        V[state, n_atoms - state.bit_count()] = 1.0  # QuTiP has spin up at index 0
    V /= np.linalg.norm(V, axis=0)
    sigmas = (qt.sigmax(), qt.sigmay(), qt.sigmaz())
    one = sum(0.5 * w * sigma for w, sigma in zip(omega, sigmas, strict=True))
    H = sum(
        qt.tensor([one if k == atom else qt.qeye(2) for k in range(n_atoms)])
        for atom in range(n_atoms)
    ).full()
    full = V @ rho @ V.T
    lowest = np.sort(np.linalg.eigvalsh(full))[::-1] @ np.sort(np.linalg.eigvalsh(H))
    return float(np.trace(full @ H).real - lowest)


@pytest.mark.parametrize("constant", [0.0, 2.5, -1e6])
@pytest.mark.parametrize("omega", [(0.0, 0.0, 1.3), (0.4, -0.2, 0.9)])
@pytest.mark.parametrize("n_atoms", [1, 4])
def test_linear_hamiltonians(n_atoms: int, omega: tuple[float, ...], constant: float) -> None:
    """H_B = ω·J + c: the constant changes nothing, and the value is that of brute force."""
    w = np.array(omega)
    H_B = sum(k * J for k, J in zip(w, ladder(n_atoms), strict=True))
    run = qb.charge(custom(n_atoms, H_B, constant), times=TIMES, merits=MERITS)
    scale = max(1.0, abs(constant))
    problem = custom(n_atoms, H_B, constant).problem()
    task = Task.of(realize(problem), np.array(TIMES), save=Save(battery=True))
    states = DenseEngine().solve(task)[0].battery_states
    expected = [brute_force(n_atoms, rho, w) for rho in states]
    np.testing.assert_allclose(run.ergotropy_full, expected, atol=1e-9 * scale)
    atom = [brute_force(1, one_atom(n_atoms, rho), w) for rho in states]
    np.testing.assert_allclose(run.ergotropy_atom, atom, atol=1e-9 * scale)


def one_atom(n_atoms: int, rho: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """Return the reduced state of one atom, ground level first, from ⟨J⟩."""
    x, y, z = (2 / n_atoms * np.trace(rho @ J).real for J in ladder(n_atoms))
    return 0.5 * np.array([[1 - z, x + 1j * y], [x - 1j * y, 1 + z]])


def test_the_same_as_a_named_battery() -> None:
    """DrivenBattery with the same Hamiltonian."""
    named = qb.DrivenBattery(n_atoms=3, drive=0.8, omega_atom=1.3, detuning=0.0)
    problem = named.problem()
    Jz = ladder(3)[2]
    rest = realize(problem).H.toarray() - 1.3 * Jz
    matrices = qb.CustomBattery(1.3 * Jz + 7 * np.eye(4), rest, dims={"atoms": 4})
    runs = [qb.charge(battery, times=TIMES, merits=MERITS) for battery in (named, matrices)]
    for name in MERITS[:3]:
        np.testing.assert_allclose(runs[0][name], runs[1][name], atol=1e-9)


def test_interacting_matrices_are_refused() -> None:
    """J_z² on the ladder may come from different Hamiltonians of the full space."""
    Jz = ladder(4)[2]
    battery = custom(4, Jz + 0.1 * Jz @ Jz)
    for merit in ("ergotropy_full", "ergotropy_atom"):
        with pytest.raises(qb.UnsupportedError, match="other than ω·J"):
            qb.charge(battery, times=TIMES, merits=[merit])
