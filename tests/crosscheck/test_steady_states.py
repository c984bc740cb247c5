"""Steady states of every battery, on random parameters, against QuTiP's `steadystate`."""

import warnings
from dataclasses import replace

import numpy as np
import pytest
import qutip as qt

import qubatt as qb
from qubatt.core.registry import registry

from .qutip_models import CHARGERS, ENVIRONMENTS, jumps_of, registered, written_out
from .test_qutip import (
    DRAWS,
    TOLERANCE,
    cavity_loss,
    cavity_noise,
    collective,
    collective_noise,
    collective_pump,
    excited_to_ground,
    excited_to_middle,
    local_noise,
    local_pump,
    middle_to_ground,
    warm_cavity,
    warm_collective,
    warm_local,
)

METHODS = ["auto", "direct", "flow"]

SURROUNDINGS = {
    "dicke": [
        (1, [cavity_loss]),
        (2, [warm_cavity]),
        (2, [cavity_noise, cavity_loss, warm_local]),
        (3, [cavity_loss, collective]),
    ],
    "tavis-cummings": [(1, [warm_cavity, warm_collective]), (3, [warm_collective, cavity_loss])],
    "two-photon-dicke": [(1, [cavity_loss]), (2, [cavity_loss, warm_collective])],
    "driven": [
        (1, [collective]),
        (3, [local_pump, local_noise]),
        (4, [warm_collective]),
        (5, [collective_pump, collective_noise]),
        (9, [collective]),
        (12, [collective]),
    ],
    "cascade": [(2, [middle_to_ground]), (2, [excited_to_middle, cavity_loss])],
    "custom": [(1, []), (3, [warm_collective])],
}
"""Numbers of atoms and environments in which each battery is compared."""

CASES = [
    pytest.param(name, *case, id=f"{name}-{case[0]}-{'+'.join(p.__name__ for p in case[1])}")
    for name, cases in SURROUNDINGS.items()
    for case in cases
]


def qutip_end(battery, environment, charger):
    """Return energy, mean_photons and cutoff_population of QuTiP's steady state, by name."""
    model = written_out(battery, environment)
    c_ops = jumps_of(model, environment)
    rho = qt.steadystate(model.H, c_ops)
    start = qt.ket2dm(model.empty)
    if model.a is not None:
        levels = model.a.dims[0][0]
        light = CHARGERS[registry.name_of("charger", type(charger))](charger, levels)
        start = qt.tensor(qt.ket2dm(light), start)
    result = {"energy": qt.expect(model.H_B, rho) - qt.expect(model.H_B, start)}
    if model.a is not None:
        highest = sum(qt.fock_dm(levels, levels - 1 - k) for k in range(model.at_once))
        top = qt.tensor(highest, *(qt.qeye(d) for d in model.empty.dims[0]))
        result["mean_photons"] = qt.expect(model.a.dag() * model.a, rho)
        result["cutoff_population"] = qt.expect(top, rho)
    return result, model.scale


