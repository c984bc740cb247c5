"""Cascade batteries with some of their fields switched off."""

from dataclasses import replace

import numpy as np
import pytest

import qubatt as qb
from qubatt.core.problem import Term
from solving import solve

TIMES = np.linspace(0, 8, 33)
OFF = {"interaction": 0.0, "coupling": 0.0, "pump": 0.0, "control": 0.0, "max_photons": 1}


def run_of(photons=0, **options):
    """Return the run of a battery in which only the named fields are on."""
    battery = qb.CascadeBattery(**(OFF | options))
    return qb.charge(battery, times=TIMES, charger=qb.FockState(photons))


@pytest.mark.parametrize("detuning", [0.4, 1.0])
def test_pump_alone_rabi_flips_both_atoms(detuning):
    """E = 2 Delta 4 Omega^2/(4 Omega^2 + Delta^2) sin^2(W t/2): the drive is not halved."""
    pump = 0.6
    run = run_of(pump=pump, detuning_middle=detuning)
    width = np.hypot(2 * pump, detuning)
    middle = (2 * pump / width * np.sin(width * TIMES / 2)) ** 2
    np.testing.assert_allclose(run.energy, 2 * detuning * middle, atol=1e-8)


def test_pump_and_control_in_two_photon_resonance_share_the_middle_level():
    """Delta_e = 0: |m> is reached from the bright mixture of |g> and |e> only."""
    pump, control, detuning = 0.6, 0.9, 0.8
    run = run_of(pump=pump, control=control, detuning_middle=detuning, detuning_excited=0.0)
    width = np.sqrt(4 * (pump**2 + control**2) + detuning**2)
    middle = (2 * pump / width * np.sin(width * TIMES / 2)) ** 2
    np.testing.assert_allclose(run.energy, 2 * detuning * middle, atol=1e-8)


@pytest.mark.parametrize("interaction", [-0.5, 0.0, 0.7])
def test_one_photon_is_shared_by_both_atoms(interaction):
    """E = (Delta_m + g) sin^2(sqrt2 g_1 t) where the cavity is tuned to Delta_m + g."""
    detuning, coupling = 1.2, 0.5
    run = run_of(
        photons=1,
        max_photons=2,
        coupling=coupling,
        interaction=interaction,
        detuning_middle=detuning,
        detuning_cavity=detuning + interaction,
    )
    stored = np.sin(np.sqrt(2) * coupling * TIMES) ** 2
    np.testing.assert_allclose(run.energy, (detuning + interaction) * stored, atol=1e-8)
    np.testing.assert_allclose(run.mean_photons, 1 - stored, atol=1e-8)


def from_levels(first, second, environment=(), **options):
    """Return the populations of |g>, |m>, |e>, summed over the atoms, from a product state."""
    battery = qb.CascadeBattery(**(OFF | options))
    problem = battery.problem(qb.FockState(0), environment)
    start = np.zeros(9)
    start[3 * "gme".index(first) + "gme".index(second)] = 1.0
    moments = {
        level: lambda real, name=f"S_{level * 2}": real.operator([Term(1.0, {"atoms": name})])
        for level in "gme"
    }
    moments["E"] = lambda real: real.H_B
    problem = replace(problem, initial=dict(problem.initial) | {"atoms": start})
    return solve(qb.MatrixEngine(1e-10), problem, TIMES, moments, basis="full").moments


@pytest.mark.parametrize(("slow", "fast"), [(0.2, 0.5), (0.6, 0.15), (0.3, 0.3)])
def test_excited_atoms_decay_down_the_cascade(slow, fast):
    """|e> -> |m> -> |g>: exponential, then Bateman's difference of exponentials."""
    decay = [qb.LevelDecay("excited", "middle", slow), qb.LevelDecay("middle", "ground", fast)]
    moments = from_levels("e", "e", decay, detuning_middle=0.9, detuning_excited=1.7)
    excited = np.exp(-slow * TIMES)
    if slow == fast:
        middle = slow * TIMES * np.exp(-slow * TIMES)
    else:
        middle = slow / (fast - slow) * (np.exp(-slow * TIMES) - np.exp(-fast * TIMES))
    np.testing.assert_allclose(moments["e"], 2 * excited, atol=1e-8)
    np.testing.assert_allclose(moments["m"], 2 * middle, atol=1e-8)
    np.testing.assert_allclose(moments["g"], 2 * (1 - excited - middle), atol=1e-8)
    np.testing.assert_allclose(moments["E"], 2 * (1.7 * excited + 0.9 * middle), atol=1e-8)


def test_middle_atom_decays_alone():
    """Each atom has its own bath: |m, g> decays with gamma, not with 2 gamma or not at all."""
    moments = from_levels("m", "g", [qb.LevelDecay("middle", "ground", 0.4)])
    np.testing.assert_allclose(moments["m"], np.exp(-0.4 * TIMES), atol=1e-8)


@pytest.mark.parametrize(("pair", "energy"), [("mg", 1.2), ("em", 2.9)])
def test_exchange_hops_between_the_atoms(pair, energy):
    """|m, g> and |e, m> swap with frequency g and keep their bare energy on average."""
    battery = qb.CascadeBattery(
        **(OFF | {"interaction": 0.6, "detuning_middle": 1.2, "detuning_excited": 1.7})
    )
    problem = battery.problem(qb.FockState(0))
    start = np.zeros(9)
    start[3 * "gme".index(pair[0]) + "gme".index(pair[1])] = 1.0
    problem = replace(problem, initial=dict(problem.initial) | {"atoms": start})
    run = solve(
        qb.MatrixEngine(1e-10),
        problem,
        TIMES,
        {"E": lambda real: real.H_B},
        basis="full",
        states=True,
    )
    swapped = 3 * "gme".index(pair[1]) + "gme".index(pair[0])  # cavity empty: index of the atoms
    population = run.states[:, swapped, swapped].real
    np.testing.assert_allclose(population, np.sin(0.6 * TIMES) ** 2, atol=1e-8)
    np.testing.assert_allclose(run.moments["E"], energy, atol=1e-8)


def test_excited_atoms_do_not_exchange_with_the_ground_level():
    """Eq. (19) has no |e, g> <-> |g, e> term: that pair stands still."""
    moments = from_levels("e", "g", interaction=0.8)
    for level, number in {"g": 1.0, "m": 0.0, "e": 1.0}.items():
        np.testing.assert_allclose(moments[level], number, atol=1e-10)


@pytest.mark.parametrize(("pump", "kept"), [(0.0, True), (0.3, False)])
def test_all_but_the_pump_conserve_photons_plus_atoms_off_the_ground(pump, kept):
    """a^dag a + S_mm + S_ee commutes with exchange, coupling and control; H with itself."""
    number = [
        Term(1.0, {"cavity": "n"}),
        Term(1.0, {"atoms": "S_mm"}),
        Term(1.0, {"atoms": "S_ee"}),
    ]
    moments = {"number": lambda real: real.operator(number), "H": lambda real: real.H}
    battery = qb.CascadeBattery(
        interaction=0.6, coupling=0.8, pump=pump, control=0.7, max_photons=4
    )
    run = solve(qb.MatrixEngine(1e-10), battery.problem(), TIMES, moments)
    assert bool(np.ptp(run.moments["number"]) < 1e-8) is kept
    assert np.ptp(run.moments["H"]) < 1e-8
