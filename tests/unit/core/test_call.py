"""Calls that do not fit the signature: the error names the argument and shows the call."""

from __future__ import annotations

from typing import Any

import pytest

import qubatt as qb
from qubatt.core.call import EXAMPLES, OTHER_NAMES, explained_call

DRIVEN = qb.DrivenBattery(n_atoms=2, drive=1.0)
SHOWN = "Write, for example, qb.charge(battery, times=np.linspace(0, 10, 101))."


@pytest.mark.parametrize(
    ("args", "kwargs", "message"),
    [
        ((DRIVEN, [0, 1]), {}, f"Argument `times` must be given by name, but is [0, 1]. {SHOWN}"),
        ((DRIVEN,), {}, f"Argument `times` must be given. {SHOWN}"),
        ((), {}, f"Argument `battery` must be given. {SHOWN}"),
        ((DRIVEN,), {"battery": 1, "times": 1}, "Argument `battery` must be given once, but is 1."),
        ((DRIVEN,), {"tlist": [1]}, "Use the argument `times`, for example times="),
        ((DRIVEN,), {"c_ops": []}, "Use the argument `environment`, for example environment=qb."),
        ((DRIVEN,), {"rho0": 1}, "Use the argument `charger`"),
        ((DRIVEN,), {"e_ops": []}, "Use the argument `merits`"),
        ((DRIVEN,), {"drive": 2}, "It is a field of the battery: DrivenBattery(drive=…)."),
        ((DRIVEN,), {"max_photons": 2}, "It is a field of other batteries: "),
        ((DRIVEN,), {"enviroment": 2}, "Best matches are: environment"),
    ],
)
def test_calls_that_do_not_fit(args: tuple[Any, ...], kwargs: Any, message: str) -> None:
    """The message names what to write instead."""
    call: Any = qb.charge
    with pytest.raises(qb.ArgumentError) as caught:
        call(*args, **kwargs)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "verb", [qb.charge, qb.cost, qb.discharge, qb.recharge, qb.steady_state, qb.sweep, qb.plot]
)
def test_all_verbs_explain_calls(verb: Any) -> None:
    """A call without arguments shows one with them."""
    with pytest.raises(qb.ArgumentError, match=rf"Write, for example, qb\.{verb.__name__}\("):
        verb()


def test_errors_inside_a_function_stay_as_they_are() -> None:
    """A TypeError of a call that fits is that of the function."""

    @explained_call
    def fails(value: Any) -> Any:
        return value + "1"

    with pytest.raises(TypeError, match="unsupported operand"):
        fails(1)


def test_every_other_name_leads_to_an_example() -> None:
    """The cures can be written for all of them."""
    assert set(OTHER_NAMES.values()) <= set(EXAMPLES)
