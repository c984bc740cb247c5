"""What factors of batteries made of matrices are, and which of them is the charger."""

from __future__ import annotations

import dataclasses
import json
from typing import Any, ClassVar

import numpy as np
import pytest

import qubatt as qb
from qubatt.core.declaration import example_of, parameters_of
from qubatt.core.realization import realize
from qubatt.core.registry import registry
from qubatt.core.space import Space
from qubatt.models import Battery
from qubatt.operators import Atoms, Levels, Mode

H_B = np.diag([0.0, 1.0, 2.0])
THREE = {"one": 2, "two": 4, "battery": 3}


def made(dims: dict[str, int], **options: Any) -> qb.CustomBattery:
    """Return a battery of factors without any coupling; the last one stores the energy."""
    size = int(np.prod(list(dims.values())))
    last = list(dims.values())[-1]
    return qb.CustomBattery(
        np.diag(np.arange(float(last))), np.zeros((size, size)), (), dims, **options
    )


# roles


def test_names_and_roles() -> None:
    """Any factor can be any of the three; names stand for a role only where none is given."""
    dims = {"cavity": 2, "atoms": 3, "light": 4, "spins": 5, "battery": 3}
    usual = made(dims).space.factors
    assert list(usual.values()) == [Mode(1), Atoms(2), Levels(4), Levels(5), Levels(3)]
    roles = {"cavity": "levels", "atoms": "mode", "light": "mode", "spins": "spins"}
    found = made(dims, roles=roles).space
    assert list(found.factors.values()) == [Levels(2), Mode(2), Mode(3), Atoms(4), Levels(3)]
    assert found.modes == ("atoms", "light")


def test_roles_are_stored_where_they_differ() -> None:
    """So that keys of results without them stay; equality sees the same."""
    plain = made({"cavity": 2, "battery": 3})
    said = made({"cavity": 2, "battery": 3}, roles={"battery": "levels", "cavity": "mode"})
    other = made({"cavity": 2, "battery": 3}, roles={"battery": "mode"})
    assert not {"roles", "charger", "turned"} & parameters_of(plain).keys()
    assert said == plain
    assert hash(said) == hash(plain)
    assert parameters_of(said) == parameters_of(plain)
    assert json.loads(json.dumps(parameters_of(other)))["roles"] == {"battery": "mode"}
    assert other != plain
    assert dataclasses.replace(other) == other


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"roles": {"batery": "mode"}}, "Argument `roles` must name factors of dims, but is 'bate"),
        ({"roles": {1: "mode"}}, "Argument `roles` must name factors of dims, but is 1. Example"),
        (
            {"roles": {"battery": "spin"}},
            "Argument `roles` must give `battery` a known role, but is 'spin'. The roles are mode,",
        ),
        (
            {"roles": {"battery": []}},
            "Argument `roles` must give `battery` a known role, but is [].",
        ),
        ({"roles": "mode"}, "Argument `roles` must map names of factors to roles, but is 'mode'."),
        ({"roles": 3}, "Argument `roles` must map names of factors to roles, but is 3. Exa"),
        (
            {"roles": {"point": "spins"}},
            'Argument `dims` must give `point` at least 2 levels, but is 1. With roles={"point":',
        ),
        (
            {"charger": "on"},
            "Argument `charger` must name a factor other than the battery, but is 'o",
        ),
        ({"charger": 2}, "Argument `charger` must name a factor other than the battery, but is 2."),
        (
            {"charger": "battery"},
            "Argument `charger` must name a factor other than the battery, but is 'battery'. "
            "Set the initial state of the battery by initial=….",
        ),
    ],
)
def test_refusals(options: dict[str, Any], message: str) -> None:
    """One sentence with argument, value and cure."""
    with pytest.raises(qb.ArgumentError) as caught:
        made({"one": 2, "point": 1, "battery": 3}, **options)
    assert str(caught.value).startswith(message)


def test_a_declared_mode_has_light() -> None:
    """Loss, photon numbers and highest level, wherever it stands in the product."""
    a = np.diag(np.sqrt([1.0, 2.0, 3.0]), k=1)
    battery = made(THREE, roles={"two": "mode"})
    problem = battery.problem(qb.CoherentState(0.1), [qb.CavityLoss(0.3, on="two")])
    assert (problem.charger, problem.mode) == ("two", "two")
    c = realize(problem).jumps[0][1].toarray()
    np.testing.assert_allclose(c, np.kron(np.kron(np.eye(2), a), np.eye(3)), atol=1e-15)
    run = qb.charge(
        battery, times=[1.0], charger=qb.FockState(2), merits=["mean_photons", "cutoff_population"]
    )
    assert float(run.mean_photons[0]) == pytest.approx(2.0)
    with pytest.raises(qb.UnsupportedError, match=r'`cavity`.*Use on="two"'):
        battery.problem(environment=[qb.CavityLoss(0.3)])


