"""Charging curves of every battery, on random parameters, against QuTiP's `mesolve`."""

import warnings
from dataclasses import fields, replace

import numpy as np
import pytest

import qubatt as qb
from agreement import assert_moments_agree, engine_named
from qubatt.core.observable import ENERGY, POWER, Expectation
from qubatt.core.realization import realize
from qubatt.core.registry import registry
from solving import solve, task

from . import qutip_models
from .qutip_models import qutip_run, registered

TOLERANCE = 1e-8
"""In units of N omega for energy, N omega^2 for power, absolute for the rest."""


def cavity_loss(rng):
    return qb.CavityLoss(rate=rng.uniform(0.1, 1.0))


def warm_cavity(rng):
    return qb.CavityLoss(rate=rng.uniform(0.1, 1.0), n_thermal=rng.uniform(0.05, 0.8))


def collective(rng):
    return qb.CollectiveDecay(rate=rng.uniform(0.1, 0.6))


def warm_collective(rng):
    return qb.CollectiveDecay(rate=rng.uniform(0.1, 0.6), n_thermal=rng.uniform(0.05, 0.8))


def middle_to_ground(rng):
    return qb.LevelDecay("middle", "ground", rate=rng.uniform(0.05, 0.6))


def excited_to_middle(rng):
    return qb.LevelDecay("excited", "middle", rate=rng.uniform(0.05, 0.6))


def excited_to_ground(rng):
    return qb.LevelDecay("excited", "ground", rate=rng.uniform(0.05, 0.6))


def at_rate(cls):
    """Return how to draw an environment that has a rate only."""

    def draw(rng):
        return cls(rate=rng.uniform(0.05, 0.6))

    draw.__name__ = cls.__name__
    return draw


def warm_local(rng):
    return qb.LocalEmission(rate=rng.uniform(0.1, 0.6), n_thermal=rng.uniform(0.05, 0.8))


cavity_noise = at_rate(qb.CavityDephasing)
collective_pump, collective_noise = at_rate(qb.CollectivePumping), at_rate(qb.CollectiveDephasing)
local_pump, local_noise = at_rate(qb.LocalPumping), at_rate(qb.LocalDephasing)


def in_cavity(cls):
    """Return how to draw a battery of that class with N atoms in a cavity."""

    more = 2 if cls is qb.TwoPhotonDickeBattery else 1  # photons per atom

    def draw(rng, N):
        return cls(
            n_atoms=N,
            coupling=rng.choice([-1, 1]) * rng.uniform(0.2, 0.6),
            interaction=rng.uniform(-1.5, 1.5),
            omega_atom=rng.uniform(0.5, 1.5),
            omega_cavity=rng.uniform(0.6, 1.6),
            interaction_z=rng.uniform(-1.5, 1.5),
            max_photons=int(rng.integers(more * N + 1, more * N + 6)),
        )

    return draw


def draw_driven(rng, N):
    """Draw a driven battery in the laboratory frame, on resonance or in between."""
    return qb.DrivenBattery(
        n_atoms=N,
        drive=rng.choice([-1, 1]) * rng.uniform(0.3, 2.0),
        interaction=rng.uniform(-1.5, 1.5),
        omega_atom=rng.uniform(0.5, 1.5),
        detuning=[None, 0.0, rng.uniform(-1.0, 1.0)][rng.integers(3)],
        interaction_z=rng.uniform(-1.5, 1.5),
    )


def draw_cascade(rng, N):
    """Draw a cascade battery of N atoms."""
    names = ("interaction", "coupling", "pump", "control")
    detunings = ("detuning_middle", "detuning_excited", "detuning_cavity")
    values = {name: rng.uniform(-1.2, 1.2) for name in (*names, *detunings)}
    return qb.CascadeBattery(**values, max_photons=int(rng.integers(2, 5)), n_atoms=N)


def hermitian(rng, dim):
    """Draw a Hermitian matrix of the Gaussian unitary ensemble, norm about 2."""
    M = rng.normal(size=(dim, dim)) + 1j * rng.normal(size=(dim, dim))
    return (M + M.conj().T) / np.sqrt(4 * dim)


