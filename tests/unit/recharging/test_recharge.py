"""Recharging over arrays of parameters: shapes, checks, extremes and ties."""

from __future__ import annotations

import json
from itertools import product
from typing import Any

import numpy as np
import pytest
import xarray as xr

import qubatt as qb

NAMES = ("ergotropy", "work", "heat", "efficiency")


def test_dims_and_their_order() -> None:
    """Arrays become dims n_atoms, interaction, beta, in that order."""
    cycle = qb.recharge(n_atoms=[6, 2], interaction=[4.0, 1.0, 3.0], beta=[2.0, 1.0])
    for name in NAMES:
        assert cycle[name].dims == ("n_atoms", "interaction", "beta")
        assert cycle[name].shape == (2, 3, 2)
    assert cycle.ambiguous.dims == ("n_atoms", "interaction")
    assert cycle.ambiguous.dtype == bool
    np.testing.assert_array_equal(cycle.n_atoms, [6, 2])  # as given, not sorted
    np.testing.assert_array_equal(cycle.interaction, [4.0, 1.0, 3.0])
    np.testing.assert_array_equal(cycle.beta, [2.0, 1.0])


@pytest.mark.parametrize("mask", list(product([False, True], repeat=3)))
def test_scalars_become_plain_coordinates(mask: tuple[bool, bool, bool]) -> None:
    """Each argument that is a scalar loses its dim and keeps its coordinate."""
    scalars: dict[str, Any] = {"n_atoms": 6, "interaction": 4.0, "beta": 2.0}
    given = {
        name: value if is_scalar else [value]
        for (name, value), is_scalar in zip(scalars.items(), mask, strict=True)
    }
    cycle = qb.recharge(**given)
    kept = tuple(name for name, is_scalar in zip(scalars, mask, strict=True) if not is_scalar)
    assert cycle.work.dims == kept
    for name, value in scalars.items():
        np.testing.assert_array_equal(cycle[name], given[name])
        assert cycle[name].ndim == (name in kept)
        assert value == float(np.squeeze(cycle[name]))


def test_an_array_entry_equals_its_own_call() -> None:
    """Sweeping is the same as asking one by one."""
    sweep = qb.recharge(n_atoms=[3, 12], interaction=[1.7, 4.0], beta=[0.5, 3.0], omega_atom=0.8)
    for n, g, b in product([3, 12], [1.7, 4.0], [0.5, 3.0]):
        one = qb.recharge(n, g, b, omega_atom=0.8)
        cell = sweep.sel(n_atoms=n, interaction=g, beta=b)
        for name in NAMES:
            np.testing.assert_allclose(cell[name], one[name], rtol=1e-13)


def test_labels_and_attributes() -> None:
    """Units, long names and definitions on variables, JSON in the attributes."""
    cycle = qb.recharge(6, [4.0], [1.0], basis="full")
    for name, variable in cycle.variables.items():
        assert variable.attrs["units"], name
        assert variable.attrs["long_name"], name
    for name in NAMES:
        assert cycle[name].attrs["definition"]
    assert cycle.attrs["status"] == "ok"
    assert json.loads(cycle.attrs["parameters"]) == {"omega_atom": 1.0, "basis": "full"}
    assert any("032211" in source for source in json.loads(cycle.attrs["citations"]))


def test_two_atoms_by_hand() -> None:
    """N = 2, c = g = 4: the levels m = −1, 0, 1 lie at −1, 4, 1 above c, so 0 and 1 swap."""
    p = np.exp([1.0, 0.0, -1.0])
    p /= p.sum()
    moved = p[1] - p[2]
    cycle = qb.recharge(n_atoms=2, interaction=4.0, beta=1.0)
    assert float(cycle.ergotropy) == pytest.approx(3 * moved, rel=1e-14)
    assert float(cycle.work) == pytest.approx(4 * moved, rel=1e-14)
    assert float(cycle.heat) == pytest.approx(-moved, rel=1e-14)
    assert float(cycle.efficiency) == pytest.approx(0.75, rel=1e-14)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n_atoms": 0}, "Argument `n_atoms` must be at least 1, but is 0."),
        ({"n_atoms": [2, 2.5]}, "Argument `n_atoms` must be a whole number, but is 2.5."),
        ({"n_atoms": []}, "Argument `n_atoms` must hold at least one value, but is []."),
        ({"n_atoms": True}, "Argument `n_atoms` must hold real numbers, but is True."),
        (
            {"interaction": [1.0, np.nan]},
            "Argument `interaction` must be finite, but is nan. Look at entry 1.",
        ),
        ({"interaction": "4"}, "Argument `interaction` must hold real numbers, but is '4'."),
        (
            {"beta": [1.0, -0.5]},
            "Argument `beta` must be non-negative, but is -0.5."
            " A heat bath has no negative temperature.",
        ),
        ({"beta": np.inf}, "Argument `beta` must be finite, but is inf. Look at entry 0."),
        (
            {"beta": [[1.0]]},
            "Argument `beta` must have at most one dimension, but is '2-dimensional'.",
        ),
        ({"omega_atom": 0.0}, "Argument `omega_atom` must be one positive number, but is 0.0."),
        ({"omega_atom": [1.0]}, "Argument `omega_atom` must be one positive number, but is [1.0]."),
        (
            {"basis": "ful"},
            'Argument `basis` must be "symmetric" or "full", but is \'ful\'.'
            " Best matches are: full.",
        ),
    ],
)
def test_bad_arguments_are_named(arguments: dict[str, Any], message: str) -> None:
    """One sentence with the offending value, then the cure."""
    with pytest.raises(qb.ArgumentError) as caught:
        qb.recharge(**{"n_atoms": 6, "interaction": 4.0, "beta": 1.0, **arguments})
    assert str(caught.value) == message


