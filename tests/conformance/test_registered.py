"""Everything registered is documented, public, described, and found without being imported."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import json
import pkgutil
import subprocess
import sys
from itertools import pairwise
from types import ModuleType

import numpy as np
import pytest
from laws import assert_documented, assert_hermitian, assert_smooth
from specimen import (
    KINDS,
    MERITS,
    NAMES,
    PAIRS,
    example,
    fitting,
    merits_of,
    moments_of,
    problem_of,
)

import qubatt as qb
from qubatt import engines, environment, merits, models, pulses, states
from qubatt.core.bibliography import BIBLIOGRAPHY
from qubatt.core.declaration import example_of, fields_of, parameters_of
from qubatt.core.realization import realize
from qubatt.core.registry import registry
from qubatt.core.space import Space
from qubatt.merits import Merit
from qubatt.operators import Atoms, Mode

HOMES: dict[str, tuple[ModuleType, type]] = {
    "battery": (models, models.Battery),
    "environment": (environment, environment.Dissipator),
    "charger": (states, states.ChargerState),
    "pulse": (pulses, pulses.Pulse),
    "engine": (engines, engines.Engine),
    "steady-solver": (engines, engines.SteadySolver),
    "merit": (merits, Merit),
}
NAMELESS = {pulses.FunctionPulse, states.CustomState}
"""Made of what has no name on the command line or in files."""
HASHED = {models.CustomBattery}
"""Made of matrices, of which a result stores hashes only."""
CLASSES = [(kind, name) for kind in KINDS for name in NAMES[kind]]
every_class = pytest.mark.parametrize(("kind", "name"), CLASSES)


def members(package: ModuleType) -> list[object]:
    """Return everything defined in the modules of a package."""
    found = []
    for entry in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{entry.name}")
        found.extend(vars(module).values())
    return found


def test_there_is_something_of_every_kind() -> None:
    """An empty list would make every law hold."""
    assert len(NAMES["battery"]) >= 5
    assert len(NAMES["environment"]) >= 9
    assert len(NAMES["engine"]) >= 2
    assert len(NAMES["steady-solver"]) >= 3
    assert len(NAMES["merit"]) >= 5
    assert len(NAMES["charger"]) >= 6
    assert len(NAMES["pulse"]) >= 4


@pytest.mark.parametrize("kind", HOMES)
def test_nothing_is_defined_but_not_registered(kind: str) -> None:
    """Every concrete class in its package stands in the registry."""
    package, base = HOMES[kind]
    registered = list(registry.items(kind).values())
    for member in members(package):
        concrete = inspect.isclass(member) and not inspect.isabstract(member)
        mine = concrete and issubclass(member, base) and member not in NAMELESS
        assert not mine or any(member is entry for entry in registered), member


def test_charging_registers_everything() -> None:
    """A fresh interpreter that imports `qubatt.charging` knows all names: no module is missed."""
    code = (
        "import json, qubatt.charging; from qubatt.core.registry import registry;"
        f"print(json.dumps({{k: list(registry.items(k)) for k in {list(HOMES)!r}}}))"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {k: tuple(v) for k, v in json.loads(shown.stdout).items()} == NAMES


@every_class
def test_documented(kind: str, name: str) -> None:
    """A docstring for the class, a description and an example for each field."""
    cls = registry.get(kind, name)
    assert_documented(cls, fields_of(cls))


def test_documented_fails_without_docstring_description_or_example() -> None:
    """The check sees what is missing."""
    from pydantic import Field
    from pydantic.dataclasses import dataclass

    @dataclass
    class Silent:
        rate: float = Field(description="Rate", examples=[1.0])

    @dataclass
    class Vague:
        """Has a docstring, but its field has no description."""

        rate: float = Field(examples=[1.0])

    @dataclass
    class Abstract:
        """Has a docstring, but its field has no example."""

        rate: float = Field(description="Rate")

    for cls in (Silent, Vague, Abstract):
        with pytest.raises(AssertionError):
            assert_documented(cls, fields_of(cls))


@every_class
def test_public_under_its_class_name(kind: str, name: str) -> None:
    """What is registered can be reached as ``qubatt.ClassName``, merits by name."""
    cls = registry.get(kind, name)
    if kind == "merit":
        reached = type(qb.merit(example(kind, name).name))
    else:
        reached = getattr(qb, cls.__name__)
    assert reached is cls


@every_class
def test_parameters_build_it_again(kind: str, name: str) -> None:
    """Type and fields survive JSON and give an equal object, or tell unequal ones apart."""
    thing = example(kind, name)
    stored = json.loads(json.dumps(parameters_of(thing)))
    assert stored.pop("type") == name
    cls = registry.get(kind, name)
    if cls not in HASHED:
        assert cls(**stored) == thing
        return
    for field_name, field in fields_of(cls).items():
        for value in field.examples:
            other = dataclasses.replace(thing, **{field_name: value})
            same = parameters_of(other) == parameters_of(thing)
            assert (other == thing) == same
            assert (hash(other) == hash(thing)) == same


@every_class
def test_examples_are_not_the_defaults_only(kind: str, name: str) -> None:
    """Every field takes each of its examples."""
    cls = registry.get(kind, name)
    thing = example_of(cls)
    for field_name, field in fields_of(cls).items():
        for value in field.examples:
            example(kind, name, **{field_name: value})
        first = field.examples[0]
        assert dataclasses.replace(thing, **{field_name: first}) == thing
        assert cls in HASHED or getattr(thing, field_name) == first


@pytest.mark.parametrize("name", NAMES["battery"])
def test_batteries_cite_known_sources(name: str) -> None:
    """Citations are keys of the bibliography."""
    citations = registry.get("battery", name).citations
    assert citations
    assert set(citations) <= set(BIBLIOGRAPHY)


@pytest.mark.parametrize("name", NAMES["charger"])
def test_charger_states_are_states(name: str) -> None:
    """A normalised ket, or a density matrix, of the length asked for."""
    state = example("charger", name).state(30)
    assert state.shape in {(31,), (31, 31)}
    rho = np.outer(state, state.conj()) if state.ndim == 1 else state
    assert np.trace(rho) == pytest.approx(1.0, abs=1e-9)
    assert_hermitian(rho)
    assert np.linalg.eigvalsh(rho).min() > -1e-12


@pytest.mark.parametrize("name", NAMES["pulse"])
def test_pulses_are_smooth_between_their_breaks(name: str) -> None:
    """Real numbers, ascending breaks, and a polynomial on every piece that they leave."""
    pulse = example("pulse", name)
    breaks = pulse.breaks()
    assert type(pulse(0.3)) is float
    assert breaks == tuple(sorted(set(breaks)))
    ends = [-10.0, *breaks, 20.0]
    for start, end in pairwise(ends):
        assert_smooth(pulse, start, end)


def test_smoothness_fails_across_a_jump() -> None:
    """A step within a piece is seen, and so is a narrow peak."""
    for pulse in (pulses.PiecewisePulse([0, 1], [1.0]), pulses.GaussianPulse(1.0, 0.51, 1e-3)):
        with pytest.raises(AssertionError):
            assert_smooth(pulse, -2.0, 3.0)


@pytest.mark.parametrize("name", NAMES["environment"])
def test_every_environment_fits_some_battery(name: str) -> None:
    """One that fits none could never be used."""
    batteries = [example("battery", battery) for battery in NAMES["battery"]]
    kind = registry.get("environment", name)
    assert any(isinstance(part, kind) for battery in batteries for part in fitting(battery))


@pytest.mark.parametrize("name", MERITS)
def test_merits_describe_themselves(name: str) -> None:
    """Units, long name, definition, known sources; a name that begins with that of its kind."""
    merit = qb.merit(name)
    assert merit.name == name
    assert name == merit.kind or name.startswith(f"{merit.kind}_")
    assert name != merit.kind or merit == example("merit", name)
    assert name.isidentifier()  # a Dataset variable: run.energy
    assert merit.units
    assert merit.long_name
    assert merit.definition
    assert set(merit.citations) <= set(BIBLIOGRAPHY)
    low, high = merit.bounds
    assert low < high


@pytest.mark.parametrize("name", MERITS)
def test_some_battery_gives_every_merit(name: str) -> None:
    """One that none could give would never be seen."""
    problems = [problem_of(*pair) for pair in PAIRS]
    driven = problem_of("driven", "collective-decay")
    charged = dataclasses.replace(
        driven, initial={"atoms": np.eye(driven.space.in_basis("symmetric").dim)[1]}
    )
    known = {
        merit.name for problem in (*problems, charged) if problem for merit in merits_of(problem)
    }
    assert name in known


@pytest.mark.parametrize("battery", NAMES["battery"])
def test_moments_are_real(battery: str) -> None:
    """The operators that merits read are Hermitian, so that their values are real."""
    model = example("battery", battery)
    problem = model.problem(environment=fitting(model))
    realization = realize(problem)
    for observable in moments_of(problem):
        built = realization.observe(observable)
        for part in (built.steady, *(operator for _, operator in built.pulsed)):
            assert part.shape == (realization.dim,) * 2
            assert_hermitian(part.toarray())


def test_hermitian_fails_on_a_ladder_operator() -> None:
    """J₊ has no real expectation value."""
    with pytest.raises(AssertionError):
        assert_hermitian(np.array([[0.0, 0.0], [1.0, 0.0]]))


@pytest.mark.parametrize("environment", NAMES["environment"])
def test_every_dissipator_acts_on_the_factor_that_it_is_given(environment: str) -> None:
    """The same jumps on a factor of another name, first or last in the space."""
    part = example("environment", environment)
    three = ("ground", "middle", "excited")
    usual = {
        "cavity": Mode(2),
        "atoms": Atoms(2, three if environment == "level-decay" else three[::2]),
    }
    jumps = part.jumps(Space(usual))
    for order in (1, -1):
        factors = {f"my_{name}": factor for name, factor in [*usual.items()][::order]}
        moved = dataclasses.replace(part, on=f"my_{part.on}")
        found = moved.jumps(Space(factors))
        assert [(jump.rate, jump.scope) for jump in found] == [
            (jump.rate, jump.scope) for jump in jumps
        ]
        for jump, one in zip(found, jumps, strict=True):
            assert jump.operators == {f"my_{name}": names for name, names in one.operators.items()}
            assert jump.source == f"{one.source}-my_{part.on}"
