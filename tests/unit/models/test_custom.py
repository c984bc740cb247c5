"""Batteries made of matrices: what they take, what they refuse, what they are equal to."""

from __future__ import annotations

import copy
import dataclasses
import json
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
from qubatt.core.realization import realize
from qubatt.core.solution import Solution
from qubatt.engines.exact.reduced_lindbladian import ReducedLindbladian
from qubatt.operators import Atoms, Levels, Mode
from solving import solve

A = np.diag(np.sqrt([1.0, 2.0, 3.0]), k=1)
LOWER = np.array([[0.0, 1.0], [0.0, 0.0]])
H_B = np.diag([0.0, 1.5])
COUPLING = np.kron(A, LOWER.T) + np.kron(A.T, LOWER)
H_CHARGE = np.kron(np.diag([0.0, 1.0, 2.0, 3.0]), np.eye(2)) + 0.4 * COUPLING
LOSS = np.kron(A, np.eye(2))
NAMED = {"cavity": 4, "battery": 2}


def hermitian(rng: np.random.Generator, dim: int) -> np.ndarray:
    """Return a random complex Hermitian matrix."""
    M = rng.normal(size=(dim, dim)) + 1j * rng.normal(size=(dim, dim))
    return 0.5 * (M + M.conj().T)


def message_of(*args: Any, **kwargs: Any) -> str:
    """Return why a battery is refused."""
    with pytest.raises(qb.ArgumentError) as caught:
        qb.CustomBattery(*args, **kwargs)
    return str(caught.value)


# what it takes


@pytest.mark.parametrize("kind", [np.asarray, np.ndarray.tolist, sp.csc_array, qt.Qobj])
def test_any_kind_of_matrix(kind: Any) -> None:
    """The same battery whatever the matrices were given as, with equal hashes."""
    plain = qb.CustomBattery(H_B, H_CHARGE, [LOSS], NAMED, initial=np.eye(8)[2])
    other = qb.CustomBattery(
        kind(H_B), kind(H_CHARGE), [kind(LOSS)], NAMED, initial=kind(np.eye(8)[2:3].T)
    )
    assert other == plain
    assert hash(other) == hash(plain)
    assert parameters_of(other) == parameters_of(plain)


@pytest.mark.parametrize(
    ("dims", "names"),
    [
        (None, ["battery"]),
        ((8,), ["battery"]),
        ([4, 2], ["charger", "battery"]),
        ((2, 2, 2), ["part0", "part1", "battery"]),
        ({"mode": 4, "qubit": 2}, ["mode", "qubit"]),
        ([("mode", 4), ("qubit", np.int64(2))], ["mode", "qubit"]),
    ],
)
def test_names_of_factors(dims: Any, names: list[str]) -> None:
    """The last one stores the energy."""
    last = 8 if dims is None else list(dict(dims).values())[-1] if names[0] == "mode" else dims[-1]
    battery = qb.CustomBattery(np.diag(np.arange(float(last))), H_CHARGE, dims=dims)
    assert [name for name, _ in battery.dims] == names
    assert battery.battery == names[-1]
    assert battery.problem().battery == names[-1]


def test_factors_with_a_meaning() -> None:
    """`cavity` is a mode, `atoms` a ladder, all else bare levels; `battery` wins over the last."""
    dims = {"cavity": 2, "atoms": 3, "battery": 2, "charger": 2}
    battery = qb.CustomBattery(H_B, np.zeros((24, 24)), dims=dims)
    assert battery.space.factors == {
        "cavity": Mode(1),
        "atoms": Atoms(2),
        "battery": Levels(2),
        "charger": Levels(2),
    }
    assert battery.battery == "battery"