@pytest.mark.parametrize("space", ["symmetric", "full"])
@pytest.mark.filterwarnings("error")
def test_large_beta_freezes_without_overflow(space: Any) -> None:
    """At low temperature only the ground level of H₀ is filled, far beyond exp's range."""
    cycle = qb.recharge([2, 12], [-3.0, 4.0], [50.0, 1e3, 1e6, 1e300], basis=space)
    for name in NAMES[:3]:
        assert np.isfinite(cycle[name]).all()
    assert cycle.ambiguous.dtype == bool


@pytest.mark.filterwarnings("error")
def test_ladder_at_zero_temperature() -> None:
    """With every atom down, W is 0 on the ladder for g > 0: nothing is left to sort."""
    cycle = qb.recharge([2, 6, 12], 4.0, 1e6)
    np.testing.assert_array_equal(cycle.work, 0.0)
    np.testing.assert_array_equal(cycle.ergotropy, 0.0)
    assert np.isnan(cycle.efficiency).all()


def test_full_space_keeps_its_work_at_zero_temperature() -> None:
    """N = 2, c = g = 4: triplet at E = 3, 8, 5 (m = −1, 0, 1), singlet at 0, below them all."""
    cycle = qb.recharge(2, 4.0, 1e3, basis="full")
    # everything moves from the triplet m = −1 to the singlet with m = 0
    assert float(cycle.ergotropy) == pytest.approx(3.0, rel=1e-13)
    assert float(cycle.heat) == pytest.approx(-1.0, rel=1e-13)
    assert float(cycle.work) == pytest.approx(4.0, rel=1e-13)


def test_efficiency_is_nan_where_work_is_zero() -> None:
    """Passive points have no efficiency; active ones have, in the same call."""
    cycle = qb.recharge(6, [0.1, 4.0], [0.5, 1.0])
    np.testing.assert_array_equal(cycle.work.sel(interaction=0.1), 0.0)
    assert np.isnan(cycle.efficiency.sel(interaction=0.1)).all()
    assert (cycle.efficiency.sel(interaction=4.0) > 0).all()


def assert_passive(cycle: xr.Dataset) -> None:
    """Check that there is no work but for rounding, and no efficiency."""
    assert abs(float(cycle.ergotropy)) < 1e-12
    assert abs(float(cycle.work)) < 1e-12
    assert np.isnan(cycle.efficiency)


def test_infinite_temperature_is_passive_on_the_ladder() -> None:
    """At β = 0 all states are filled alike: no work, and no efficiency either."""
    assert_passive(qb.recharge(12, 4.0, 0.0))
    with pytest.raises(AssertionError):
        assert_passive(qb.recharge(12, 4.0, 0.01))


@pytest.mark.parametrize("n_atoms", [6, 12])
def test_infinite_temperature_is_passive_in_the_full_space(n_atoms: int) -> None:
    """The same where levels have multiplicities."""
    assert_passive(qb.recharge(n_atoms, 4.0, 0.0, basis="full"))


@pytest.mark.parametrize(
    ("n_atoms", "interaction", "ambiguous"),
    [
        (12, 2.0, True),  # c = 1/3: levels m and 3 − m coincide
        (12, 4.0, False),  # c = 2/3: ω/c = 3/2 is no sum of two m
        (12, 6.0, True),  # c = 1: m and 1 − m
        (6, 4.0, False),  # c = 4/3
        (8, 4.0, True),  # c = 1
        (12, -2.0, True),
        (7, 7.0, False),  # c = 2: ω/c = 1/2 is no whole number
        (7, 3.5, True),  # c = 1 with half-integer m
    ],
)
def test_ambiguous_where_levels_coincide(n_atoms: int, interaction: float, ambiguous: bool) -> None:
    """Levels m ≠ m′ coincide where ω = c(m + m′); work and heat then depend on the order."""
    assert bool(qb.recharge(n_atoms, interaction, 1.0).ambiguous) is ambiguous


def test_ergotropy_is_continuous_through_an_ambiguous_point() -> None:
    """W does not depend on ties; W_R and Q_R jump there, and take the value from above c."""
    below, at, above = (qb.recharge(12, g, 1.0) for g in (2.0 * (1 - 1e-9), 2.0, 2.0 * (1 + 1e-9)))
    np.testing.assert_allclose(at.ergotropy, below.ergotropy, atol=1e-8)
    np.testing.assert_allclose(at.ergotropy, above.ergotropy, atol=1e-8)
    assert abs(float(above.heat - below.heat)) > 1e-3
    assert bool(at.ambiguous)
    assert not bool(below.ambiguous)
    assert not bool(above.ambiguous)
