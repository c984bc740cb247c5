"""Different physics has different keys, also where it looks alike."""

from functools import partial

import numpy as np
import pytest

import qubatt as qb
from qubatt.sweeps import Study
from qubatt.sweeps.execution.plan import state_bytes
from qubatt.sweeps.store.kept_state import result_of_state, state_of_result
from qubatt.sweeps.store.store import Store


class Kick:
    """So short that no look at the values meets it."""

    def __init__(self, center):
        self.center, self.held = center, self

    def strength(self, time):
        return 100.0 * (abs(time - self.center) < 1e-4)


class Slotted:
    __slots__ = ("center",)

    def __init__(self, center):
        self.center = center

    def __call__(self, time):
        return 100.0 * (abs(time - self.center) < 1e-4)


def closure(center):
    kick = Kick(center)
    return lambda time: kick.strength(time)


def key(function):
    return (
        Study(battery=qb.DrivenBattery(n_atoms=1, drive=qb.FunctionPulse(function))).points[0].key
    )


@pytest.mark.parametrize(
    "make",
    [
        lambda center: Kick(center).strength,
        lambda center: partial(Kick.strength, Kick(center)),
        Slotted,
        closure,
    ],
    ids=["method", "partial", "slots", "closure"],
)
def test_functions_that_hold_other_numbers(make):
    assert key(make(3.3003)) != key(make(3.3009))
    assert key(make(3.3003)) == key(make(3.3003))


def test_order_of_the_factors_of_matrices():
    x = np.array([[0.0, 1.0], [1.0, 0.0]])
    H = np.kron(x, np.diag([1.0, 2.0])) + np.kron(np.diag([0.0, 0.3]), x)
    found = []
    for dims in ({"a": 2, "b": 2}, {"b": 2, "a": 2}):
        battery = qb.CustomBattery(np.diag([0.0, 1.0]), H, dims=dims, battery="a")
        found.append(Study(battery=battery).points[0].key)
    assert found[0] != found[1]


def test_only_states_at_output_times_take_room(tmp_path):
    study = Study(
        battery={"type": "dicke", "n_atoms": 6, "coupling": 0.2, "max_photons": 30},
        charger="fock:4",
        environment=["cavity-loss:0.5"],
        run={"type": "charge", "times": [0.5, 10.0], "merits": ["maximum_power"]},
    )
    (point,) = study.points
    qb.sweep(study, tmp_path)
    kept = Store.open(tmp_path).state(point.key)
    assert kept.solution.battery_states.shape[0] == len(kept.solution.times) > 64
    assert len(result_of_state(point.key, kept).arrays["battery"]) == 2
    again = state_of_result(result_of_state(point.key, kept))
    np.testing.assert_array_equal(again.solution.battery_states, kept.solution.battery_states)
    size = sum(file.stat().st_size for file in (tmp_path / "states").iterdir())
    assert 0.1 < size / state_bytes([point]) < 5.0
    more = {"type": "charge", "times": [0.5, 10.0], "merits": ["ergotropy_symmetric"]}
    data = qb.sweep(
        Study(study.battery, study.charger, study.environment, more), tmp_path
    ).ergotropy_symmetric
    own = qb.charge(
        qb.DickeBattery(n_atoms=6, coupling=0.2, max_photons=30),
        times=[0.5, 10.0],
        charger=qb.FockState(4),
        environment=qb.CavityLoss(0.5),
        merits="ergotropy_symmetric",
    ).ergotropy_symmetric
    np.testing.assert_allclose(data, own, atol=1e-9)


def test_long_axes_are_read_quickly():
    values = np.linspace(0.0, 1.0, 10**5)
    assert Study(
        battery=qb.DrivenBattery(n_atoms=1, drive=1.0), sweep={"battery.drive": values}
    ).shape == (10**5,)