def test_dims_of_qobj() -> None:
    """Those of the most detailed Qobj of the whole space, unless dims say otherwise."""
    H = qt.Qobj(H_CHARGE, dims=[[4, 2], [4, 2]])
    assert qb.CustomBattery(H_B, H).dims == (("charger", 4), ("battery", 2))
    assert qb.CustomBattery(H_B, H, dims=NAMED).dims == (("cavity", 4), ("battery", 2))
    start = qt.tensor(qt.basis(4, 1), qt.basis(2, 0))
    assert qb.CustomBattery(H_B, H_CHARGE, initial=start).dims == (("charger", 4), ("battery", 2))
    assert qb.CustomBattery(H_B, [H_CHARGE, (H, math.cos)]).dims[0] == ("charger", 4)
    merged = qt.Qobj(np.eye(8), dims=[[2, 2, 2], [2, 2, 2]])
    assert qb.CustomBattery(H_B, merged, dims=[4, 2]).dims == (("charger", 4), ("battery", 2))


@pytest.mark.parametrize("battery", ["one", "two", "three"])
def test_h_b_on_the_factor_or_on_the_whole_space(battery: str) -> None:
    """1 ⊗ h ⊗ 1 is recognised on every place, with complex entries, and gives the same."""
    dims = {"one": 2, "two": 3, "three": 4}
    rng = np.random.default_rng(dims[battery])
    h, H = hermitian(rng, dims[battery]), hermitian(rng, 24)
    parts = [h if name == battery else np.eye(dim) for name, dim in dims.items()]
    whole = np.kron(np.kron(*parts[:2]), parts[2])
    start = np.eye(24)[0]
    on_factor = qb.CustomBattery(h, H, dims=dims, battery=battery, initial=start)
    assert qb.CustomBattery(whole, H, dims=dims, battery=battery, initial=start) == on_factor
    realization = realize(on_factor.problem())
    np.testing.assert_array_equal(realization.H_B.toarray(), whole)
    np.testing.assert_allclose(realization.H.toarray(), whole + H, atol=1e-15)


def test_start_without_initial() -> None:
    """Index 0 of every factor; a cavity takes charger states and is in its vacuum by default."""
    plain = realize(qb.CustomBattery(H_B, H_CHARGE, dims=(4, 2)).problem())
    assert plain.initial.nonzero() == (0, 0)
    lit = qb.CustomBattery(H_B, H_CHARGE, dims=NAMED)
    assert lit.default_charger() == qb.FockState(0)
    assert realize(lit.problem()).initial.nonzero() == (0, 0)
    assert realize(lit.problem(qb.FockState(2))).initial.nonzero() == (4, 4)


def test_start_with_initial() -> None:
    """An entangled ket or a density matrix of the whole space."""
    ket = np.zeros(8)
    ket[[1, 2]] = np.sqrt(0.5)
    rho = 0.5 * np.outer(ket, ket) + np.diag([0.5] + [0.0] * 7)
    battery = qb.CustomBattery(H_B, H_CHARGE, dims=NAMED, initial=ket)
    np.testing.assert_allclose(realize(battery.problem()).rho_0, np.outer(ket, ket), atol=1e-15)
    mixed = dataclasses.replace(battery, initial=rho)
    np.testing.assert_array_equal(realize(mixed.problem()).rho_0, rho)


def test_jumps_with_and_without_rates() -> None:
    """A matrix has rate 1; rate 0 is left out; the environment comes after them."""
    battery = qb.CustomBattery(H_B, H_CHARGE, [LOSS, (0.3, LOSS.T), (0.0, LOSS)], NAMED)
    problem = battery.problem(environment=[qb.CavityLoss(0.5)])
    assert [(jump.rate, jump.source) for jump in problem.jumps] == [
        (1.0, "jumps[0]"),
        (0.3, "jumps[1]"),
        (0.5, "cavity-loss"),
    ]
    jumps = realize(problem).jumps
    np.testing.assert_array_equal(jumps[1][1].toarray(), LOSS.T)
    np.testing.assert_array_equal(jumps[2][1].toarray(), LOSS)


