"""The empty and the full battery are levels of H_B, in whatever order the levels were given."""

from __future__ import annotations

import copy
import dataclasses
import math
import pickle
import warnings
from typing import Any

import numpy as np
import pytest
import qutip as qt
import scipy.sparse as sp

import qubatt as qb
from qubatt.core.declaration import parameters_of
from qubatt.core.levels import OuterLevels, connected_blocks, eigenvalues
from qubatt.core.realization import realize

UP_FIRST = np.diag([0.5, -0.5])
FLIP = np.array([[0.0, 1.0], [1.0, 0.0]])
LOWER = np.array([[0.0, 0.0], [1.0, 0.0]])
"""Takes |up⟩, index 0, to |down⟩."""


def hermitian(rng: np.random.Generator, dim: int) -> np.ndarray:
    """Return a random complex Hermitian matrix."""
    M = rng.normal(size=(dim, dim)) + 1j * rng.normal(size=(dim, dim))
    return 0.5 * (M + M.conj().T)


def unitary(rng: np.random.Generator, dim: int) -> np.ndarray:
    """Return a random unitary matrix."""
    return np.linalg.eigh(hermitian(rng, dim))[1]


def xxz(n_spins: int) -> qt.Qobj:
    """Return an open XXZ chain in a field, in the conventions of QuTiP."""

    def on(k: int, operator: qt.Qobj) -> qt.Qobj:
        return qt.tensor(*(operator if i == k else qt.qeye(2) for i in range(n_spins)))

    H = sum(0.5 * on(k, qt.sigmaz()) for k in range(n_spins))
    for k in range(n_spins - 1):
        for pauli, strength in ((qt.sigmax(), 1.0), (qt.sigmay(), 1.0), (qt.sigmaz(), 0.6)):
            H += strength * on(k, pauli) * on(k + 1, pauli)
    return H


# levels of a matrix


def scattered(rng: np.random.Generator, sizes: list[int]) -> tuple[sp.csr_array, np.ndarray]:
    """Return a matrix of random blocks in random order, and the same one dense."""
    H = sp.block_diag([hermitian(rng, size) for size in sizes], format="csr")
    order = rng.permutation(H.shape[0])
    H = sp.csr_array(H)[order][:, order]
    return H, H.toarray()


def test_connected_blocks_hold_the_matrix() -> None:
    """Every state once, blocks of one size together, and all entries within them."""
    H, dense = scattered(np.random.default_rng(1), [1, 3, 2, 3, 1, 4])
    seen, rest = [], dense.copy()
    for states, blocks in connected_blocks(H):
        for at, block in zip(states, blocks, strict=True):
            np.testing.assert_array_equal(dense[np.ix_(at, at)], block)
            rest[np.ix_(at, at)] = 0.0
            seen += at.tolist()
    assert sorted(seen) == list(range(14))
    assert not rest.any()
    assert [b.shape for _, b in connected_blocks(H)] == [(2, 1, 1), (1, 2, 2), (2, 3, 3), (1, 4, 4)]
    np.testing.assert_allclose(np.sort(eigenvalues(H)), np.linalg.eigvalsh(dense), atol=1e-12)


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
def test_projectors_on_the_outer_levels(scale: float) -> None:
    """Against one dense diagonalisation; what is degenerate belongs together, at any scale."""
    rng = np.random.default_rng(2)
    energies = np.array([-2.0, -2.0, -1.9, 0.0, 1.0, 3.0, 3.0, 3.0])
    U = unitary(rng, 8)
    H = scale * (U * energies) @ U.conj().T
    levels = OuterLevels(sp.csr_array(H))
    for P, members in ((levels.ground, energies == -2.0), (levels.top, energies == 3.0)):
        V = U[:, members]
        np.testing.assert_allclose(P.toarray(), V @ V.conj().T, atol=1e-12)
    assert levels.lowest == pytest.approx(-2.0 * scale)
    assert levels.highest == pytest.approx(3.0 * scale)