def draw_custom(rng, N):
    """Draw complex matrices on two bare levels and the ladder of N atoms between them."""
    D = 4 * (N + 1)
    c = rng.normal(size=(2, D, D)) + 1j * rng.normal(size=(2, D, D))
    return qb.CustomBattery(
        H_B=np.diag(np.arange(N + 1.0)) + 0.2 * hermitian(rng, N + 1),
        H_charge=hermitian(rng, D),
        jumps=list(zip(rng.uniform(0.1, 0.4, 2), c / np.sqrt(4 * D), strict=True)),
        dims={"left": 2, "atoms": N + 1, "right": 2},
        battery="atoms",
    )


DRAWS = {
    "dicke": in_cavity(qb.DickeBattery),
    "tavis-cummings": in_cavity(qb.TavisCummingsBattery),
    "two-photon-dicke": in_cavity(qb.TwoPhotonDickeBattery),
    "driven": draw_driven,
    "cascade": draw_cascade,
    "custom": draw_custom,
}

IN_CAVITY = [
    (1, []),
    (1, [warm_cavity, warm_collective]),
    (2, [cavity_loss]),
    (2, [warm_collective]),
    (3, [warm_cavity]),
    (3, [cavity_loss, collective]),
    (4, [collective]),
    (4, [warm_cavity, warm_collective]),
    (5, [cavity_loss, cavity_loss]),
    (3, [collective_pump, collective_noise, cavity_noise]),
    (2, [warm_local, cavity_loss]),
    (3, [local_pump, local_noise, collective]),
]
DRIVEN = [(N, [part]) for N in (1, 2, 3, 6, 9) for part in (collective, warm_collective)]
SURROUNDINGS = {
    "dicke": IN_CAVITY,
    "tavis-cummings": IN_CAVITY,
    "two-photon-dicke": IN_CAVITY,
    "driven": [
        (1, []),
        (4, []),
        *DRIVEN,
        (5, [collective, collective_pump, collective_noise]),
        (1, [warm_local, local_noise]),
        (4, [warm_local, local_pump, local_noise, warm_collective, collective_noise]),
    ],
    "cascade": [
        (2, []),
        (2, [warm_cavity]),
        (2, [middle_to_ground]),
        (2, [excited_to_middle]),
        (2, [excited_to_ground, cavity_loss]),
        (2, [warm_cavity, excited_to_middle, middle_to_ground]),
        (1, [warm_cavity]),
        (3, [warm_cavity]),
        (3, [excited_to_middle, cavity_noise]),
    ],
    "custom": [(1, []), (2, [collective]), (3, []), (4, [warm_collective])],
}
"""Numbers of atoms and environments in which each battery is compared."""

CASES = [
    pytest.param(
        name, *case, number, id=f"{name}-{case[0]}-{'+'.join(p.__name__ for p in case[1])}"
    )
    for name, cases in SURROUNDINGS.items()
    for number, case in enumerate(cases)
]


def draw_times(rng):
    """Draw output times, evenly spaced from 0 or scattered without it."""
    end = rng.uniform(3.0, 6.0)
    if rng.random() < 0.5:
        return np.linspace(0.0, end, 9)
    return np.sort(rng.uniform(0.1, end, 9))


def draw_charger(rng, battery):
    """Draw a Fock state of one photon or more, or None without a cavity."""
    if battery.default_charger() is None:
        return None
    return qb.FockState(int(rng.integers(1, battery.max_photons + 1)))