def test_parts_of_h_charge() -> None:
    """What has no pulse is added up; constants are no pulses; the rest is switched."""
    pulse = qb.GaussianPulse(1.0, 2.0, 0.5)
    H = [H_CHARGE, (COUPLING, pulse), COUPLING, [COUPLING, qb.ConstantPulse(0.5)], [COUPLING, None]]
    battery = qb.CustomBattery(H_B, H, dims=NAMED)
    steady, (part, found) = battery.H_charge
    np.testing.assert_allclose(steady.toarray(), H_CHARGE + 2.5 * COUPLING, atol=1e-15)
    np.testing.assert_array_equal(part.toarray(), COUPLING)
    assert found is pulse
    assert dataclasses.replace(battery, H_charge=battery.H_charge) == battery
    assert qb.CustomBattery(H_B, [H_CHARGE], dims=NAMED) == qb.CustomBattery(
        H_B, H_CHARGE, dims=NAMED
    )
    only = qb.CustomBattery(H_B, [(COUPLING, math.sin)], dims=NAMED)
    assert only.H_charge[0].nnz == 0


# what it is


def test_frozen_in_every_way() -> None:
    """No field can be set, no entry changed, and what was given may change."""
    H = H_CHARGE.copy()
    battery = qb.CustomBattery(H_B, H, [LOSS], NAMED)
    before = hash(battery)
    H[0, 0] = 7.0
    assert battery.H_charge[0, 0] == 0.0
    with pytest.raises(dataclasses.FrozenInstanceError):
        battery.H_B = H_B
    for matrix in (battery.H_B, battery.H_charge, battery.jumps[0][1]):
        with pytest.raises(ValueError, match="read-only"):
            matrix.data[0] = 1.0
    assert hash(battery) == before


def test_copies_are_equal_and_others_are_not() -> None:
    """By value: pulses, rates, states and names count, each of them."""
    battery = qb.CustomBattery(
        H_B, [H_CHARGE, (COUPLING, math.sin)], [(0.5, LOSS)], NAMED, initial=np.eye(8)[0]
    )
    assert pickle.loads(pickle.dumps(battery)) == battery
    assert copy.deepcopy(battery) == battery
    assert dataclasses.replace(battery) == battery
    others = [
        dataclasses.replace(battery, H_B=2 * H_B),
        dataclasses.replace(battery, H_charge=H_CHARGE),
        dataclasses.replace(battery, H_charge=[H_CHARGE, (COUPLING, math.cos)]),
        dataclasses.replace(battery, jumps=[(0.6, LOSS)]),
        dataclasses.replace(battery, jumps=[(0.5, LOSS.T)]),
        dataclasses.replace(battery, dims={"charger": 4, "battery": 2}),
        dataclasses.replace(battery, initial=None),
        dataclasses.replace(battery, initial=np.diag(np.eye(8)[1])),
    ]
    assert len({battery, *others}) == len(others) + 1
    assert battery != "battery"


def test_what_is_stored_of_it() -> None:
    """Names, shapes, numbers of entries and hashes; pulses as they are."""
    battery = qb.CustomBattery(
        H_B, [H_CHARGE, (COUPLING, qb.SinePulse(1.0, 2.0))], [(0.5, LOSS)], NAMED, initial=np.eye(8)
        [0]
    )  # fmt: skip
    stored = json.loads(json.dumps(parameters_of(battery)))
    assert stored["dims"] == NAMED
    assert stored["battery"] == "battery"
    assert (stored["H_B"]["shape"], stored["H_B"]["nnz"]) == ([2, 2], 1)
    assert (stored["jumps"][0]["rate"], stored["jumps"][0]["nnz"]) == (0.5, 6)
    assert stored["pulses"][0]["pulse"]["type"] == "sine"
    assert stored["initial"]["shape"] == [8, 1]
    assert len(stored["H_charge"]["sha256"]) == 64


def test_its_name_is_short() -> None:
    """No matrix in it."""
    assert repr(qb.CustomBattery(H_B, H_CHARGE, dims=NAMED)) == (
        "CustomBattery(dims=(('cavity', 4), ('battery', 2)), battery='battery')"
    )


