"""Conversions on the page of conventions: the generator in a source's notation, and qubatt's.

The left side of every case is written with Pauli matrices of single atoms, as sources write it, and
projected onto the ladder; the right side is `to_qutip` of the arguments that the page names. Both
Liouvillians are compared, so that constants in H do not matter.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import qutip as qt

import qubatt as qb
from qubatt.core.registry import registry

PAGE = (Path(__file__).parents[2] / "docs" / "conventions.md").read_text("utf-8")
N, PHOTONS = 3, 6
OMEGA_A, OMEGA_C = 1.1, 0.9
SX, SY, SZ, DOWN, UP = qt.sigmax(), qt.sigmay(), qt.sigmaz(), qt.sigmam(), qt.sigmap()
A = qt.destroy(PHOTONS + 1)


def each(operator: qt.Qobj, n: int = N) -> list[qt.Qobj]:
    """Return an operator of every atom."""
    one = [qt.qeye(2)] * n
    return [qt.tensor([*one[:k], operator, *one[k + 1 :]]) for k in range(n)]


def total(operator: qt.Qobj, n: int = N) -> qt.Qobj:
    """Return Σᵢ of an operator."""
    return sum(each(operator, n))


def pairs(first: qt.Qobj, second: qt.Qobj, n: int = N) -> qt.Qobj:
    """Return Σ_{i<j} of firstⁱ secondʲ."""
    left, right = each(first, n), each(second, n)
    return sum(left[i] * right[j] for j in range(n) for i in range(j))


def ladder(n: int = N) -> np.ndarray:
    """Return the ladder states as columns, the state without excitations first."""
    ket = qt.tensor([qt.basis(2, 1)] * n)
    columns = [ket.full()]
    for _ in range(n):
        ket = (total(UP, n) * ket).unit()
        columns.append(ket.full())
    return np.hstack(columns)


def on_ladder(operator: qt.Qobj, n: int = N) -> np.ndarray:
    """Return an operator of all atoms on the ladder, which it must not leave."""
    V = ladder(n)
    inside = V.conj().T @ operator.full() @ V
    np.testing.assert_allclose(V @ inside, operator.full() @ V, atol=1e-13)
    return inside


def beside(cavity: qt.Qobj, atoms: qt.Qobj) -> np.ndarray:
    """Return cavity ⊗ atoms, on the ladder."""
    return np.kron(cavity.full(), on_ladder(atoms))


def liouvillian(H: Any, jumps: Any) -> np.ndarray:
    """Return the generator, as a matrix."""
    return qt.liouvillian(qt.Qobj(np.asarray(H)), [qt.Qobj(np.asarray(c)) for c in jumps]).full()


class Case(NamedTuple):
    """Arguments of qubatt, and what they stand for."""

    battery: Any
    H: np.ndarray
    environment: Any = ()
    jumps: tuple[np.ndarray, ...] = ()


ATOMS, CAVITY = qt.qeye([2] * N), qt.qeye(PHOTONS + 1)
SHAPE: dict[str, Any] = {"n_atoms": N, "max_photons": PHOTONS}
FREE: dict[str, Any] = {"omega_atom": OMEGA_A, "omega_cavity": OMEGA_C}
H_0 = beside(OMEGA_C * A.dag() * A, ATOMS) + beside(CAVITY, OMEGA_A / 2 * total(SZ))
FIELD = A + A.dag()


def dicke(H: np.ndarray, **options: Any) -> Case:
    """Return a Dicke battery with H beyond the free part."""
    return Case(qb.DickeBattery(**SHAPE, **FREE, **options), H_0 + H)


def tavis(H: np.ndarray, **options: Any) -> Case:
    """Return a Tavis–Cummings battery with H beyond the free part."""
    return Case(qb.TavisCummingsBattery(**SHAPE, **FREE, **options), H_0 + H)


def driven(H: qt.Qobj, environment: Any = (), jumps: Any = (), **options: Any) -> Case:
    """Return a battery without a drive, unless one is given, with H beyond the free part."""
    battery = qb.DrivenBattery(n_atoms=N, omega_atom=OMEGA_A, **({"drive": 0.0} | options))
    H_all = OMEGA_A / 2 * total(SZ) + H
    return Case(battery, on_ladder(H_all), environment, tuple(map(on_ladder, jumps)))


def flips(n: int = N) -> qt.Qobj:
    """Return Σ_{i<j} (σ_xσ_x + σ_yσ_y)."""
    return pairs(SX, SX, n) + pairs(SY, SY, n)


EXCHANGE = 2 * flips()
"""Σ_{i≠j}, each pair counted twice."""
NOTHING = 0 * ATOMS

HAMILTONIANS: dict[str, Callable[[], Case]] = {
    "g (a + a†) Σᵢ σ_xⁱ": lambda: dicke(0.3 * beside(FIELD, total(SX)), coupling=0.3 / OMEGA_C),
    "2g (a + a†) J_x": lambda: dicke(
        2 * 0.3 * beside(FIELD, total(SX) / 2), coupling=0.3 / OMEGA_C
    ),
    "g (a + a†)(J₊ + J₋)": lambda: dicke(
        0.3 * beside(FIELD, total(UP) + total(DOWN)), coupling=0.3 / OMEGA_C
    ),
    "(λ/√N)(a + a†)(J₊ + J₋)": lambda: dicke(
        0.5 / np.sqrt(N) * beside(FIELD, total(UP) + total(DOWN)),
        coupling=0.5 / (np.sqrt(N) * OMEGA_C),
    ),
    "2ω_c λ J_x (a + a†)": lambda: dicke(
        2 * OMEGA_C * 0.4 * beside(FIELD, total(SX) / 2), coupling=0.4
    ),
    "2λ(t) J_x (a + a†)": lambda: dicke(
        2 * 0.4 * beside(FIELD, total(SX) / 2), coupling=0.4 / OMEGA_C
    ),
    "g Σᵢ (a σ₊ⁱ + a† σ₋ⁱ)": lambda: tavis(
        0.3 * (beside(A, total(UP)) + beside(A.dag(), total(DOWN))), coupling=0.3 / OMEGA_C
    ),
    "2ω_c λ J_x (a² + a†²)": lambda: Case(
        qb.TwoPhotonDickeBattery(**SHAPE, **FREE, coupling=0.1),
        H_0 + 2 * OMEGA_C * 0.1 * beside(A**2 + A.dag() ** 2, total(SX) / 2),
    ),
    "Ω Σᵢ σ_xⁱ": lambda: driven(0.35 * total(SX), drive=2 * 0.35),
    "(g/2N) Σ_{i≠j} (σ_xⁱσ_xʲ + σ_yⁱσ_yʲ)": lambda: driven(
        0.7 / (2 * N) * EXCHANGE, interaction=0.7
    ),
    "J Σ_{i<j} (σ_xⁱσ_xʲ + σ_yⁱσ_yʲ)": lambda: driven(0.2 * flips(), interaction=N * 0.2),
    "J Σ_{i<j} (σ₊ⁱσ₋ʲ + σ₋ⁱσ₊ʲ)": lambda: driven(
        0.2 * (pairs(UP, DOWN) + pairs(DOWN, UP)), interaction=N * 0.2 / 2
    ),
    "J Σ_{i<j} σ_zⁱσ_zʲ": lambda: driven(0.2 * pairs(SZ, SZ), interaction_z=N * 0.2),
    "χ J_z²": lambda: driven(0.2 * (total(SZ) / 2) ** 2, interaction_z=N * 0.2 / 2),
    "ω_a Σᵢ σ₊ⁱσ₋ⁱ": lambda: driven(OMEGA_A * (total(UP * DOWN) - total(SZ) / 2)),
    "Zhang 2024 R3": lambda: dicke(
        beside(CAVITY, 0.8 / (2 * N) * flips()) + 0.3 * OMEGA_C * beside(FIELD, total(SX)),
        interaction=0.8 / 2,
        coupling=0.3,
    ),
    "Eqs. (3) and (12)": lambda: dicke(
        beside(CAVITY, 0.8 / (2 * N) * EXCHANGE) + 0.3 * OMEGA_C * beside(FIELD, total(SX) / 2),
        interaction=0.8,
        coupling=0.3 / 2,
    ),
}
"""By the notation on the page."""


@pytest.mark.parametrize("notation", HAMILTONIANS)
def test_hamiltonians(notation: str) -> None:
    """In the notation of the source, and by the arguments of the page."""
    assert notation in PAGE
    battery, H, environment, jumps = HAMILTONIANS[notation]()
    ours = qb.to_qutip(battery, environment=environment)
    np.testing.assert_allclose(
        liouvillian(ours.H.full(), []), liouvillian(H, jumps), atol=1e-13, err_msg=notation
    )


def doubled(rate: float, operators: list[qt.Qobj]) -> np.ndarray:
    """Return rate · Σ (2cρc† − c†cρ − ρc†c), as a matrix."""
    return sum(
        rate * (2 * qt.sprepost(c, c.dag()) - qt.spre(c.dag() * c) - qt.spost(c.dag() * c)).full()
        for c in operators
    )


RATE = 0.3
RATES: dict[str, tuple[Any, Callable[[], np.ndarray]]] = {
    "γ(2cρc† − c†cρ − ρc†c)": (qb.LocalEmission(2 * RATE), lambda: doubled(RATE, each(DOWN))),
    "(γ/2)(2cρc† − c†cρ − ρc†c)": (qb.LocalEmission(RATE), lambda: doubled(RATE / 2, each(DOWN))),
    "γ Σᵢ D[σ_zⁱ]": (qb.LocalDephasing(4 * RATE), lambda: doubled(RATE / 2, each(SZ))),
    "γ Σᵢ (σ_zⁱρσ_zⁱ − ρ)": (
        qb.LocalDephasing(4 * RATE),
        lambda: sum(RATE * (qt.sprepost(z, z) - 1).full() for z in each(SZ)),
    ),
    "(γ/2) Σᵢ (σ_zⁱρσ_zⁱ − ρ)": (
        qb.LocalDephasing(2 * RATE),
        lambda: sum(RATE / 2 * (qt.sprepost(z, z) - 1).full() for z in each(SZ)),
    ),
    "γ Σᵢ D[σ₊ⁱσ₋ⁱ]": (qb.LocalDephasing(RATE), lambda: doubled(RATE / 2, each(UP * DOWN))),
    "γ Σᵢ D[σ₊ⁱ]": (qb.LocalPumping(RATE), lambda: doubled(RATE / 2, each(UP))),
}
"""Dissipators of single atoms by the notation on the page."""


@pytest.mark.parametrize("notation", RATES)
def test_rates_of_single_atoms(notation: str) -> None:
    """In the 2^N states."""
    assert notation in PAGE
    environment, expected = RATES[notation]
    battery = qb.DrivenBattery(n_atoms=N, drive=0.0, omega_atom=0.0)
    ours = qb.to_qutip(battery, environment=environment)
    # qubatt has |g⟩ at index 0, Pauli matrices have |e⟩: the order of all states is reversed
    jumps = [c.full()[::-1, ::-1] for c in ours.c_ops]
    np.testing.assert_allclose(liouvillian(0 * jumps[0], jumps), expected(), atol=1e-13)


COLLECTIVE: dict[str, tuple[Any, list[tuple[float, qt.Qobj]]]] = {
    "γ D[Σᵢ σ₋ⁱ]": (qb.CollectiveDecay(RATE), [(RATE, total(DOWN))]),
    "γ D[Σᵢ σ_zⁱ]": (qb.CollectiveDephasing(4 * RATE), [(RATE, total(SZ))]),
    "γ(n̄ + 1) D[J₋] + γn̄ D[J₊]": (
        qb.CollectiveDecay(RATE, n_thermal=0.4),
        [(1.4 * RATE, total(DOWN)), (0.4 * RATE, total(UP))],
    ),
    "γ D[J₊]": (qb.CollectivePumping(RATE), [(RATE, total(UP))]),
    "γ D[J_z]": (qb.CollectiveDephasing(RATE), [(RATE, total(SZ) / 2)]),
    "(κ/S) D[S₋] with S = N/2": (
        qb.CollectiveDecay(2 * RATE / N),
        [(RATE / (N / 2), total(DOWN))],
    ),
}
CAVITY_RATES: dict[str, tuple[Any, list[tuple[float, qt.Qobj]]]] = {
    "κ(n̄ + 1) D[a] + κn̄ D[a†]": (
        qb.CavityLoss(RATE, n_thermal=0.4),
        [(1.4 * RATE, A), (0.4 * RATE, A.dag())],
    ),
    "κ_φ D[a†a]": (qb.CavityDephasing(RATE), [(RATE, A.dag() * A)]),
    "κ(2aρa† − …)": (qb.CavityLoss(2 * RATE), [(2 * RATE, A)]),
}


@pytest.mark.parametrize("notation", [*COLLECTIVE, *CAVITY_RATES])
def test_rates_of_all_atoms_and_of_the_cavity(notation: str) -> None:
    """On the ladder."""
    assert notation in PAGE
    if notation in COLLECTIVE:
        environment, terms = COLLECTIVE[notation]
        battery: Any = qb.DrivenBattery(n_atoms=N, drive=0.0, omega_atom=0.0)
        expected = [np.sqrt(rate) * on_ladder(c) for rate, c in terms]
    else:
        environment, terms = CAVITY_RATES[notation]
        battery = qb.DickeBattery(coupling=0.0, **SHAPE)
        expected = [np.sqrt(rate) * beside(c, ATOMS) for rate, c in terms]
    ours = [c.full() for c in qb.to_qutip(battery, environment=environment).c_ops]
    nothing = 0 * expected[0]
    np.testing.assert_allclose(
        liouvillian(nothing, ours), liouvillian(nothing, expected), atol=1e-13
    )


def test_kamin2020() -> None:
    """Two cells in the frame of a resonant drive: the dynamics has no splitting, the energy has."""
    omega, J, delta, drive = 0.8, 0.3, 0.6, 0.5
    battery = qb.DrivenBattery(
        n_atoms=2, omega_atom=2 * omega, detuning=0, interaction=2 * J,
        interaction_z=2 * J * delta, drive=2 * drive,
    )  # fmt: skip
    inside = J * (flips(2) + delta * pairs(SZ, SZ, 2))
    ours = qb.to_qutip(battery)
    H = on_ladder(inside + drive * total(SX, 2), 2)
    np.testing.assert_allclose(ours.H.full(), H, atol=1e-14)
    H_B = on_ladder(omega * total(SZ, 2) + inside, 2)
    np.testing.assert_allclose(ours.H_B.full(), H_B, atol=1e-14)


@pytest.mark.parametrize(("g", "g_z"), [(0.0, 0.0), (1.3, 0.4), (-0.9, 0.2)])
def test_energy_taken_by_a_local_bath(g: float, g_z: float) -> None:
    """dE/dt = −γ⟨J₊J₋ ε(J_z)⟩, ε(m) = ω_a − (2(g − g_z)/N)(2m − 1), for any state on the ladder."""
    battery = qb.DrivenBattery(
        n_atoms=N, drive=0.0, omega_atom=OMEGA_A, interaction=g, interaction_z=g_z
    )
    ours = qb.to_qutip(battery, environment=qb.CollectiveDecay(RATE))
    rho = qt.rand_dm(N + 1, seed=5)
    (c,) = ours.c_ops
    rate = (ours.H_B * qt.lindblad_dissipator(c)(qt.Qobj(rho.full(), dims=c.dims))).tr()
    down, z = on_ladder(total(DOWN)), on_ladder(total(SZ) / 2)
    step = OMEGA_A * np.eye(N + 1) - 2 * (g - g_z) / N * (2 * z - np.eye(N + 1))
    expected = -RATE * np.trace(down.T @ down @ step @ rho.full())
    assert rate == pytest.approx(expected, abs=1e-13)


def test_the_page_names_everything() -> None:
    """All batteries, dissipators and readings; every case above stands on it."""
    for kind in ("battery", "environment"):
        for each_class in registry.items(kind).values():
            assert f"| `{each_class.__name__}` |" in PAGE
    rows = re.findall(r"^\| ([A-Z]\w+ \d{4})", PAGE, flags=re.MULTILINE)
    assert len(set(rows)) >= 12
    assert {row.split()[0] for row in rows} <= set(re.findall(r"\w+", PAGE.split("Sources.")[1]))