def test_levels_are_told_apart_next_to_the_width() -> None:
    """Energies 1e-11 of the width apart are one level, 1e-9 are two."""
    for gap, states in ((1e-11, 2), (1e-9, 1)):
        P = OuterLevels(sp.csr_array(np.diag([0.0, gap, 1.0]) * 50.0)).ground
        assert P.trace() == states


def test_a_constant_has_one_level() -> None:
    """Also where it was turned by a unitary matrix, and is known to rounding only."""
    U = unitary(np.random.default_rng(3), 5)
    for H in (np.zeros((5, 5)), 7.0 * np.eye(5), 7.0 * U @ U.conj().T):
        levels = OuterLevels(sp.csr_array(H))
        for P in (levels.ground, levels.top):
            np.testing.assert_allclose(P.toarray(), np.eye(5), atol=1e-12)


def test_large_diagonal_needs_no_eigensolver(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its projectors have as many entries as states."""
    for solver in ("eigh", "eigvalsh"):
        monkeypatch.setattr(np.linalg, solver, None)
    energies = np.random.default_rng(4).permutation(np.repeat(np.arange(50_000.0), 2))
    levels = OuterLevels(sp.csr_array(sp.diags_array(energies)))
    np.testing.assert_array_equal(levels.ground.nonzero()[0], np.flatnonzero(energies == 0))
    np.testing.assert_array_equal(levels.top.nonzero()[0], np.flatnonzero(energies == 49_999))


def test_blocks_stay_apart_in_projectors() -> None:
    """4096 states in blocks of two: no entry between blocks, and the right lowest ones."""
    rng = np.random.default_rng(5)
    centre = rng.permutation(2048).astype(float)
    H = sp.csr_array(sp.kron(sp.diags_array(centre), np.eye(2)) + sp.kron(sp.eye_array(2048), FLIP))
    levels = OuterLevels(H)
    at = 2 * int(np.argmin(centre))
    assert levels.ground.nnz == levels.top.nnz == 4
    np.testing.assert_allclose(levels.ground[at, [at, at + 1]].toarray(), [0.5, -0.5], atol=1e-15)
    assert (levels.lowest, levels.highest) == pytest.approx((-1.0, 2048.0))


# how a battery starts


def test_starts_empty_wherever_that_is() -> None:
    """Index 0 if that is in the lowest level, the lowest state if there is one."""
    plain = qb.CustomBattery(np.diag([0.0, 1.0]), FLIP)
    assert plain.problem().initial == {}
    shared = qb.CustomBattery(np.diag([0.0, 0.0, 1.0]), np.eye(3))
    assert shared.problem().initial == {}
    upside_down = qb.CustomBattery(UP_FIRST, FLIP)
    np.testing.assert_array_equal(upside_down.problem().initial["battery"], [0.0, 1.0])
    assert parameters_of(upside_down)["empty"] == "lowest level of H_B"
    given = dataclasses.replace(upside_down, initial=[0.0, 1.0])
    assert parameters_of(given)["empty"] == "lowest level of H_B"
    assert not any("empty" in parameters_of(each) for each in (plain, shared))
    tilted = qb.CustomBattery(qt.sigmax(), qt.sigmaz())
    rho = realize(tilted.problem()).rho_0
    np.testing.assert_allclose(rho, [[0.5, -0.5], [-0.5, 0.5]], atol=1e-15)


def test_starts_empty_beside_a_charger() -> None:
    """The charger as its state says, the battery in its lowest level."""
    H = np.kron(np.diag([0.0, 1.0, 2.0]), np.eye(2))
    battery = qb.CustomBattery(UP_FIRST, H, dims={"cavity": 3, "battery": 2})
    assert realize(battery.problem()).initial.nonzero() == (1, 1)
    assert realize(battery.problem(qb.FockState(2))).initial.nonzero() == (5, 5)
    run = qb.charge(battery, times=[0.0, 1.0], merits=["remaining_energy", "empty_population"])
    assert run.remaining_energy.values.tolist() == [0.0, 0.0]
    assert run.empty_population.values.tolist() == pytest.approx([1.0, 1.0], abs=1e-15)


def test_one_of_several_lowest_states_must_be_given() -> None:
    """Neither index 0 nor a guess; with `initial` all is well."""
    H_B = np.diag([1.0, 0.0, 0.0])
    battery = qb.CustomBattery(H_B, np.eye(3))
    with pytest.raises(qb.ArgumentError) as caught:
        battery.problem()
    assert str(caught.value) == (
        "Argument `initial` must be set, because the lowest level of H_B is 2-fold degenerate."
        " Pass a ket or a density matrix of the whole space."
    )
    run = qb.charge(dataclasses.replace(battery, initial=np.eye(3)[2]), times=[1.0], merits="all")
    assert float(run.empty_population[0]) == pytest.approx(1.0)


def test_nobody_is_warned_of_the_order() -> None:
    """A battery that starts empty needs no warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        qb.charge(qb.from_qutip(qt.sigmaz(), qt.sigmax()), times=[1.0])


def test_h_b_is_diagonalised_when_needed_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not where `initial` is given and no merit speaks of the empty battery."""
    H = hermitian(np.random.default_rng(6), 6)
    battery = qb.CustomBattery(H, np.eye(6), initial=np.eye(6)[0])
    asked: list[OuterLevels] = []
    found = OuterLevels._projector

    def noted(self: OuterLevels, energy: float) -> Any:
        asked.append(self)
        return found(self, energy)

    monkeypatch.setattr(OuterLevels, "_projector", noted)
    qb.charge(battery, times=[1.0], merits=["energy", "power", "purity"])
    assert not asked
    qb.charge(battery, times=[1.0], merits=["energy", "empty_population"])
    assert len(asked) == 1
    qb.charge(battery, times=[1.0], merits=["remaining_energy", "empty_population"])
    assert len(asked) == 1


def test_copies_keep_their_levels() -> None:
    """By pickle, by copy, before and after the projectors were made."""
    battery = qb.CustomBattery(UP_FIRST, FLIP)
    for _ in range(2):
        for other in (pickle.loads(pickle.dumps(battery)), copy.deepcopy(battery)):
            assert other == battery
            P = other.space.operator("battery", ("P_ground",))
            np.testing.assert_array_equal(P.toarray(), np.diag([0.0, 1.0]))


def test_operators_of_the_battery_by_name() -> None:
    """Those of H_B win over those of the factor; unknown names suggest both kinds."""
    space = qb.CustomBattery(UP_FIRST, FLIP, dims={"atoms": 2}, battery="atoms").space
    assert space.operator("atoms", ("J+", "J-")).toarray().tolist() == [[0, 0], [0, 1]]
    with pytest.raises(qb.UnsupportedError, match="Best matches are: P_full"):
        space.operator("atoms", ("P_ful",))


# what follows from it


def test_a_spin_of_qutip_decays_from_its_upper_level() -> None:
    """exp(−0.09 t): 0.0273 at t = 40, half of it at ln 2/0.09 = 7.70."""
    spin = qb.from_qutip(0.5 * qt.sigmaz(), 0 * qt.sigmax(), [0.3 * qt.sigmam()])
    times = np.linspace(0.0, 40.0, 81)
    left = qb.discharge(spin, times=times)
    np.testing.assert_allclose(left.remaining_energy, np.exp(-0.09 * times), atol=1e-8)
    assert float(left.half_life) == pytest.approx(math.log(2) / 0.09, abs=1e-6)


def test_full_is_the_mixture_over_a_degenerate_level() -> None:
    """Two upper states, one of which decays: 1 becomes ½(1 + e^−t), and half is never lost."""
    decay = np.zeros((3, 3))
    decay[0, 1] = 1.0
    battery = qb.CustomBattery(np.diag([0.0, 1.0, 1.0]), np.zeros((3, 3)), [decay])
    times = np.linspace(0.0, 3.0, 7)
    left = qb.discharge(battery, times=times)
    np.testing.assert_allclose(left.remaining_energy, 0.5 * (1 + np.exp(-times)), atol=1e-8)
    assert math.isnan(float(left.half_life))


def test_a_chain_starts_in_its_ground_state() -> None:
    """XXZ, six spins, entangled lowest state; in the field that is not the state all down."""
    H_B = xxz(6)
    E, ground = H_B.groundstate()
    drive = sum(
        qt.tensor(*(qt.sigmax() if i == k else qt.qeye(2) for i in range(6))) for k in (0, 3)
    )
    battery = qb.from_qutip(H_B, 0.4 * drive, dims=(64,))
    merits = ["remaining_energy", "empty_population", "energy"]
    run = qb.charge(battery, times=[0.0, 0.8], merits=merits)
    assert float(run.remaining_energy[0]) == pytest.approx(0.0, abs=1e-9)
    assert float(run.empty_population[0]) == pytest.approx(1.0, abs=1e-9)
    ket = qt.sesolve(H_B + 0.4 * drive, ground, [0.0, 0.8], options={"rtol": 1e-10, "atol": 1e-12})
    late = ket.states[-1]
    assert float(run.remaining_energy[1]) == pytest.approx(qt.expect(H_B, late) - E, abs=1e-8)
    assert float(run.empty_population[1]) == pytest.approx(abs(ground.overlap(late)) ** 2, abs=1e-8)
    assert float(run.empty_population[1]) < 0.99


ROOTS = ("work_fluctuation", "power_bound")
"""Merits that are roots: a variance that is 0 at time 0 is rounded, not its root."""

LEVELS = np.array([0.0, 0.7, 1.1, 2.3])


def in_another_basis(U: np.ndarray, initial: bool) -> qb.CustomBattery:
    """Return a battery beside a cavity and a spin, its levels changed by a unitary matrix."""
    rng = np.random.default_rng(7)
    W = np.kron(np.kron(np.eye(3), U), np.eye(2))
    H = hermitian(rng, 24)
    lower = np.kron(np.kron(np.eye(3), np.diag([1.0, 0.8, 0.5], k=1)), np.eye(2))
    ket = rng.normal(size=24) + 1j * rng.normal(size=24)
    return qb.CustomBattery(
        U @ np.diag(LEVELS) @ U.conj().T,
        W @ (0.3 * H) @ W.conj().T,
        [(0.2, W @ lower @ W.conj().T)],
        dims={"cavity": 3, "battery": 4, "spin": 2},
        initial=W @ (ket / np.linalg.norm(ket)) if initial else None,
    )


@pytest.mark.filterwarnings("ignore:The highest Fock level")
@pytest.mark.parametrize("initial", [False, True])
@pytest.mark.parametrize("kind", ["permuted", "turned"])
def test_merits_are_the_same_in_any_basis(kind: str, initial: bool) -> None:
    """Levels in any order, or in any basis, of the battery alone."""
    rng = np.random.default_rng(8)
    U = np.eye(4)[[2, 0, 3, 1]] if kind == "permuted" else unitary(rng, 4)
    times = np.linspace(0.0, 3.0, 7)
    runs = [
        qb.charge(in_another_basis(V, initial), times=times, merits="all") for V in (np.eye(4), U)
    ]
    assert {"empty_population", "remaining_energy", "ergotropy_full"} <= {*runs[0].data_vars}
    assert np.ptp(runs[0].empty_population.values) > 0.01
    assert {*runs[0].data_vars} == {*runs[1].data_vars}
    for name in runs[0].data_vars:
        pair = [run[name].values for run in runs]
        if name in ROOTS:
            pair = [values**2 for values in pair]
        np.testing.assert_allclose(pair[1], pair[0], atol=1e-9, err_msg=name)
    left = [qb.discharge(in_another_basis(V, initial), times=times) for V in (np.eye(4), U)]
    assert float(left[0].remaining_energy[0]) == pytest.approx(2.3)
    np.testing.assert_allclose(left[1].remaining_energy, left[0].remaining_energy, atol=1e-9)


# ladders that were given upside down


def ladder(n_atoms: int, descending: bool, initial: bool = False) -> qb.CustomBattery:
    """Return a Tavis–Cummings battery of matrices whose ladder counts m up or down."""
    model = qb.TavisCummingsBattery(n_atoms, 0.4, 4, interaction=0.5, interaction_z=0.3)
    found = realize(model.problem(qb.FockState(2)))
    dim = n_atoms + 1
    order = np.arange(5 * dim).reshape(5, dim)
    order = (order[:, ::-1] if descending else order).ravel()
    H_B, H = (part[order][:, order] for part in (found.H_B, found.H - found.H_B))
    lower = found.problem.space.operator("atoms", ("J-",))
    c = sp.csr_array(sp.kron(sp.eye_array(5), lower))[order][:, order]
    ket = np.zeros(5 * dim)
    ket[[1, 2 * dim]] = 0.6, 0.8
    dims = {"cavity": 5, "atoms": dim}
    return qb.CustomBattery(H_B, H, [(0.1, c)], dims, initial=ket[order] if initial else None)


@pytest.mark.parametrize("initial", [False, True])
def test_a_ladder_is_turned_round(initial: bool) -> None:
    """Operators, merits, environments and discharge are those of the ascending one."""
    up, down = ladder(3, False, initial), ladder(3, True, initial)
    for one, other in (
        (realize(up.problem()).H, realize(down.problem()).H),
        (realize(up.problem()).initial, realize(down.problem()).initial),
        (realize(up.problem()).jumps[0][1], realize(down.problem()).jumps[0][1]),
    ):
        np.testing.assert_array_equal(one.toarray(), other.toarray())
    times = np.linspace(0.0, 2.0, 5)
    bath = [qb.CollectiveDecay(0.3), qb.CavityLoss(0.2)]
    charger = None if initial else qb.FockState(2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", qb.QubattWarning)
        runs = [
            qb.charge(each, times=times, charger=charger, environment=bath, merits="all")
            for each in (up, down)
        ]
        left = [qb.discharge(each, times=times, environment=bath) for each in (up, down)]
    for name in runs[0].data_vars:
        np.testing.assert_allclose(runs[1][name], runs[0][name], atol=1e-12, err_msg=name)
    np.testing.assert_allclose(left[1].remaining_energy, left[0].remaining_energy, atol=1e-12)
    assert float(left[0].remaining_energy[-1]) < 0.5 * float(left[0].remaining_energy[0])


def test_results_say_that_a_ladder_was_turned() -> None:
    """Only then; the matrices stay those that were given, so copies with changes are right."""
    up, down = ladder(2, False, True), ladder(2, True, True)
    assert "turned" not in parameters_of(up)
    assert parameters_of(down)["turned"] == "atoms"
    assert down.H_B.diagonal()[0] > down.H_B.diagonal()[-1]
    again = dataclasses.replace(down, initial=down.initial)
    assert again == down
    assert parameters_of(again) == parameters_of(down)
    np.testing.assert_array_equal(realize(again.problem()).rho_0, realize(up.problem()).rho_0)
    assert up != down


def test_what_shows_no_order_is_left_alone() -> None:
    """Tr[H_B J_z] = 0, other roles, and spins that are not the battery."""
    H_B = np.diag([1.0, 0.0])
    whole = np.zeros((4, 4))
    left_alone = [
        qb.CustomBattery(np.diag([1.0, 0.0, 1.0]), np.zeros((3, 3)), dims={"atoms": 3}),
        qb.CustomBattery(H_B, np.zeros((2, 2)), dims={"levels": 2}),
        qb.CustomBattery(H_B, np.zeros((2, 2)), dims={"atoms": 2}, roles={"atoms": "levels"}),
        qb.CustomBattery(H_B, whole, dims={"atoms": 2, "battery": 2}),
    ]
    for battery in left_alone:
        assert "turned" not in parameters_of(battery)
    spins = qb.CustomBattery(H_B, whole, dims={"cavity": 2, "pair": 2}, roles={"pair": "spins"})
    assert parameters_of(spins)["turned"] == "pair"