def charge(battery, times, charger, environment, **options):
    """Charge without the warning of a low cut-off: both sides of the comparison share it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", qb.QubattWarning)
        return qb.charge(battery, times=times, charger=charger, environment=environment, **options)


def assert_agrees(run, expected, scale):
    """Assert that every variable of a run is that of QuTiP; energies in units of N omega."""
    assert set(run.data_vars) == set(expected)
    for name, values in expected.items():
        unit = scale if name in ("energy", "power") else 1.0
        worst = np.max(np.abs(run[name].values - values)) / unit
        assert worst < TOLERANCE, f"{name} differs by {worst:.1e}"


@pytest.mark.parametrize(("name", "N", "parts", "number"), CASES)
def test_charging_agrees_with_qutip(name, N, parts, number):
    """Energy, power, photons and cut-off population are those of mesolve."""
    rng = np.random.default_rng([len(name), N, number])
    battery = DRAWS[name](rng, N)
    times, charger = draw_times(rng), draw_charger(rng, battery)
    environment = [part(rng) for part in parts]
    run = charge(battery, times=times, charger=charger, environment=environment)
    expected, scale = qutip_run(battery, times, charger, environment)
    assert np.ptp(expected["energy"]) > 1e-3 * scale, "nothing happens in this case"
    assert_agrees(run, expected, scale)


@pytest.mark.parametrize("detuning", [None, 0.0, 0.3])
@pytest.mark.parametrize("N", [3, 4])
def test_frames_of_the_driven_battery_agree_with_qutip(N, detuning):
    """Laboratory frame, resonance and a detuned drive: energy is measured with H_B in each."""
    battery = qb.DrivenBattery(
        n_atoms=N, drive=1.3, interaction=0.6, omega_atom=1.2, detuning=detuning
    )
    times, environment = np.linspace(0, 5, 11), [qb.CollectiveDecay(0.4, n_thermal=0.1)]
    run = charge(battery, times=times, charger=None, environment=environment)
    assert_agrees(run, *qutip_run(battery, times, None, environment))


SMALL = [
    (qb.DickeBattery(2, 0.4, 4, interaction=0.8, interaction_z=0.5), "cavity-loss"),
    (
        qb.TavisCummingsBattery(3, 0.5, 4, interaction=-0.7, interaction_z=0.6),
        "collective-decay",
    ),
    (qb.TwoPhotonDickeBattery(2, 0.3, 5, interaction=0.8, interaction_z=0.5), "cavity-loss"),
    (qb.DrivenBattery(5, drive=1.1, interaction=0.9, interaction_z=-0.4), "collective-decay"),
    (qb.CascadeBattery(interaction=0.5, max_photons=2), "cavity-loss"),
]


@pytest.mark.parametrize(("battery", "environment"), SMALL, ids=lambda part: type(part).__name__)
@pytest.mark.parametrize("engine", registered("engine"))
def test_every_engine_agrees_with_qutip(engine, battery, environment):
    """Each registered engine solves each battery, without an environment if it takes none.

    What is compared depends on the engine's kind of error.
    """
    times, charger = np.linspace(0, 3, 7), battery.default_charger()
    surroundings = [registry.get("environment", environment)(rate=0.5, n_thermal=0.2)]
    solver, problem = engine_named(engine), battery.problem(charger, surroundings)
    named = {"energy": ENERGY, "power": POWER}
    if problem.mode is not None:
        named["mean_photons"] = Expectation.of(problem.mode, ("n",))
        named["cutoff_population"] = Expectation.of(problem.mode, ("P_top",))
    moments = list(named.values())
    if solver.unsupported(task(problem, times, moments)):
        surroundings, problem = [], battery.problem(charger)
    found = solve(solver, problem, times, moments)
    expected, scale = qutip_run(battery, times, charger, surroundings)
    realization = realize(problem)
    assert set(named) == set(expected)
    exact = {named[name].label: values for name, values in expected.items()}
    exact[ENERGY.label] = exact[ENERGY.label] + found.of(ENERGY)[0]
    atol = {label: TOLERANCE * (scale if "H_B" in label else 1.0) for label in exact}
    spectra = {
        each.label: tuple(np.linalg.eigvalsh(realization.observe(each).steady.toarray())[[0, -1]])
        for each in moments
    }
    assert_moments_agree(solver, found, exact, atol, spectra)


CHARGERS = [
    qb.FockState(3),
    qb.CoherentState(1.2, phase=0.6),
    qb.CoherentState(1.2, phase=np.pi),
    qb.ThermalState(0.8),
    qb.SqueezedState(0.5, phase=-1.1),
    qb.DisplacedSqueezedState(1.2, 0.3, phase=0.6, squeezing_phase=2.0),
    qb.CatState(2.5, phase=0.6),
    qb.CatState(2.5, "odd"),
    qb.CatState(2.5, "none", phase=-1.1),
]


@pytest.mark.parametrize("charger", CHARGERS, ids=repr)
@pytest.mark.parametrize("model", [qb.DickeBattery, qb.TavisCummingsBattery])
def test_every_charger_agrees_with_qutip(model, charger):
    """Light with and without a phase, pure and mixed, charges two atoms in a lossy cavity."""
    battery = model(n_atoms=2, coupling=0.4, interaction=0.3, max_photons=24)
    times, surroundings = np.linspace(0, 2, 5), [qb.CavityLoss(0.3)]
    run = charge(battery, times=times, charger=charger, environment=surroundings)
    assert_agrees(run, *qutip_run(battery, times, charger, surroundings))


@pytest.mark.parametrize(
    ("charger", "parameter"),
    [
        (charger, parameter)
        for charger in CHARGERS
        for parameter in ("mean_photons", "phase", "squeezing_fraction", "squeezing_phase")
        if getattr(charger, parameter, 0.0) and not (parameter == "phase" and charger.phase > 3)
    ],
)
def test_comparison_notices_light_that_is_off_by_a_thousandth(charger, parameter):
    """The assertion used above fails when photon number or phase is slightly wrong."""
    battery = qb.DickeBattery(n_atoms=2, coupling=0.4, max_photons=24)
    times, wrong = np.linspace(0, 2, 5), 1.001 * getattr(charger, parameter)
    run = charge(battery, times=times, charger=charger, environment=[])
    with pytest.raises(AssertionError, match="differs by"):
        assert_agrees(run, *qutip_run(battery, times, replace(charger, **{parameter: wrong}), []))


def test_every_charger_takes_part_in_the_comparison():
    """A charger state that is written out is also compared."""
    compared = {registry.name_of("charger", type(charger)) for charger in CHARGERS}
    assert compared == set(registered("charger"))


PARAMETERS = [
    pytest.param(battery, environment, entry.name, id=f"{type(battery).__name__}-{entry.name}")
    for battery, environment in SMALL
    for entry in fields(battery)
    if entry.name not in ("n_atoms", "max_photons")
]


@pytest.mark.parametrize(("battery", "environment", "parameter"), PARAMETERS)
def test_comparison_notices_a_parameter_that_is_off_by_a_thousandth(
    battery, environment, parameter
):
    """The assertion used above fails when one parameter of the QuTiP side is slightly wrong."""
    times, charger = np.linspace(0, 3, 7), battery.default_charger()
    surroundings = [registry.get("environment", environment)(rate=0.5)]
    value = getattr(battery, parameter)
    wrong = replace(
        battery, **{parameter: 1.001 * (battery.omega_atom if value is None else value)}
    )
    run = charge(battery, times=times, charger=charger, environment=surroundings)
    with pytest.raises(AssertionError, match="differs by"):
        assert_agrees(run, *qutip_run(wrong, times, charger, surroundings))


WITH_A_RATE = [
    qb.CavityDephasing,
    qb.CollectivePumping,
    qb.CollectiveDephasing,
    qb.LocalPumping,
    qb.LocalDephasing,
]


@pytest.mark.parametrize(
    ("environment", "wrong"),
    [
        (qb.CavityLoss(0.5, n_thermal=0.2), qb.CavityLoss(0.5005, n_thermal=0.2)),
        (qb.CavityLoss(0.5, n_thermal=0.2), qb.CavityLoss(0.5, n_thermal=0.2002)),
        (qb.CollectiveDecay(0.5, n_thermal=0.2), qb.CollectiveDecay(0.5005, n_thermal=0.2)),
        (qb.CollectiveDecay(0.5, n_thermal=0.2), qb.CollectiveDecay(0.5, n_thermal=0.2002)),
        (qb.LocalEmission(0.5, n_thermal=0.2), qb.LocalEmission(0.5005, n_thermal=0.2)),
        (qb.LocalEmission(0.5, n_thermal=0.2), qb.LocalEmission(0.5, n_thermal=0.2002)),
        *((cls(0.5), cls(0.5005)) for cls in WITH_A_RATE),
    ],
)
def test_comparison_notices_a_rate_that_is_off_by_a_thousandth(environment, wrong):
    """The assertion used above fails when a rate or an occupation is slightly wrong."""
    battery, times, charger = SMALL[0][0], np.linspace(0, 3, 7), qb.FockState(2)
    run = charge(battery, times=times, charger=charger, environment=[environment])
    with pytest.raises(AssertionError, match="differs by"):
        assert_agrees(run, *qutip_run(battery, times, charger, [wrong]))


@pytest.mark.parametrize(
    ("kind", "table"),
    [("battery", "BATTERIES"), ("environment", "ENVIRONMENTS"), ("charger", "CHARGERS")],
)
def test_everything_registered_is_written_out_for_qutip(kind, table):
    """A new battery, dissipator or charger state needs an entry in qutip_models.py."""
    missing = set(registered(kind)) - set(getattr(qutip_models, table))
    assert not missing, (
        f"{kind} {sorted(missing)} is registered but not compared with QuTiP:"
        f" write its formula into {table} of tests/crosscheck/qutip_models.py"
    )


def test_every_battery_and_dissipator_takes_part_in_the_comparison():
    """A battery or dissipator that is written out is also drawn in the random cases."""
    missing = set(registered("battery")) - set(DRAWS) | set(DRAWS) ^ set(SURROUNDINGS)
    assert not missing, (
        f"batteries {sorted(missing)} are never compared: add them to DRAWS and SURROUNDINGS"
        " of tests/crosscheck/test_qutip.py"
    )
    rng = np.random.default_rng(0)
    draws = {part for cases in SURROUNDINGS.values() for _, parts in cases for part in parts}
    drawn = {registry.name_of("environment", type(part(rng))) for part in draws}
    unused = set(registered("environment")) - drawn
    assert not unused, f"dissipators {sorted(unused)} are in no case of SURROUNDINGS"


def draw_light(rng, kind):
    """Draw light that fits below 16 photons but for 1e-5."""
    phase = rng.uniform(-np.pi, np.pi)
    return {
        "coherent": lambda: qb.CoherentState(rng.uniform(0.5, 2.5), phase=phase),
        "thermal": lambda: qb.ThermalState(rng.uniform(0.2, 0.7)),
        "squeezed": lambda: qb.SqueezedState(rng.uniform(0.1, 0.3), phase=phase),
        "displaced-squeezed": lambda: qb.DisplacedSqueezedState(
            rng.uniform(0.5, 1.0), rng.uniform(0.05, 0.2), phase, rng.uniform(-np.pi, np.pi)
        ),
        "cat": lambda: qb.CatState(
            rng.uniform(1.0, 2.5), ["even", "odd", "none"][rng.integers(3)], phase
        ),
    }[kind]()


LIT = [
    pytest.param(name, N, kind, id=f"{name}-{N}-{kind}")
    for name, atoms in (
        ("dicke", (1, 2, 3)),
        ("tavis-cummings", (1, 2, 3)),
        ("two-photon-dicke", (2,)),
        ("cascade", (2,)),
    )
    for N in atoms
    for kind in ("coherent", "thermal", "squeezed", "displaced-squeezed", "cat")
]


@pytest.mark.parametrize(("name", "N", "kind"), LIT)
def test_random_light_and_two_environments_agree_with_qutip(name, N, kind):
    """Coherences between sectors, mixed light, odd and even N, loss of cavity and atoms at once."""
    rng = np.random.default_rng([len(name), N, len(kind)])
    battery = replace(DRAWS[name](rng, N), max_photons=16)
    times, charger = np.linspace(0.0, rng.uniform(1.0, 2.0), 5), draw_light(rng, kind)
    parts = [cavity_loss] if name == "cascade" else [warm_cavity, warm_collective]
    environment = [part(rng) for part in parts]
    run = charge(battery, times=times, charger=charger, environment=environment)
    assert_agrees(run, *qutip_run(battery, times, charger, environment))
