"""Figures of merit: which are computed, and why others cannot be."""

from __future__ import annotations

import numpy as np
import pytest

import qubatt as qb
from qubatt.core.problem import Problem
from qubatt.core.realization import realize
from qubatt.merits import select_merits
from qubatt.merits.selection import all_merits
from qubatt.merits.unitaries import REACHES
from qubatt.merits.unitary_merit import UnitaryMerit

CAVITY = qb.DickeBattery(2, 0.5, 4).problem()
DRIVEN = qb.DrivenBattery(2, 1.0).problem()


def names(merits: object) -> list[str]:
    """Return the names of merits."""
    return [merit.name for merit in merits]


def test_default_merits_are_the_ones_that_apply() -> None:
    """A battery without a cavity has no photons to count."""
    assert names(select_merits(None, realize(CAVITY))) == [
        "energy",
        "power",
        "mean_photons",
        "cutoff_population",
    ]
    assert names(select_merits(None, realize(DRIVEN))) == ["energy", "power"]


def test_named_merits_keep_their_order_and_come_once() -> None:
    """Only what was named, in that order, without repetition."""
    chosen = select_merits(["power", "empty_population", "power"], realize(CAVITY))
    assert names(chosen) == ["power", "empty_population"]
    assert select_merits([], realize(CAVITY)) == ()


def test_unknown_merit_suggests_the_nearest() -> None:
    """The message quotes what was typed."""
    with pytest.raises(qb.ArgumentError) as caught:
        select_merits(["enrgy"], realize(CAVITY))
    message = str(caught.value)
    assert "must name a registered merit, but is 'enrgy'. Best matches are: " in message
    assert "energy" in message.split("Best matches are: ")[1].rstrip(".").split(", ")


@pytest.mark.parametrize(
    ("name", "problem", "reason"),
    [
        ("mean_photons", DRIVEN, "it needs a mode such as a cavity, but the system has none"),
        (
            "concurrence",
            qb.DrivenBattery(1, 1.0).problem(),
            "at least 2 atoms, but the battery has 1",
        ),
        ("concurrence", qb.CascadeBattery().problem(), "a battery of two-level atoms"),
        ("negativity", DRIVEN, "a charger in addition to the battery"),
        ("work_flow", CAVITY, "the battery has no external drive"),
        ("heat_current", CAVITY, "it needs an environment"),
        (
            "entropy_production",
            qb.DrivenBattery(2, 1.0).problem(environment=[qb.CollectiveDecay(0.1)]),
            "undefined at zero temperature, where jumps only lower the energy",
        ),
        (
            "ergotropy_symmetric",
            qb.CascadeBattery().problem(environment=[qb.LevelDecay("middle", "ground", 0.1)]),
            "use ergotropy_full",
        ),
    ],
)
def test_merit_that_does_not_apply_says_why(name: str, problem: Problem, reason: str) -> None:
    """The name, and what is missing or what to do."""
    with pytest.raises(qb.UnsupportedError) as caught:
        select_merits([name], realize(problem))
    assert str(caught.value).startswith(f"Merit `{name}` is not available: ")
    assert reason in str(caught.value)


def test_operators_of_the_merits() -> None:
    """Each operator on the basis state |n = 4⟩|m = 1⟩, the last, and on the first."""
    realization = realize(CAVITY)
    last = {}
    first = {}
    for merit in select_merits(
        ["mean_photons", "cutoff_population", "empty_population"], realize(CAVITY)
    ):
        (observable,) = merit.observables(CAVITY)
        diagonal = realization.observe(observable).steady.diagonal()
        first[merit.name], last[merit.name] = diagonal[0], diagonal[-1]
    assert first == {"mean_photons": 0.0, "cutoff_population": 0.0, "empty_population": 1.0}
    assert last == {"mean_photons": 4.0, "cutoff_population": 1.0, "empty_population": 0.0}


def test_power_is_the_adjoint_of_the_energy() -> None:
    """For ΩJ_x and H_B = ω_aJ_z, dE/dt = i[ΩJ_x, ω_aJ_z] = Ωω_a J_y."""
    problem = qb.DrivenBattery(2, drive=0.8, omega_atom=1.5).problem()
    (power,) = select_merits("power", realize(problem))
    Jy = problem.space.factors["atoms"].in_basis("symmetric").operator(("Jy",)).toarray()
    (observable,) = power.observables(problem)
    operator = realize(problem).observe(observable).steady
    np.testing.assert_allclose(operator.toarray(), 1.2 * Jy, atol=1e-14)


def test_parameters_are_in_the_name_where_they_are_not_the_usual_ones() -> None:
    """So that two of them fit in one Dataset; text and Python build the same."""
    chosen = select_merits(
        ["free_energy", "free_energy:2", "free_energy:beta=0.5"], realize(CAVITY)
    )
    assert names(chosen) == ["free_energy", "free_energy_2", "free_energy_0.5"]
    assert chosen[1] == qb.merit("free_energy", beta=2.0)
    assert chosen[1].attributes["beta"] == 2.0
    with pytest.raises(qb.ArgumentError, match="`beta` must be positive, but is -1"):
        select_merits("free_energy:-1", realize(CAVITY))
    with pytest.raises(qb.ArgumentError, match="Argument `beta` must be omitted"):
        qb.merit("energy", beta=1.0)


@pytest.mark.parametrize("text", ["ergotropy_full", "ergotropy:full", "ergotropy:reach=full"])
def test_variants_have_names_of_their_own(text: str) -> None:
    """The name of the variable, and the kind with the parameter, are the same merit."""
    (merit,) = select_merits(text, realize(CAVITY))
    assert merit == qb.merit("ergotropy", reach="full") == qb.merit("ergotropy_full")
    assert merit.name == "ergotropy_full"
    assert merit.needs == "battery state"
    assert qb.merit("ergotropy_atom").needs == "expectations"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "ergotropy",
            r"ergotropy_symmetric \(ergotropy on the symmetric states\), .*, ergotropy_atom \(",
        ),
        ("capacity:atom", "`reach` must be one of 'symmetric' or 'full', but is 'atom'"),
        ("maximum", r"They are: maximum_energy \(largest stored energy\), .*, maximum_power \("),
        ("ergotropy_ful", "Best matches are: ergotropy_full"),
        ("ergotropy_full:beta=1", "`merits` must not give parameters to ergotropy_full"),
    ],
)
def test_variants_that_there_are_not(text: str, message: str) -> None:
    """The message names those that there are."""
    with pytest.raises(qb.ArgumentError, match=message):
        select_merits(text, realize(CAVITY))


def test_reaches_are_those_of_merits() -> None:
    """Every set of unitaries is one of some merit, and each merit names sets that there are."""
    reaches = [merit.reach for merit in all_merits().values() if isinstance(merit, UnitaryMerit)]
    assert set(reaches) == set(REACHES)


def test_all_merits_are_those_that_need_no_full_state() -> None:
    """And that the battery can give."""
    chosen = names(select_merits("all", realize(DRIVEN)))
    assert {"energy", "ergotropy_symmetric", "ergotropy_full", "charging_time"} <= set(chosen)
    assert not {"mean_photons", "negativity", "heat_current", "speed_limit"} & set(chosen)


def test_parameters_that_differ_little_are_different_merits() -> None:
    """None of them is lost."""
    wanted = [qb.merit("free_energy", beta=beta) for beta in (0.1234567, 0.12345671)]
    assert names(select_merits(wanted, realize(DRIVEN))) == [
        "free_energy_0.1234567",
        "free_energy_0.12345671",
    ]