# what it refuses


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"H_B": np.eye(3)}, "Argument `H_B` must have shape (2, 2) on `battery` or (8, 8)"),
        ({"H_B": H_CHARGE}, "Argument `H_B` must act on `battery` alone, as 1 ⊗ h ⊗ 1, but entry"),
        (
            {"H_B": [[0, 1], [0, 0]]},
            "Argument `H_B` must be Hermitian, but is (1+0j). Entries",
        ),
        ({"H_charge": LOSS}, "Argument `H_charge` must be Hermitian, but is (1.732"),
        ({"H_charge": np.ones((2, 3))}, "Argument `H_charge` must be a square matrix, but is"),
        ({"H_charge": np.eye(6)}, "Argument `dims` must have the product 6, the dimension of"),
        ({"H_charge": H_CHARGE * np.nan}, "Argument `H_charge` must be finite, but is 'entry (0"),
        ({"H_charge": [H_CHARGE, np.eye(2)]}, "Argument `H_charge[1]` must have the shape of the"),
        ({"H_charge": [H_CHARGE, (LOSS, math.sin)]}, "Argument `H_charge[1]` must be Hermitian"),
        (
            {"H_charge": (H_CHARGE, math.sin)},
            "Argument `H_charge[1]` must be a matrix or a pair (matrix, pulse), but is",
        ),
        (
            {"H_charge": [H_CHARGE, (COUPLING, "sin(t)")]},
            "Argument `H_charge[1]` must be multiplied by a function of time, but is 'sin(t)'.",
        ),
        (
            {"H_charge": [H_CHARGE, (COUPLING, lambda: 1.0)]},
            "Argument `H_charge[1]` must have a function that can take the time as its only",
        ),
        ({"jumps": LOSS}, "Argument `jumps` must be a sequence of matrices, but is 'ndarray'."),
        ({"jumps": 0.5}, "Argument `jumps` must be a sequence of matrices, but is 'float'."),
        (
            {"jumps": [A]},
            "Argument `jumps[0]` must have the shape of H_charge, (8, 8), but is (4, 4)",
        ),
        ({"jumps": [LOSS, (-0.1, LOSS)]}, "Argument `jumps[1] rate` must be non-negative, but is"),
        ({"jumps": [(math.inf, LOSS)]}, "Argument `jumps[0] rate` must be finite, but is inf."),
        ({"jumps": [("big", LOSS)]}, "Argument `jumps[0] rate` must be a number, but is 'big'."),
        ({"jumps": [(LOSS, 0.5)]}, "Argument `jumps[0]` must be a matrix of numbers, but is"),
        ({"dims": (4, 3)}, "Argument `dims` must have the product 8, the dimension of"),
        ({"dims": "4x2"}, "Argument `dims` must be dimensions, or names with dimensions, but is"),
        ({"dims": (4, 2.5)}, "Argument `dims` must contain integers, but is 2.5."),
        ({"dims": (-4, -2)}, "Argument `dims` must give `charger` at least one level, but is -4."),
        ({"dims": {"cavity": 1, "battery": 8}}, "Argument `dims` must give `cavity` at least 2"),
        (
            {"dims": {"space": 4, "battery": 2}},
            "Argument `dims` must contain valid names of factors, but is",
        ),
        ({"dims": [("a", 4), ("a", 2)]}, "Argument `dims` must name each factor once, but is"),
        ({"dims": {}}, "Argument `dims` must contain at least one dimension, but is {}."),
        (
            {"battery": "cavty"},
            "Argument `battery` must name a factor of dims, but is 'cavty'. Best",
        ),
        ({"battery": 1}, "Argument `battery` must name a factor of dims, but is 1."),
        ({"initial": np.eye(2)[0]}, "Argument `initial` must be a ket of 8 entries or a density"),
        ({"initial": np.ones(8)}, "Argument `initial` must have norm 1, but is 2.82"),
        ({"initial": np.eye(8)}, "Argument `initial` must have trace 1, but is 8.0. If normal"),
        (
            {"initial": np.diag([1.5, -0.5] + [0.0] * 6)},
            "Argument `initial` must be positive, but is 'eigenvalue -0.5'.",
        ),
        ({"H_charg": H_CHARGE}, "Argument `H_charg` must be left out, because there is no such"),
    ],
    ids=lambda part: part if isinstance(part, str) else "-".join(part),
)
@pytest.mark.filterwarnings("ignore:invalid value")
def test_refusals(changes: dict[str, Any], message: str) -> None:
    """One sentence names the argument, what it must be, and what it is."""
    fine: dict[str, Any] = {"H_B": H_B, "H_charge": H_CHARGE, "dims": NAMED}
    assert message_of(**{**fine, **changes}).startswith(message)


