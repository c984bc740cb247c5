"""Reduced states of the battery, read off by engines, against the partial trace of full states."""

import dataclasses

import numpy as np
import pytest

import qubatt as qb
from qubatt.core.declaration import example_of
from qubatt.core.realization import realize
from qubatt.core.registry import registry
from solving import solve, solve_steady, task

from .qutip_models import registered

TIMES = np.array([0.0, 0.3, 0.9, 1.6, 2.0])
ENGINES = {"exact": qb.ExactEngine(), "matrix": qb.MatrixEngine(1e-11), "dense": qb.DenseEngine()}

SMALL = {"n_atoms": 2, "max_photons": 2}
LIGHT = {
    "fock": qb.FockState(2),
    "turned": qb.CoherentState(0.02, phase=0.9),
    "mixed": qb.ThermalState(0.01),
}


def cases():
    """Yield every battery with environments of the ladder and of single atoms, and with light."""
    for name in registered("battery"):
        battery = example_of(registry.get("battery", name))
        known = {k: v for k, v in SMALL.items() if hasattr(battery, k)}
        battery = dataclasses.replace(battery, **known)
        parts = {"closed": []}
        if "cavity" in battery.space.factors:
            parts["leaky"] = [qb.CavityLoss(0.4, 0.2)]
        levels = len(battery.space.factors[battery.battery_factor].levels)
        if levels == 2:
            parts["decaying"] = [qb.CollectiveDecay(0.3, 0.1)]
        elif levels == 3:
            parts["apart"] = [qb.LevelDecay("middle", "ground", 0.4), qb.CavityLoss(0.2)]
        for label, environment in parts.items():
            lights = LIGHT if "cavity" in battery.space.factors else {"": None}
            for light, charger in lights.items():
                problem = battery.problem(charger, environment)
                yield pytest.param(problem, id=" ".join([name, label, light]).strip())


CASES = list(cases())


def dim_of(problem, basis=None):
    """Return the dimension of the battery in a basis."""
    return realize(problem, basis).problem.space.factors[problem.battery].dim


def traced(states, d):
    """Return Tr over all but the battery, the last factor of dimension d, entry by entry."""
    rest = states.shape[1] // d
    return np.array(
        [sum(rho[n * d : (n + 1) * d, n * d : (n + 1) * d] for n in range(rest)) for rho in states]
    )


def assert_same(found, expected, atol=1e-9):
    """Two series of states agree."""
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, atol=atol)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("problem", CASES)
def test_engines_trace_out_the_charger(problem, engine):
    """Whole states of an engine, traced here; also where full states are wanted at some times."""
    solver = ENGINES[engine]
    if engine == "dense" and realize(problem).dim > 20:
        pytest.skip("takes the dense engine too long")
    if reason := solver.unsupported(task(problem, TIMES)):
        pytest.skip(reason)
    whole = solve(solver, problem, TIMES, {}, states=True, battery=True)
    assert_same(whole.battery_states, traced(whole.states, dim_of(problem)), 1e-12)
    mask = np.array([False, True, False, False, True])
    some = solve(solver, problem, TIMES, {}, states=mask, battery=True)
    assert_same(some.states, whole.states[mask], 1e-12)
    assert_same(some.battery_states, whole.battery_states, 1e-12)
    alone = solve(solver, problem, TIMES[1:], {}, battery=True)
    assert alone.states is None
    assert_same(alone.battery_states, whole.battery_states[1:])
    oracle = solve(ENGINES["matrix"], problem, TIMES, {}, states=True)
    assert_same(whole.battery_states, traced(oracle.states, dim_of(problem)), 1e-8)


@pytest.mark.parametrize("engine", ["exact", "matrix"])
def test_pulses_and_the_full_basis(engine):
    """Steps of the Runge-Kutta kind, and atoms that stay symmetric in the full basis."""
    pulse = qb.SinePulse(0.6, 2.0, phase=0.3)
    for battery in (
        qb.DickeBattery(2, pulse, max_photons=3, interaction=0.4),
        qb.DrivenBattery(3, pulse),
        qb.CascadeBattery(pump=pulse, max_photons=2),
    ):
        for basis in ("symmetric", "full"):
            found = solve(
                ENGINES[engine],
                battery.problem(),
                TIMES,
                {},
                basis=basis,
                states=True,
                battery=True,
            )
            expected = traced(found.states, dim_of(battery.problem(), basis))
            assert_same(found.battery_states, expected, 1e-12)


@pytest.mark.parametrize("problem", [case for case in CASES if "closed" not in case.id])
def test_steady_states_trace_out_the_charger(problem):
    """At the start and at the end; states that oscillate for ever are refused."""
    try:
        found = solve_steady(problem, {}, state=True, battery=True)
    except qb.UnsupportedError:
        return
    whole = np.array([realize(problem).rho_0, found.state])
    assert_same(found.battery_states, traced(whole, dim_of(problem)), 1e-10)


def test_comparison_notices_the_wrong_factor():
    """The state of the cavity is another, and so is one transposed."""
    problem = qb.DickeBattery(3, 0.5, 3).problem(qb.CoherentState(0.02, phase=0.9))
    found = solve(ENGINES["exact"], problem, TIMES, {}, states=True, battery=True)
    cavity = np.trace(found.states.reshape(5, 4, 4, 4, 4), axis1=2, axis2=4)
    for wrong in (cavity, found.battery_states.swapaxes(1, 2)):
        with pytest.raises(AssertionError):
            assert_same(wrong, traced(found.states, dim_of(problem)))