@pytest.mark.parametrize("full", ["one", "two"])
@pytest.mark.parametrize("turned", [False, True])
def test_every_mode_is_watched(full: str, turned: bool) -> None:
    """The certificate names the one that is driven above its highest level."""
    dims = {"two": 4, "one": 3, "battery": 2} if turned else {"one": 3, "two": 4, "battery": 2}
    H = np.eye(1)
    for name, dim in dims.items():
        a = np.diag(np.sqrt(np.arange(1.0, dim)), 1)
        H = np.kron(H, a + a.T if name in (full, "battery") else np.eye(dim))
    both = {"one": "mode", "two": "mode"}
    battery = qb.CustomBattery(np.diag([0.0, 1.0]), H, (), dims, roles=both)
    with pytest.warns(qb.QubattWarning, match=rf'levels of `{full}` .*roles=\{{"{full}": "levels"'):
        run = qb.charge(battery, times=[1.0])
    assert run.attrs["status"] in ("cutoff-too-small", "cutoff-not-resolved")
    levels = dataclasses.replace(battery, roles=both | {full: "levels"})
    assert qb.charge(levels, times=[1.0]).attrs["status"] == "ok"


# factors in another order


class Swapped(qb.TavisCummingsBattery):
    """The same battery with its atoms first."""

    has_text_form: ClassVar[bool] = False

    @property
    def space(self) -> Space:
        """The factors the other way round."""
        return Space(dict(reversed(super().space.factors.items())))

    def parameters(self) -> dict[str, Any]:
        """Return what is stored of it."""
        return {"type": "swapped"}


BOTH = (qb.TavisCummingsBattery, Swapped)


def test_the_order_of_factors_changes_nothing_in_a_run() -> None:
    """As many levels as excitations: nothing leads higher, though the highest one is full."""
    times = np.linspace(0.0, 5.0, 11)
    runs = [qb.charge(cls(2, 0.5, 3), times=times, charger=qb.FockState(3)) for cls in BOTH]
    assert [run.attrs["status"] for run in runs] == ["ok", "ok"]
    assert float(runs[0].cutoff_population.max()) > 0.1
    for name in runs[0].data_vars:
        np.testing.assert_allclose(runs[1][name], runs[0][name], atol=1e-10)
    for cls in BOTH:
        with pytest.warns(qb.QubattWarning, match="max_photons = 3 is too low"):
            low = qb.charge(
                cls(2, 0.5, 3),
                times=times,
                charger=qb.FockState(3),
                environment=[qb.CavityLoss(0.1, 0.5)],
            )
        assert low.attrs["status"] == "cutoff-too-small"


def test_the_order_of_factors_changes_nothing_in_a_steady_state() -> None:
    """Loss of light alone, then a warm bath that does lead higher."""
    loss, warm = [qb.CavityLoss(0.3)], [qb.CavityLoss(0.3, 0.4)]
    ends = [
        qb.steady_state(cls(2, 0.5, 3), environment=loss, charger=qb.FockState(3)) for cls in BOTH
    ]
    assert [end.attrs["status"] for end in ends] == ["ok", "ok"]
    with pytest.warns(qb.QubattWarning):
        ends = [
            qb.steady_state(cls(2, 0.5, 3), environment=warm, charger=qb.FockState(3))
            for cls in BOTH
        ]
    assert [end.attrs["status"] for end in ends] == ["cutoff-too-small"] * 2
    assert float(ends[1].energy) == pytest.approx(float(ends[0].energy), abs=1e-9)


def test_the_order_of_factors_changes_nothing_in_the_cutoff_that_is_found() -> None:
    """`max_photons="auto"` of runs and steady states chooses the same one."""
    warm = [qb.CavityLoss(0.5, 0.2)]
    runs = [
        qb.charge(cls(2, 0.5, "auto"), times=[0.5, 1.0], charger=qb.FockState(3), environment=warm)
        for cls in BOTH
    ]
    ends = [
        qb.steady_state(cls(1, 0.5, "auto"), environment=warm, charger=qb.FockState(1))
        for cls in BOTH
    ]
    for one, other in (runs, ends):
        found = [json.loads(each.attrs["cutoff"])["chosen"] for each in (one, other)]
        assert found[0] == found[1] > 3
        assert one.attrs["status"] == other.attrs["status"] == "ok"
        np.testing.assert_allclose(other.energy, one.energy, atol=1e-9)


# the charger