def steady(battery, environment, **options):
    """Return the steady state without the warning of a low cut-off: both sides share it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", qb.QubattWarning)
        return qb.steady_state(battery, environment=environment, **options)


def assert_same_end(end, expected, scale):
    """Assert that every variable is that of QuTiP; energies in units of N omega."""
    for name, value in expected.items():
        error = abs(float(end[name]) - value) / (scale if name == "energy" else 1.0)
        assert error < TOLERANCE, f"{name} differs by {error:.1e}"


def draw(name, N, parts):
    """Return a random battery, small enough for QuTiP, its environment and its light."""
    rng = np.random.default_rng([len(name), N, len(parts)])
    battery = DRAWS[name](rng, N)
    if name == "cascade":
        battery = replace(battery, max_photons=2)
    return battery, [part(rng) for part in parts], battery.default_charger()


@pytest.mark.parametrize(("name", "N", "parts"), CASES)
def test_steady_state_agrees_with_qutip(name, N, parts):
    """Energy, photons and cut-off population, by every method that takes any damping."""
    battery, environment, charger = draw(name, N, parts)
    expected, scale = qutip_end(battery, environment, charger)
    assert abs(expected["energy"]) > 1e-3 * scale, "the battery is empty in this case"
    for method in METHODS:
        end = steady(battery, environment, charger=charger, method=method)
        assert end.uniqueness == "unique"
        assert_same_end(end, expected, scale)


@pytest.mark.parametrize(
    "battery",
    [
        qb.DickeBattery(n_atoms=2, coupling=0.3, interaction=0.6, max_photons=7),
        qb.TavisCummingsBattery(n_atoms=2, coupling=0.3, interaction=-0.5, max_photons=5),
    ],
    ids=["dicke", "tavis-cummings"],
)
def test_weak_damping_agrees_with_qutip(battery):
    """The secular method, at rates of a thousandth, where everything else takes long."""
    environment, charger = [qb.CavityLoss(1e-3, n_thermal=0.2)], qb.FockState(2)
    end = steady(battery, environment, charger=charger, method="secular")
    assert_same_end(end, *qutip_end(battery, environment, charger))


@pytest.mark.parametrize("name", SURROUNDINGS)
def test_comparison_notices_what_is_off_by_a_thousandth(name):
    """The assertion used above fails when an interaction or a rate is slightly wrong."""
    battery, environment, charger = draw(name, *SURROUNDINGS[name][-1])
    end = steady(battery, environment, charger=charger)
    field = "H_charge" if name == "custom" else "interaction"
    wrong = replace(battery, **{field: 1.001 * getattr(battery, field)})
    more = [replace(part, rate=1.001 * part.rate) for part in environment[:1]]
    for others in ((wrong, environment), (battery, [*more, *environment[1:]])):
        with pytest.raises(AssertionError, match="differs by"):
            assert_same_end(end, *qutip_end(*others, charger))


def test_every_battery_and_dissipator_takes_part():
    """A battery or dissipator that is registered comes to rest here, too."""
    assert set(SURROUNDINGS) == set(registered("battery"))
    rng = np.random.default_rng(0)
    draws = {part for cases in SURROUNDINGS.values() for _, parts in cases for part in parts}
    drawn = {registry.name_of("environment", type(part(rng))) for part in draws}
    assert drawn == set(registered("environment"))


def test_cavity_loss_keeps_the_symmetry_of_two_atoms():
    """Without decay of single atoms what is even and odd under their exchange both come to rest.

    `steadystate` returns some mixture without a word, or refuses; what the empty battery, which is
    even, leads to is its answer on the even states alone.
    """
    battery, environment, charger = draw("cascade", 2, [warm_cavity])
    model = written_out(battery)
    c_ops = ENVIRONMENTS["cavity-loss"](model, environment[0])
    levels = battery.max_photons + 1
    swap = qt.tensor(qt.qeye(levels), qt.swap(3, 3)).full()
    sizes, vectors = np.linalg.eigh(swap)
    even = vectors[:, sizes > 0]

    def restricted(operator):
        return qt.Qobj(even.conj().T @ operator.full() @ even)

    rho = qt.steadystate(restricted(model.H), [restricted(c) for c in c_ops])
    expected = {
        "energy": qt.expect(restricted(model.H_B), rho),
        "mean_photons": qt.expect(restricted(model.a.dag() * model.a), rho),
    }
    end = steady(battery, environment, charger=charger)
    assert_same_end(end, expected, model.scale)
    with pytest.raises((AssertionError, ValueError), match=r"differs by|singular"):
        assert_same_end(end, *qutip_end(battery, environment, charger))


def test_driven_cascade_with_decay_from_the_top():
    """Two-photon decay e to g: the pump keeps the atoms busy."""
    battery, environment, charger = draw("cascade", 2, [excited_to_ground, middle_to_ground])
    end = steady(battery, environment, charger=charger)
    assert_same_end(end, *qutip_end(battery, environment, charger))