def test_small_h_b_without_dims_is_told_to_give_them() -> None:
    """The whole space is the battery unless dims say otherwise."""
    text = message_of(H_B, H_CHARGE)
    assert "must have shape (8, 8) on `battery`" in text
    assert text.endswith("by dims=(charger, battery).")


def test_h_b_off_by_little_names_the_entry() -> None:
    """An entry that is no part of 1 ⊗ h is found, whatever its size."""
    whole = np.kron(np.eye(4), H_B)
    whole[5, 5] += 1e-6
    assert "entry (5, 5) deviates by 1e-06+0j" in message_of(whole, H_CHARGE, dims=NAMED)


@pytest.mark.parametrize(
    ("options", "cure"),
    [
        ({"dims": {"mine": 4, "battery": 2}}, "Name the charger factor by charger=…"),
        ({"dims": NAMED, "initial": np.eye(8)[0]}, "`initial` already defines the state"),
    ],
)
def test_charger_states_that_have_no_place(options: dict[str, Any], cure: str) -> None:
    """Without a charger, or besides an initial state."""
    battery = qb.CustomBattery(H_B, H_CHARGE, **options)
    with pytest.raises(qb.ArgumentError, match="`charger` must be omitted") as caught:
        battery.problem(qb.FockState(1))
    assert cure in str(caught.value)


def test_environments_that_do_not_fit() -> None:
    """By name, with the factors there are and what to do."""
    battery = qb.CustomBattery(H_B, H_CHARGE, dims=NAMED)
    for part in (qb.CollectiveDecay(0.1), qb.LevelDecay("middle", "ground", 0.1)):
        with pytest.raises(qb.UnsupportedError) as caught:
            battery.problem(environment=[part])
        assert str(caught.value) == (
            f"{type(part).__name__} acts on `atoms`, but this battery has only `cavity` and"
            " `battery`. Name a factor `atoms` in `dims`, or pass the jumps as `jumps`."
        )
    ladder = qb.CustomBattery(H_B, H_CHARGE, dims={"cavity": 4, "atoms": 2})
    with pytest.raises(qb.UnsupportedError, match="use LocalEmission for two-level"):
        ladder.problem(environment=[qb.LevelDecay("middle", "ground", 0.1)])


def test_the_full_space_of_atoms_is_unknown() -> None:
    """The matrices were given on the ladder."""
    battery = qb.CustomBattery(np.diag([0.0, 1.0, 2.0]), np.eye(3), dims={"atoms": 3})
    with pytest.raises(qb.UnsupportedError, match="full basis has 4 states, but H_B was given"):
        solve(
            qb.DenseEngine(),
            battery.problem(),
            np.array([1.0]),
            {"E": lambda r: r.H_B},
            basis="full",
        )


@pytest.mark.parametrize("merit", ["mean_photons", "cutoff_population"])
def test_merits_of_a_cavity_need_one(merit: str) -> None:
    """Energy, power and empty population do not."""
    battery = qb.CustomBattery(H_B, H_CHARGE, dims=(4, 2))
    run = qb.charge(battery, times=[0.5], merits=["energy", "power", "empty_population"])
    assert float(run.empty_population[0]) == pytest.approx(1.0)
    with pytest.raises(qb.UnsupportedError, match="it needs a mode such as a cavity"):
        qb.charge(battery, times=[0.5], merits=[merit])