@pytest.mark.parametrize(
    ("dims", "options", "charger"),
    [
        (THREE, {}, None),
        (THREE, {"charger": "one"}, "one"),
        (THREE, {"roles": {"two": "mode"}}, "two"),
        (THREE, {"roles": {"battery": "mode"}}, None),
        (THREE, {"roles": {"battery": "mode", "two": "mode"}}, "two"),
        ({"light": 3, "charger": 2, "battery": 3}, {"roles": {"light": "mode"}}, "charger"),
        ({"charger": 2, "cavity": 3, "battery": 3}, {}, "cavity"),
        ({"charger": 2, "cavity": 3, "battery": 3}, {"charger": "charger"}, "charger"),
        ({"other": 2, "charger": 3}, {}, None),
        ({"battery": 3}, {}, None),
    ],
)
def test_which_factor_is_the_charger(dims: Any, options: Any, charger: str | None) -> None:
    """The one named, else `cavity`, else `charger`, else the first mode that is no battery."""
    battery = made(dims, **options)
    assert battery.charger_factor == battery.problem().charger == charger
    role = None if charger is None else battery.space.factors[charger].role
    assert battery.default_charger() == (qb.FockState(0) if role == "mode" else None)


def test_a_charger_that_is_not_the_usual_one_is_stored() -> None:
    """And one that is, is not."""
    dims = {"charger": 2, "cavity": 3, "battery": 3}
    assert made(dims, charger="cavity") == made(dims)
    assert "charger" not in parameters_of(made(dims, charger="cavity"))
    other = made(dims, charger="charger")
    assert parameters_of(other)["charger"] == "charger"
    assert other != made(dims)
    assert dataclasses.replace(other) == other


@pytest.mark.parametrize("role", ["levels", "spins", "mode"])
def test_states_that_a_charger_holds(role: str) -> None:
    """Fock and custom states fit any ladder, light only a mode."""
    battery = made({"charger": 4, "battery": 3}, roles={"charger": role})
    assert realize(battery.problem(qb.FockState(2))).initial.nonzero() == (6, 6)
    mixed = realize(battery.problem(qb.CustomState(np.diag([0.5, 0.5])))).rho_0
    np.testing.assert_allclose(mixed.diagonal()[[0, 3]], [0.5, 0.5])
    if role == "mode":
        assert realize(battery.problem(qb.CoherentState(0.1))).initial.nnz > 1
        return
    with pytest.raises(qb.ArgumentError) as caught:
        battery.problem(qb.CoherentState(0.1))
    text = str(caught.value)
    assert text.startswith("Argument `charger` must be a state that `charger` can hold, but is Coh")
    assert text.endswith("holds Fock states and custom states, such as qb.FockState(1).")
    with pytest.raises(qb.ArgumentError, match="`charger` must have at most 3 excitations"):
        battery.problem(qb.FockState(4))


def test_light_that_does_not_fit() -> None:
    """Matrices have no `max_photons` that could be raised."""
    battery = made({"cavity": 4, "battery": 3})
    for state in (qb.FockState(4), qb.CoherentState(2.0)):
        with pytest.raises(qb.ArgumentError) as caught:
            battery.problem(state)
        text = str(caught.value)
        assert text.startswith("Argument `charger` must fit into the 4 levels of `cavity`, but is")
        assert text.endswith("Build the matrices with more levels of this factor.")


def test_states_without_a_charger() -> None:
    """The refusal says how to name one; what is no state is refused as well."""
    with pytest.raises(
        qb.ArgumentError, match=r"must be omitted.*Name the charger factor.*charger=…"
    ):
        made(THREE).problem(qb.FockState(1))
    with pytest.raises(qb.ArgumentError, match="`charger` must be a charger state, but is 3"):
        made(THREE, charger="two").problem(3)  # type: ignore[arg-type]


def test_a_mode_that_is_the_battery_starts_empty() -> None:
    """Also as `cavity`, the charger of its own, where the lowest level is not the vacuum."""
    flipped = qb.CustomBattery(np.diag([2.0, 1.0, 0.0]), np.zeros((3, 3)), dims={"cavity": 3})
    assert flipped.default_charger() is None
    assert realize(flipped.problem()).initial.nonzero() == (2, 2)
    assert realize(flipped.problem(qb.FockState(1))).initial.nonzero() == (1, 1)
    plain = qb.CustomBattery(H_B, np.zeros((3, 3)), dims={"cavity": 3})
    assert plain.default_charger() == qb.FockState(0)


# what the command line says of it

TYPED = [name for name, cls in registry.items("battery").items() if cls.has_text_form]


@pytest.mark.parametrize("n_atoms", [1, 2, 5])
@pytest.mark.parametrize("name", TYPED)
def test_the_usual_charger_in_words_is_the_usual_charger(name: str, n_atoms: int) -> None:
    """`usual_charger` of every battery that can be typed, for several N."""
    cls: type[Battery] = registry.get("battery", name)
    battery = dataclasses.replace(example_of(cls), n_atoms=n_atoms)  # type: ignore[type-var]
    default = battery.default_charger()
    words = cls.usual_charger
    assert (default is None) == (words == "")
    if default is not None:
        kind, _, count = words.partition(":")
        factor = int(count.removesuffix("N") or 1)
        assert count.endswith("N")
        assert default == registry.get("charger", kind)(factor * n_atoms)
