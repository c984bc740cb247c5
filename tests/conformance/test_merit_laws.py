"""Laws that figures of merit obey, for every battery with every environment, and random ones."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np
import pytest
from draw import random_battery
from hypothesis import given, settings
from hypothesis import strategies as st
from laws import assert_balance, assert_descending, assert_within
from specimen import NAMES, PAIRS, merits_of, problem_of

import qubatt as qb
from qubatt.core.problem import Problem
from qubatt.core.realization import realize
from qubatt.merits import Merit, SolvedRun
from solving import observables_of, solve, solve_steady

TIMES = np.array([0.0, 1e-3, 0.1, 0.35, 0.8, 1.3, 2.0, 3.1, 5.0])
CASES = [
    *[(*pair, None) for pair in PAIRS if problem_of(*pair) is not None],
    *[(name, None, None) for name in NAMES["battery"]],
    *[
        ("dicke", environment, light)
        for light in NAMES["charger"]
        for environment in (None, "cavity-loss")
    ],
]

at_random = settings(max_examples=25, derandomize=True, deadline=None, database=None)
seeds = st.integers(0, 2**32 - 1)


def record_of(problem: Problem, times: np.ndarray, merits: list[Merit]) -> SolvedRun:
    """Return a run with all states."""
    moments = observables_of(merits, problem)
    found = solve(qb.ExactEngine(), problem, times, moments, states=True, battery=True)
    return SolvedRun(realize(problem), times, found.moments, found.battery_states, found.states)


def all_of(problem: Problem, times: np.ndarray = TIMES) -> tuple[SolvedRun, dict[str, np.ndarray]]:
    """Return a run, and every merit that it can give by name."""
    merits = merits_of(problem)
    record = record_of(problem, times, merits)
    return record, {merit.name: merit.values(record) for merit in merits}


@cache
def case_of(*case: str | None) -> tuple[SolvedRun, dict[str, np.ndarray]]:
    """Return the same of an example."""
    problem = problem_of(*case)
    assert problem is not None
    return all_of(problem)


def drawn(seed: int) -> tuple[SolvedRun, dict[str, np.ndarray]]:
    """Return the same of a random battery, with pulses perhaps."""
    return all_of(random_battery(np.random.default_rng(seed), pulses=True))


def check_bounds(record: SolvedRun, values: Mapping[str, np.ndarray]) -> None:
    """Every merit keeps to what it declares; it has a value at every time, or one of all."""
    for merit in merits_of(record.problem):
        found = values[merit.name]
        assert_within(found, merit.bounds)
        assert found.shape[-1:] in ((len(record.times),), ()), merit.name
        assert (merit.needs == "curve") == (found.shape == ()), merit.name


def check_relations(record: SolvedRun, values: Mapping[str, np.ndarray]) -> None:
    """Whatever is known to lie above, below or beside something else."""
    energy = np.einsum("tij,ji->t", record.battery_states, record.spectrum.H).real
    d = record.battery_states.shape[1]
    if "ergotropy_symmetric" in values:
        assert_descending(values["ergotropy_full"], values["ergotropy_symmetric"])
        assert_descending(values["passive_energy_symmetric"], values["passive_energy_full"])
        assert_descending(values["capacity_full"], values["capacity_symmetric"])
    for reach in ("symmetric", "full"):
        if f"ergotropy_{reach}" not in values:
            continue
        part = {name: values[f"{name}_{reach}"] for name in PARTS}
        assert_descending(part["ergotropy"], part["incoherent_ergotropy"], 0.0)
        assert_descending(part["ergotropy"], part["coherent_ergotropy"], 0.0)
        assert_descending(part["capacity"], part["ergotropy"])
        whole = part["incoherent_ergotropy"] + part["coherent_ergotropy"]
        np.testing.assert_allclose(whole, part["ergotropy"], atol=1e-9)
        total = part["ergotropy"] + part["passive_energy"]
        np.testing.assert_allclose(total, energy, atol=1e-9)
        above = energy - np.min(
            record.spectrum.extremes[0] if reach == "full" else record.spectrum.energies
        )
        np.testing.assert_allclose(part["ergotropy"] + part["locked_energy"], above, atol=1e-9)
    assert_descending(1.0, values["purity"], 1.0 / d)
    assert_descending(np.log(d), values["entropy"], -np.log(values["purity"]))
    dephased = np.einsum("tii->ti", record.in_levels).real  # no less mixed than by blocks
    shannon = -np.sum(dephased * np.log(np.maximum(dephased, 1e-300)), axis=1)
    mixing = values["entropy"] + values["coherence_relative_entropy"]
    assert_descending(shannon, mixing, values["entropy"], atol=1e-8)
    np.testing.assert_allclose(values["free_energy"], energy - values["entropy"], atol=1e-9)
    assert_descending(values["power_bound"], np.abs(values["power"]), atol=1e-7)
    if "speed_limit" in values:
        assert_descending(values["speed_limit"], np.abs(values["power"]), atol=1e-7)
    if "concurrence" in values and record.realization.basis == "symmetric":
        assert_descending(2.0 / record.n_atoms, values["concurrence"], 0.0, atol=1e-7)
    if "fisher_information" in values:
        assert_descending(float(record.n_atoms**2), values["fisher_information"], atol=1e-8)
    if "negativity" in values:
        most = min(d, len(record.states[0]) // d)
        assert_descending((most - 1) / 2, values["negativity"], 0.0)
        assert_descending(2 * np.log(most), values["mutual_information"], 0.0, atol=1e-8)


FLOWS = ("heat_current", "work_flow")

PARTS = (
    "ergotropy",
    "incoherent_ergotropy",
    "coherent_ergotropy",
    "passive_energy",
    "locked_energy",
    "capacity",
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: "+".join(part or "-" for part in case))
def test_merits_of_examples_obey_the_laws(case: tuple[str | None, ...]) -> None:
    """Bounds and relations at all times."""
    check_bounds(*case_of(*case))
    check_relations(*case_of(*case))


@at_random
@given(seed=seeds)
def test_merits_of_random_batteries_obey_the_laws(seed: int) -> None:
    """The same with pulses, several environments, and light of any kind."""
    record, values = drawn(seed)
    check_bounds(record, values)
    check_relations(record, values)


@at_random
@given(seed=seeds)
def test_energy_is_conserved(seed: int) -> None:
    """dU = heat + work, at every time and over time, with thermal baths, drives and pulses."""
    problem = random_battery(np.random.default_rng(seed), pulses=True)
    end = 1.5
    nodes, weights = np.polynomial.legendre.leggauss(28)
    times = np.concatenate([[0.0], end / 2 * (1 + nodes), [end]])
    merits = [
        merit
        for merit in merits_of(problem)
        if merit.name in ("heat_current", "work_flow", "internal_energy", "first_law_residual")
    ]
    record = record_of(problem, times, merits)
    values = {merit.name: merit.values(record) for merit in merits}
    assert np.abs(values["first_law_residual"]).max() <= 1e-9
    flows = sum(
        values[name].sum(axis=0) for name in ("heat_current", "work_flow") if name in values
    )
    assert_balance(values["internal_energy"][-1], flows[1:-1], end / 2 * weights)


@at_random
@given(seed=seeds)
def test_environments_make_entropy(seed: int) -> None:
    """σ ≥ 0 for every thermal environment, also where it is driven far from equilibrium."""
    problem = random_battery(np.random.default_rng(seed), pulses=True)
    merits = [merit for merit in merits_of(problem) if merit.name == "entropy_production"]
    for merit in merits:
        values = merit.values(record_of(problem, TIMES, merits))
        assert_descending(values[~np.isnan(values)], 0.0, atol=1e-12)


@at_random
@given(seed=seeds)
def test_steady_states_obey_the_laws(seed: int) -> None:
    """Bounds, no entropy eaten, and heat that balances work."""
    problem = random_battery(np.random.default_rng(seed))
    merits = [merit for merit in merits_of(problem) if merit.has_steady_value]
    moments = observables_of(merits, problem)
    try:
        found = solve_steady(problem, moments, state=True, battery=True)
    except qb.UnsupportedError:
        return  # it oscillates for ever
    record = SolvedRun(
        realize(problem),
        np.array([0.0, np.inf]),
        {k: np.array([found.initial_moments[k], end]) for k, end in found.moments.items()},
        found.battery_states,
        found.state[np.newaxis],
    )
    values = {merit.name: merit.values(record) for merit in merits}
    for merit in merits:
        assert_within(values[merit.name], merit.bounds)
    flows = [values[name][:, 1].sum() for name in FLOWS if name in values]
    assert abs(sum(flows)) <= 1e-8
    assert abs(values["power"][1]) <= 1e-8


# each assertion, shown to fail


def test_bounds_fail_outside() -> None:
    """Below, above, and infinite where no infinity is allowed; NaN and rounding pass."""
    assert_within(np.array([0.0, -1e-12, np.nan, 1.0]), (0.0, 1.0))
    assert_within(np.array([0.0, np.inf]), (0.0, np.inf))
    for wrong in (-1e-6, 1 + 1e-6, np.inf, -np.inf):
        with pytest.raises(AssertionError):
            assert_within(np.array([0.5, wrong]), (0.0, 1.0))


def test_order_fails_when_turned_round() -> None:
    """Also by a millionth, at one time of many, and anywhere in a chain."""
    large, small = np.array([1.0, 2.0]), np.array([0.5, 2.0])
    assert_descending(large, small, 0.0)
    for chain in ((small, large), (large, small + 1e-6), (large, small, 0.6)):
        with pytest.raises(AssertionError):
            assert_descending(*chain)


def test_balance_fails_without_one_of_the_flows() -> None:
    """Or with the wrong weights."""
    nodes, weights = np.polynomial.legendre.leggauss(6)
    flows = np.array([np.exp(nodes), np.sin(nodes) + 0.1])
    change = np.e - 1 / np.e + 0.2
    assert_balance(change, flows.sum(axis=0), weights)
    for wrong in ((flows[0], weights), (flows.sum(axis=0), np.full(6, 1 / 3))):
        with pytest.raises(AssertionError):
            assert_balance(change, *wrong)


@pytest.mark.parametrize(
    "name",
    [
        "ergotropy_full",
        "passive_energy_symmetric",
        "purity",
        "entropy",
        "power",
        "free_energy",
        "concurrence",
        "negativity",
        "locked_energy_full",
        "capacity_symmetric",
        "energy_variance",
    ],
)
def test_laws_fail_on_a_wrong_merit(name: str) -> None:
    """Every law is one that a wrong value of some merit breaks."""
    record, values = case_of("tavis-cummings", "cavity-loss", None)
    for wrong in (values[name] - 5.0, values[name] + 5.0):
        changed = values | {name: wrong}
        try:
            check_bounds(record, changed)
            check_relations(record, changed)
        except AssertionError:
            return
    pytest.fail(f"nothing notices another {name}")