def test_max_photons_is_no_parameter() -> None:
    """Matrices cannot grow."""
    assert message_of(H_B, H_CHARGE, max_photons="auto").startswith("Argument `max_photons` must")


# what it gives


def twins(n_atoms: int, max_photons: int) -> tuple[qb.CustomBattery, qb.TavisCummingsBattery]:
    """Return a Tavis–Cummings battery, and one made of its matrices."""
    model = qb.TavisCummingsBattery(n_atoms, 0.4, max_photons, interaction=0.6)
    found = realize(model.problem(qb.FockState(0)))
    dims = {"cavity": max_photons + 1, "atoms": n_atoms + 1}
    twin = qb.CustomBattery(found.H_B, found.H - found.H_B, dims=dims)
    return twin, model


def test_twin_of_a_model() -> None:
    """Matrices of a model give its results, with its environments, charger states and merits."""
    twin, model = twins(3, 10)
    environment = [qb.CavityLoss(0.3, 0.1), qb.CollectiveDecay(0.2)]
    names = ["energy", "power", "mean_photons", "cutoff_population", "empty_population"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", qb.QubattWarning)
        for charger in (qb.FockState(3), qb.CoherentState(0.8, 0.4)):
            runs = [
                qb.charge(
                    battery,
                    times=np.linspace(0, 3, 7),
                    charger=charger,
                    environment=environment,
                    merits=names,
                )
                for battery in (twin, model)
            ]
            for name in names:
                np.testing.assert_allclose(runs[0][name], runs[1][name], atol=1e-9)
        ends = [
            qb.steady_state(b, environment=environment, charger=qb.FockState(3))
            for b in (twin, model)
        ]
    assert float(ends[0].energy) == pytest.approx(float(ends[1].energy), abs=1e-9)


def test_symmetries_are_found_in_matrices() -> None:
    """The conserved number of excitations makes the same blocks as for the model."""
    twin, model = twins(6, 8)
    loss = [qb.CavityLoss(0.3)]
    sizes = [
        ReducedLindbladian(realize(battery.problem(qb.FockState(6), loss))).entries
        for battery in (twin, model)
    ]
    assert sizes[0] == sizes[1] < 63**2 / 4


def test_cutoff_is_watched() -> None:
    """A mode that is driven above its highest level is named, with what to do about it."""
    H = H_CHARGE + 0.5 * np.kron(A + A.T, np.eye(2))
    battery = qb.CustomBattery(H_B, H, dims=NAMED)
    with pytest.warns(qb.QubattWarning, match="Add levels of `cavity` to the matrices; if this"):
        run = qb.charge(battery, times=[1.0], charger=qb.FockState(3))
    assert run.attrs["status"] in ("cutoff-too-small", "cutoff-not-resolved")
    full = qb.charge(qb.CustomBattery(H_B, H_CHARGE, dims=NAMED), times=[1.0], charger="fock:3")
    assert full.attrs["status"] == "ok"  # no operator leads above the highest level
    unnamed = qb.CustomBattery(H_B, H, dims=(4, 2), initial=np.eye(8)[6])
    again = qb.charge(unnamed, times=[1.0])
    assert again.attrs["status"] == "ok"
    np.testing.assert_allclose(again.energy, run.energy, atol=1e-10)


def gue(seed: int, dims: dict[str, int]) -> qb.CustomBattery:
    """Return a battery of random complex matrices that starts in a random mixture."""
    rng = np.random.default_rng(seed)
    D = math.prod(dims.values())
    jumps = [(rng.uniform(0.05, 0.2), rng.normal(size=(2, D, D)).T @ [1, 1j]) for _ in range(2)]
    root = rng.normal(size=(D, D)) + 1j * rng.normal(size=(D, D))
    rho = root @ root.conj().T
    return qb.CustomBattery(
        hermitian(rng, dims["battery"]),
        hermitian(rng, D),
        [(rate, c / np.sqrt(D)) for rate, c in jumps],
        dims,
        initial=rho / np.trace(rho),
    )


@pytest.mark.parametrize("engine", ["exact", "matrix"])
@pytest.mark.parametrize("seed", range(3))
def test_complex_matrices_in_every_engine(seed: int, engine: str) -> None:
    """Three factors, the battery in the middle, against the exponential of the superoperator."""
    battery = gue(seed, {"left": 2, "battery": 3, "right": 2})
    times = np.linspace(0, 2, 5)
    names = ["energy", "power", "empty_population"]
    oracle, run = (
        qb.charge(battery, times=times, merits=names, engine=name) for name in ("dense", engine)
    )
    assert np.ptp(oracle.energy.values) > 1e-2
    for name in names:
        np.testing.assert_allclose(run[name], oracle[name], atol=1e-8)


@pytest.mark.parametrize("method", ["direct", "flow"])
def test_steady_state_of_complex_matrices(method: str) -> None:
    """𝓛ρ = 0 by two methods, which is where a long run ends."""
    battery = gue(5, {"left": 2, "battery": 3})
    end = qb.steady_state(battery, method=method)
    assert end.attrs["uniqueness"] == "unique"
    late = qb.charge(battery, times=[400.0])
    assert float(end.energy) == pytest.approx(float(late.energy[0]), abs=1e-8)


def states(solution: Solution) -> np.ndarray:
    """Return the states that were asked for."""
    assert solution.states is not None
    return solution.states


def test_pulses_switch_matrices() -> None:
    """The energy turns where the pulse does, in both engines that take pulses."""
    pulse = qb.PiecewisePulse([0.5, 1.5], [0.8])
    battery = qb.CustomBattery(H_B, [np.zeros((2, 2)), (LOWER + LOWER.T, pulse)])
    times = np.linspace(0, 2, 9)
    angle = 0.8 * np.clip(times - 0.5, 0, 1)
    problem = qb.CustomBattery(np.zeros((2, 2)), [(LOWER + LOWER.T, pulse)]).problem()
    for engine in (qb.ExactEngine(), qb.MatrixEngine()):
        found = states(solve(engine, problem, times, {}, states=True))[:, 1, 1].real
        np.testing.assert_allclose(found, np.sin(angle) ** 2, atol=1e-8)
        run = qb.charge(battery, times=times, engine=engine)
        assert float(run.power[0]) == pytest.approx(0.0, abs=1e-12)


def test_a_whole_battery_of_one_factor() -> None:
    """dims=None: Rabi oscillations of a qubit, E = sin²(Ωt/2)."""
    battery = qb.CustomBattery(np.diag([0.0, 1.0]), -np.diag([0.0, 1.0]) + 0.35 * (LOWER + LOWER.T))
    times = np.linspace(0, 5, 11)
    np.testing.assert_allclose(
        qb.charge(battery, times=times).energy, np.sin(0.35 * times) ** 2, atol=1e-9
    )


def test_a_chain_of_spins_is_one_battery() -> None:
    """H_B on several factors is refused with the cure, which works."""
    spins = [
        qt.tensor(*(qt.sigmaz() if i == k else qt.qeye(2) for i in range(3))) for k in range(3)
    ]
    drive = qt.tensor(*[qt.sigmax()] * 3)
    start = qt.tensor(*[qt.basis(2, 1)] * 3)
    H_B = spins[0] * spins[1] + 0.5 * sum(spins)
    with pytest.raises(qb.ArgumentError) as caught:
        qb.from_qutip(H_B, drive, rho0=start)
    assert "entry (" in str(caught.value)
    assert "all factors by dims=(8,)." in str(caught.value)
    battery = qb.from_qutip(H_B, drive, rho0=start, dims=(8,))
    run = qb.charge(battery, times=[0.0, 0.5])
    rho = qt.mesolve(H_B + drive, start, [0.0, 0.5], e_ops=[H_B]).expect[0]
    assert float(run.energy[1]) == pytest.approx(rho[1] - rho[0], abs=1e-4)
