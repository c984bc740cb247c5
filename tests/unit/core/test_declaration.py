"""Declared things: frozen, validated, registered; errors that say what to type."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from typing import Any

import numpy as np
import pytest
from pydantic import Field

import qubatt as qb
from qubatt.core.check import Count, Level, NonNegative, Positive, Real
from qubatt.core.declaration import declare, example_of, fields_of, parameters_of
from qubatt.core.errors import ArgumentError
from qubatt.core.registry import Registry


@pytest.fixture
def specimen(sandbox: Registry) -> type[Any]:
    """Return a class with one field of every type of number."""

    @declare("specimen", "plain-thing")
    class Thing:
        """A thing with one field of every kind."""

        count: Count = Field(description="count", examples=[2])
        rate: NonNegative = Field(default=0.5, description="rate", examples=[0.25])
        shift: Real = Field(default=0.0, description="shift", examples=[-1.0])
        scale: Positive = Field(default=1.0, description="scale", examples=[3.0])
        level: Level = Field(default=0, description="level", examples=[1])
        label: str = Field(default="x", description="label", examples=["y"])

    assert sandbox.get("specimen", "plain-thing") is Thing
    return Thing


def message_of(call: Any, *args: Any, **kwargs: Any) -> str:
    """Return the message of the ArgumentError that a call raises."""
    with pytest.raises(qb.ArgumentError) as caught:
        call(*args, **kwargs)
    return str(caught.value)


def test_positional_and_keyword_build_the_same(specimen: type[Any]) -> None:
    """Fields may be given by place, by name, or both."""
    thing = specimen(3, 0.1, shift=-2.0)
    assert thing == specimen(count=3, rate=0.1, shift=-2.0)
    assert (thing.count, thing.rate, thing.shift, thing.scale) == (3, 0.1, -2.0, 1.0)
    assert list(inspect.signature(specimen).parameters) == list(fields_of(specimen))


def test_frozen_after_birth(specimen: type[Any]) -> None:
    """Neither known nor new attributes can be set or deleted."""
    thing = specimen(3)
    for name in ("count", "brand_new"):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(thing, name, 4)
    with pytest.raises(dataclasses.FrozenInstanceError):
        del thing.count
    assert thing.count == 3


def test_equal_things_hash_alike_and_can_be_copied() -> None:
    """Declared objects are values: usable as keys, in sets, and across processes."""
    battery = qb.DickeBattery(n_atoms=3, coupling=0.5, max_photons=5)
    assert {battery, qb.DickeBattery(3, 0.5, 5)} == {battery}
    assert pickle.loads(pickle.dumps(battery)) == battery
    assert copy.deepcopy(battery) == battery


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "Argument `count` must be given. count, for example count=2."),
        ({"count": 0}, "Argument `count` must be at least 1, but is 0."),
        ({"count": -2}, "Argument `count` must be at least 1, but is -2."),
        ({"count": 2.5}, "Argument `count` must be a whole number, but is 2.5."),
        ({"count": True}, "Argument `count` must be a number, but is True."),
        ({"count": "3"}, "Argument `count` must be a number, but is '3'."),
        ({"count": None}, "Argument `count` must be a number, but is None."),
        ({"count": float("nan")}, "Argument `count` must be finite, but is nan."),
        ({"count": float("inf")}, "Argument `count` must be finite, but is inf."),
        ({"count": 1, "rate": -0.1}, "Argument `rate` must be non-negative, but is -0.1."),
        ({"count": 1, "rate": float("inf")}, "Argument `rate` must be finite, but is inf."),
        ({"count": 1, "rate": False}, "Argument `rate` must be a number, but is False."),
        ({"count": 1, "rate": "0.5"}, "Argument `rate` must be a number, but is '0.5'."),
        ({"count": 1, "rate": [0.5]}, "Argument `rate` must be a number, but is [0.5]."),
        ({"count": 1, "rate": 1 + 1j}, "Argument `rate` must be a number, but is (1+1j)."),
        ({"count": 1, "shift": float("nan")}, "Argument `shift` must be finite, but is nan."),
        ({"count": 1, "scale": 0}, "Argument `scale` must be positive, but is 0."),
        ({"count": 1, "level": -1}, "Argument `level` must be non-negative, but is -1."),
        ({"count": 1, "label": 3}, "Argument `label` must be a name, but is 3."),
    ],
)
def test_bad_values_are_named(specimen: type[Any], arguments: dict[str, Any], message: str) -> None:
    """One sentence names the argument, what it must be, and what it was."""
    assert message_of(specimen, **arguments) == message


def test_unknown_keyword_suggests_the_nearest(specimen: type[Any]) -> None:
    """A misspelt keyword is named together with the one that was meant."""
    assert message_of(specimen, count=1, scal=2.0) == (
        "Argument `scal` must be left out, because there is no such field. Best matches are: scale."
    )


def test_unknown_keyword_wins_over_the_field_it_leaves_missing() -> None:
    """`n_atom=3` is a misspelling, not a missing `n_atoms`."""
    text = message_of(qb.DickeBattery, n_atom=3, coupling=0.5, max_photons=3)
    assert text.startswith("Argument `n_atom` must be left out, because there is no such field.")
    assert "Best matches are: n_atoms" in text


def test_too_many_positional_arguments_list_the_fields() -> None:
    """The message says how many there are and what they are called."""
    assert message_of(qb.FockState, 3, 4) == (
        "Argument `arguments` must be at most 1 in number (photons), but is (3, 4)."
    )


def test_given_twice() -> None:
    """By place and by name at once is refused, even with the same value."""
    text = message_of(qb.FockState, 3, photons=3)
    assert text == "Argument `photons` must be given once, but is 3."


@pytest.mark.parametrize(
    "value", [np.int64(3), np.uint8(3), np.float64(3.0), np.float32(3.0), np.array(3), 3.0]
)
def test_numpy_scalars_are_stored_as_python_numbers(specimen: type[Any], value: Any) -> None:
    """Whole numbers of any type become int, so that parameters are ready for JSON."""
    thing = specimen(count=value, rate=value)
    assert (thing.count, thing.rate) == (3, 3.0)
    assert (type(thing.count), type(thing.rate)) == (int, float)


@pytest.mark.parametrize("value", [np.True_, np.str_("3"), np.float64("nan"), np.array([1, 2])])
def test_numpy_values_that_are_no_numbers_are_refused(specimen: type[Any], value: Any) -> None:
    """NumPy's booleans, strings, NaN and arrays fare like Python's."""
    with pytest.raises(qb.ArgumentError, match="Argument `rate` must be"):
        specimen(count=1, rate=value)


def test_replace_validates_and_leaves_the_original_alone() -> None:
    """dataclasses.replace goes through the same checks."""
    battery = qb.DickeBattery(n_atoms=3, coupling=0.5, max_photons=5)
    assert dataclasses.replace(battery, n_atoms=4).n_atoms == 4
    assert battery.n_atoms == 3
    text = message_of(dataclasses.replace, battery, n_atoms=0)
    assert text == "Argument `n_atoms` must be at least 1, but is 0."


def test_example_of_takes_the_first_examples(specimen: type[Any]) -> None:
    """The small instance holds the first example of every field, not the defaults."""
    assert example_of(specimen) == specimen(2, 0.25, -1.0, 3.0, 1, "y")


def test_parameters_are_type_and_fields() -> None:
    """What is stored with a result can build the object again."""
    loss = qb.CavityLoss(0.5, n_thermal=0.25)
    assert parameters_of(loss) == {"type": "cavity-loss", "rate": 0.5, "n_thermal": 0.25}


def test_parameters_of_a_stranger() -> None:
    """Only registered types have parameters."""
    with pytest.raises(ArgumentError, match="`dict` must be declared"):
        parameters_of({})


@pytest.mark.usefixtures("sandbox")
def test_argument_errors_of_own_validators_pass_unchanged() -> None:
    """A field's own check may raise an ArgumentError with a cure."""
    from pydantic import field_validator

    @declare("specimen", "even-thing")
    class Even:
        """An even number."""

        half: Count = Field(description="even", examples=[2])

        @field_validator("half")
        @classmethod
        def _even(cls, value: int) -> int:
            if value % 2:
                raise qb.ArgumentError("half", "be even", value, "Add one.")
            return value

    assert message_of(Even, 3) == "Argument `half` must be even, but is 3. Add one."
    assert Even(4).half == 4


def test_bytes_are_no_number() -> None:
    """Bytes only look like a number, as strings do."""
    with pytest.raises(qb.ArgumentError):
        qb.CavityLoss(b"0.5")
