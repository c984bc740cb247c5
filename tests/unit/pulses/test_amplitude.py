"""Strengths of batteries as numbers, pulses or functions: terms, parameters, errors."""

from __future__ import annotations

import copy
import dataclasses
import json
import math
import pickle
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import qubatt as qb
from qubatt.core.declaration import fields_of, parameters_of
from qubatt.core.problem import Term
from qubatt.core.registry import registry
from qubatt.models import Battery
from qubatt.pulses import Pulse, split_amplitude

PULSE = qb.GaussianPulse(0.5, 5.0, 1.5)
PLACES = [
    (qb.DickeBattery(2, 0.3, 4, omega_cavity=1.2), "coupling", 2 * 1.2, ("a", "a+")),
    (qb.TavisCummingsBattery(2, 0.3, 4, omega_cavity=1.2), "coupling", 1.2, ("a", "a+")),
    (qb.DrivenBattery(2, 0.3), "drive", 1.0, ("Jx",)),
    (qb.CascadeBattery(coupling=0.3), "coupling", 1.0, ("a", "a+")),
    (qb.CascadeBattery(pump=0.3), "pump", 1.0, ("S_mg", "S_gm")),
    (qb.CascadeBattery(control=0.3), "control", 1.0, ("S_me", "S_em")),
]
every_place = pytest.mark.parametrize(
    ("battery", "field", "factor", "operators"),
    PLACES,
    ids=lambda part: part if isinstance(part, str) else None,
)


def ramp(time: float) -> float:
    """Return t."""
    return time


@every_place
def test_a_pulse_stands_in_its_terms_only(
    battery: Battery, field: str, factor: float, operators: tuple[str, ...]
) -> None:
    """Same operators as with a number; the number is replaced by the pulse, no factor is lost."""
    pulsed = dataclasses.replace(battery, **{field: PULSE})
    assert pulsed.battery_terms() == battery.battery_terms()
    switched = []
    for term, constant in zip(pulsed.charging_terms(), battery.charging_terms(), strict=True):
        assert constant.pulse is None
        if term.pulse is None:
            assert term == constant
            continue
        assert term == Term(factor, constant.operators, PULSE, constant.drive)
        assert constant.coefficient == pytest.approx(0.3 * factor, rel=1e-15)
        switched += next(iter(term.operators.values()))
    assert tuple(switched) == operators
    assert pulsed.problem().charging_terms == pulsed.charging_terms()


@every_place
def test_functions_become_pulses(
    battery: Battery, field: str, factor: float, operators: tuple[str, ...]
) -> None:
    """A plain function is enough; the parameters name it."""
    pulsed = dataclasses.replace(battery, **{field: ramp})
    assert getattr(pulsed, field) == qb.FunctionPulse(ramp)
    found = [term for term in pulsed.charging_terms() if term.pulse is not None]
    assert [(term.coefficient, term.pulse(0.7)) for term in found] == [(factor, 0.7)] * len(
        operators
    )
    assert parameters_of(pulsed)[field] == {"type": "function", "name": f"{__name__}.ramp"}


def test_numbers_give_the_terms_they_gave() -> None:
    """A constant is no pulse: the same coefficients, to the last bit."""
    assert qb.DickeBattery(2, 0.1, 4, omega_cavity=1.1).coupling_terms() == tuple(
        Term(2.0 * 0.1 * 1.1, {"cavity": ladder, "atoms": "Jx"}) for ladder in ("a", "a+")
    )
    assert qb.DrivenBattery(2, 0.1).charging_terms()[0] == Term(0.1, {"atoms": "Jx"}, drive="drive")


@pytest.mark.parametrize("number", [1, np.float32(1.0), np.array(1), Fraction(1)])
def test_numbers_become_floats(number: Any) -> None:
    """As in all other fields."""
    drive = qb.DrivenBattery(2, number).drive
    assert (drive, type(drive)) == (1.0, float)


def test_split() -> None:
    """A number without a pulse, or one with it."""
    assert split_amplitude(0.3) == (0.3, None)
    assert split_amplitude(PULSE) == (1.0, PULSE)


@pytest.mark.parametrize(
    "pulse",
    [
        qb.ConstantPulse(0.5),
        PULSE,
        qb.SinePulse(1.0, 2.0),
        qb.PiecewisePulse([0, 1, 2], [1.0, 0.5]),
    ],
    ids=lambda pulse: type(pulse).__name__,
)
def test_parameters_build_the_battery_again(pulse: Any) -> None:
    """Nested dicts of type and fields survive JSON, and give an equal battery."""
    battery = qb.CascadeBattery(pump=pulse, coupling=0.4)
    stored = json.loads(json.dumps(parameters_of(battery)))
    assert stored == parameters_of(battery)  # no tuples, nothing that JSON changes
    assert stored["pump"] == {"type": registry.name_of("pulse", type(pulse))} | {
        name: list(value) if isinstance(value := getattr(pulse, name), tuple) else value
        for name in fields_of(type(pulse))
    }
    assert stored["coupling"] == 0.4
    assert stored.pop("type") == "cascade"
    assert qb.CascadeBattery(**stored) == battery


def test_parameters_of_numbers_are_as_before() -> None:
    """Type and plain numbers."""
    assert parameters_of(qb.DrivenBattery(2, 0.5)) == {
        "type": "driven",
        "n_atoms": 2,
        "drive": 0.5,
        "interaction": 0.0,
        "detuning": None,
        "omega_atom": 1.0,
        "interaction_z": 0.0,
    }


def test_batteries_with_pulses_are_values() -> None:
    """Usable as keys, copied and sent to other processes; functions by their name."""
    for pulse in (PULSE, ramp):
        battery = qb.DickeBattery(2, pulse, 4)
        assert {battery, qb.DickeBattery(2, pulse, 4)} == {battery}
        assert pickle.loads(pickle.dumps(battery)) == battery
        assert copy.deepcopy(battery) == battery


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (math.nan, "be finite, but is nan."),
        (math.inf, "be finite, but is inf."),
        (-math.inf, "be finite, but is -inf."),
        (10**400, "be finite, but is 1000"),
        ("0.5", "be a number, a pulse or a function of time, but is '0.5'."),
        (True, "be a number, a pulse or a function of time, but is True."),
        (None, "be a number, a pulse or a function of time, but is None."),
        (1j, "be a number, a pulse or a function of time, but is 1j."),
        ([0.5], "be a number, a pulse or a function of time, but is [0.5]."),
        (lambda: 1.0, "take the time as its only argument, but is <function"),
        (qb.GaussianPulse, "take the time as its only argument, but is <class"),
        (
            {"type": "function", "name": "a.b"},
            "be passed as a function again, because only its name is stored, but is {",
        ),
    ],
)
def test_bad_input_names_the_field(value: Any, words: str) -> None:
    """Whatever is wrong is said of `coupling`, in one sentence."""
    with pytest.raises(qb.ArgumentError) as caught:
        qb.DickeBattery(2, value, 4)
    assert str(caught.value).startswith(f"Argument `coupling` must {words}")


def test_pulses_of_ones_own_need_a_declaration() -> None:
    """A run can be stored only if its pulse can."""

    class Bump(Pulse):
        def __call__(self, time: float) -> float:
            return time

        def breaks(self) -> tuple[float, ...]:
            return ()

    battery = qb.DrivenBattery(2, Bump())
    with pytest.raises(qb.ArgumentError, match="`Bump` must be declared"):
        parameters_of(battery)
