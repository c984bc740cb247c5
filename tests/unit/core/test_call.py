"""Calls that do not fit the signature: the error names the argument and shows the call."""

from __future__ import annotations

from typing import Any

import pytest

import qubatt as qb
from qubatt.core.call import EXAMPLES, OTHER_NAMES, explained_call

DRIVEN = qb.DrivenBattery(n_atoms=2, drive=1.0)
BATTERY = "qb.DrivenBattery(n_atoms=2, drive=1.0)"
SHOWN = f"Write, for example, qb.charge({BATTERY}, times=np.linspace(0, 10, 101))."


@pytest.mark.parametrize(
    ("args", "kwargs", "message"),
    [
        ((DRIVEN, [0, 1]), {}, f"Argument `times` must be given by name, but is [0, 1]. {SHOWN}"),
        ((DRIVEN,), {}, f"Argument `times` must be given. {SHOWN}"),
        ((), {}, f"Argument `battery` must be given. {SHOWN}"),
        ((DRIVEN,), {"battery": 1, "times": 1}, "Argument `battery` must be given once, but is 1."),
        ((DRIVEN,), {"tlist": [1]}, "Use the argument `times`, for example times="),
        ((), {"H": 1}, f"Use the argument `battery`, for example {BATTERY}."),
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


def test_warnings_point_to_the_call() -> None:
    """The line in the warning is that of the caller, not one of the package."""
    battery = qb.DickeBattery(n_atoms=2, coupling=0.5, max_photons=4)
    with pytest.warns(qb.QubattWarning, match="max_photons") as caught:
        qb.charge(battery, times=[1.0])
    assert {each.filename for each in caught} == {__file__}


WRITTEN = "Write, for example, cavity-loss:0.5 or cavity-loss:rate=0.5,n_thermal=0.3."


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"environment": "cavity-loss"}, f"`rate` must be given. {WRITTEN}"),
        ({"environment": "cavity-loss:high"}, f"be a number, but is 'high'. {WRITTEN}"),
        ({"environment": "cavity-loss=0.5"}, f"but is 'cavity-loss=0.5'. {WRITTEN}"),
        ({"environment": "cavity_loss:0.5"}, f"but is 'cavity_loss'. {WRITTEN}"),
        ({"environment": "CavityLoss(0.5)"}, f"but is 'CavityLoss(0.5)'. {WRITTEN}"),
        ({"environment": "cavity-loss:n_termal=1"}, f"Best matches are: n_thermal. {WRITTEN}"),
        ({"charger": "fock"}, "`photons` must be given. Write, for example, fock:2."),
        ({"charger": "fock:x"}, "be a number, but is 'x'. Write, for example, fock:2."),
    ],
)
def test_text_that_is_not_a_declared_object(arguments: Any, message: str) -> None:
    """The message shows the text form."""
    battery = qb.DickeBattery(n_atoms=2, coupling=0.5, max_photons=8)
    with pytest.raises(qb.ArgumentError) as caught:
        qb.charge(battery, times=[1.0], **arguments)
    assert message in str(caught.value)


def test_a_missing_cutoff_can_be_chosen() -> None:
    """The message says what the number is, and that it can be determined."""
    build: Any = qb.DickeBattery
    with pytest.raises(qb.ArgumentError, match=r'example max_photons=8\. With max_photons="auto"'):
        build(n_atoms=2, coupling=0.5)
