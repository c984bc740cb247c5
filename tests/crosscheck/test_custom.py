"""Batteries from QuTiP objects and QuTiP objects from batteries, against `mesolve`."""

import warnings
from dataclasses import replace

import numpy as np
import pytest
import qutip as qt

import qubatt as qb
from agreement import engines_for
from qubatt.core.declaration import example_of, fields_of
from qubatt.core.registry import registry

from .qutip_models import OPTIONS, registered
from .test_qutip import DRAWS, charge, hermitian

TIMES = np.linspace(0.0, 4.0, 9)
AGREES = 1e-7


def mesolve_energy(found, times=TIMES, **options):
    """Return the stored energy over time that `mesolve` finds for H, c_ops, rho0, H_B."""
    result = qt.mesolve(
        found.H, found.rho0, times, found.c_ops, e_ops=[found.H_B], options=OPTIONS | options
    )
    energy = np.real(result.expect[0])
    return energy - energy[0]


def spins():
    """Return a mode, two spins in the conventions of QuTiP, and what couples and damps them."""
    a = qt.tensor(qt.destroy(5), qt.qeye(2), qt.qeye(2))
    first = qt.tensor(qt.qeye(5), qt.sigmam(), qt.qeye(2))
    second = qt.tensor(qt.qeye(5), qt.qeye(2), qt.sigmam())
    H_B = qt.tensor(qt.qeye(5), qt.qeye(2), 0.5 * qt.sigmaz())
    H_charge = a.dag() * a + 0.5 * first.dag() * first
    H_charge += 0.4 * (a * first.dag() + a.dag() * first)
    H_charge += 0.7 * (1j * first * second.dag() - 1j * first.dag() * second)
    start = qt.tensor(qt.basis(5, 3), qt.basis(2, 1), qt.basis(2, 1))
    return H_B, H_charge, [np.sqrt(0.3) * a, np.sqrt(0.1) * second], start


def test_from_qutip_agrees_with_mesolve():
    """Three factors from dims, complex H, spins with their upper level first."""
    H_B, H_charge, c_ops, start = spins()
    battery = qb.from_qutip(H_B, H_charge, c_ops, start)
    assert battery.dims == (("part0", 5), ("part1", 2), ("battery", 2))
    expected = qt.mesolve(H_B + H_charge, start, TIMES, c_ops, e_ops=[H_B], options=OPTIONS)
    energy = expected.expect[0] - expected.expect[0][0]
    assert np.ptp(energy) > 0.1
    np.testing.assert_allclose(qb.charge(battery, times=TIMES).energy, energy, atol=AGREES)
    rho = qt.steadystate(H_B + H_charge, c_ops)
    end = qb.steady_state(battery)
    assert float(end.energy) == pytest.approx(qt.expect(H_B, rho) + 0.5, abs=1e-8)


def test_comparison_notices_a_thousandth():
    """The assertion above fails when a rate is slightly wrong."""
    H_B, H_charge, c_ops, start = spins()
    expected = qt.mesolve(H_B + H_charge, start, TIMES, c_ops, e_ops=[H_B], options=OPTIONS)
    battery = qb.from_qutip(H_B, H_charge, [1.001 * c_ops[0], c_ops[1]], start)
    energy = expected.expect[0] - expected.expect[0][0]
    assert np.max(np.abs(qb.charge(battery, times=TIMES).energy.values - energy)) > 100 * AGREES


OPEN = qb.DrivenBattery(2, 1.0).problem(environment=[qb.CollectiveDecay(0.1)])


@pytest.mark.parametrize("engine", engines_for(OPEN, "bound"))
@pytest.mark.parametrize("seed", range(3))
def test_random_complex_matrices_agree_with_mesolve(engine, seed):
    """GUE Hamiltonians, complex jumps, three factors, a mixed start, in every engine."""
    rng, dims = np.random.default_rng(seed), [2, 3, 2]
    sizes = [dims, dims]
    h = qt.tensor(qt.qeye(2), qt.Qobj(hermitian(rng, 3)), qt.qeye(2))
    c = rng.normal(size=(2, 12, 12)) + 1j * rng.normal(size=(2, 12, 12))
    start = qt.rand_dm(dims, seed=seed)
    H, jumps = (
        qt.Qobj(hermitian(rng, 12), dims=sizes),
        [qt.Qobj(part / 8, dims=sizes) for part in c],
    )
    battery = qb.from_qutip(h, H, jumps, start, battery="part1")
    expected = qt.mesolve(h + H, start, TIMES, jumps, e_ops=[h], options=OPTIONS).expect[0]
    run = qb.charge(battery, times=TIMES, engine=engine)
    assert np.ptp(expected) > 1e-2
    np.testing.assert_allclose(run.energy, expected - expected[0], atol=1e-8)


def same(one, other):
    """Return whether two Qobj have the same dims and entries, to the last bit."""
    return one.dims == other.dims and np.array_equal(one.full(), other.full())


@pytest.mark.parametrize("mixed", [False, True])
@pytest.mark.parametrize("whole", [False, True])
def test_round_trip_is_exact(whole, mixed):
    """What goes in comes out, to the last bit."""
    H_B, H_charge, c_ops, start = spins()
    rho0 = qt.ket2dm(start) if mixed else start
    given = H_B if whole else 0.5 * qt.sigmaz()
    found = qb.to_qutip(qb.from_qutip(given, H_charge, c_ops, rho0))
    assert same(found.H_B, H_B)
    assert same(found.H, H_B + H_charge)
    assert same(found.rho0, rho0)
    assert len(found.c_ops) == len(c_ops)
    assert all(same(*pair) for pair in zip(found.c_ops, c_ops, strict=True))
    assert not isinstance(found.H.data, qt.core.data.Dense)


@pytest.mark.filterwarnings("ignore:`cython`")
def test_round_trip_of_pulses():
    """H(t) is the same at any time, for functions, pulses, and coefficients of a QobjEvo."""
    H_B, H_charge, c_ops, start = spins()
    drive = qt.tensor(qt.qeye(5), qt.sigmax(), qt.qeye(2))
    raising = qt.tensor(qt.qeye(5), qt.sigmap(), qt.qeye(2))
    energy_rate = [[raising, lambda t: np.exp(2j * t)], [raising.dag(), lambda t: np.exp(-2j * t)]]
    times = np.linspace(0, 4, 401)
    pulse = qb.GaussianPulse(0.5, 2.0, 1.0)
    forms = [
        ([H_charge, [drive, pulse]], qt.QobjEvo([H_charge, [drive, lambda t: pulse(t)]])),
        ([H_charge, (drive, np.sin)], qt.QobjEvo([H_charge, [drive, np.sin]])),
        (qt.QobjEvo([H_charge, *energy_rate]),) * 2,
        (qt.QobjEvo([H_charge, [drive, "cos(t)"]]),) * 2,
        (qt.QobjEvo([H_charge, [drive, np.cos(times)]], tlist=times),) * 2,
    ]
    for form, evolution in forms:
        found = qb.to_qutip(qb.from_qutip(H_B, form, c_ops, start))
        for time in (0.0, 0.3, 1.7, 3.9):
            difference = found.H(time) - H_B - evolution(time)
            assert np.abs(difference.full()).max() < 1e-15


def test_complex_coefficients_agree_with_mesolve():
    """A rotating drive, which only a QobjEvo can say, as real pulses."""
    H_B, H_charge, c_ops, start = spins()
    raising = qt.tensor(qt.qeye(5), qt.sigmap(), qt.qeye(2))
    energy_rate = [[raising, lambda t: np.exp(2j * t)], [raising.dag(), lambda t: np.exp(-2j * t)]]
    H = qt.QobjEvo([H_charge, *energy_rate])
    expected = qt.mesolve(H + H_B, start, TIMES, c_ops, e_ops=[H_B], options=OPTIONS).expect[0]
    battery = qb.from_qutip(H_B, H, c_ops, start)
    run = qb.charge(battery, times=TIMES, merits="all")  # coefficients of QuTiP cannot be hashed
    np.testing.assert_allclose(run.energy, expected - expected[0], atol=AGREES)
    assert np.all(np.abs(run.power) <= run.power_bound + AGREES)
    again = qb.from_qutip(H_B, H, c_ops, start)
    assert battery == again
    assert hash(battery) == hash(again)


def test_a_qobjevo_that_is_not_hermitian_is_refused():
    """Half of a rotating drive."""
    with pytest.raises(qb.ArgumentError, match="`H_charge` must be Hermitian at all times"):
        qb.from_qutip(qt.sigmax(), qt.QobjEvo([qt.sigmaz(), [qt.sigmap(), np.cos]]))


EXAMPLES = [
    pytest.param(name, environment, id=f"{name}-{environment or 'alone'}")
    for name in registered("battery")
    for environment in (None, *registered("environment"))
]


@pytest.mark.parametrize(("name", "environment"), EXAMPLES)
def test_every_battery_in_mesolve(name, environment):
    """`to_qutip` of the example of every battery, with every environment that fits."""
    battery = example_of(registry.get("battery", name))
    small = {"max_photons": 4, "n_atoms": 2}
    known = {key: value for key, value in small.items() if key in fields_of(type(battery))}
    battery = replace(battery, **known)
    parts = [] if environment is None else [example_of(registry.get("environment", environment))]
    try:
        found = qb.to_qutip(battery, environment=parts)
    except qb.UnsupportedError:
        return
    run = charge(battery, times=TIMES, charger=None, environment=parts)
    assert np.ptp(run.energy.values) > 1e-3
    np.testing.assert_allclose(mesolve_energy(found), run.energy, atol=AGREES)


@pytest.mark.parametrize("name", registered("battery"))
def test_random_batteries_in_mesolve(name):
    """Random parameters, and light with a phase where there is a cavity."""
    rng = np.random.default_rng(3)
    battery = DRAWS[name](rng, 2)
    charger = None
    if "cavity" in battery.space.factors:
        battery, charger = replace(battery, max_photons=8), qb.CoherentState(0.8, phase=0.7)
    found = qb.to_qutip(battery, charger)
    run = charge(battery, times=TIMES, charger=charger, environment=[])
    np.testing.assert_allclose(mesolve_energy(found), run.energy, atol=AGREES)


def test_pulses_in_mesolve():
    """A drive that jumps: the Notes tell of max_step."""
    pulse = qb.PiecewisePulse([0.5, 2.0, 3.0], [0.7, -0.4])
    battery = qb.DrivenBattery(n_atoms=2, drive=pulse, interaction=0.4)
    found = qb.to_qutip(battery, environment=qb.CollectiveDecay(0.2))
    assert isinstance(found.H, qt.QobjEvo)
    run = charge(battery, times=TIMES, charger=None, environment=[qb.CollectiveDecay(0.2)])
    energy = mesolve_energy(found, max_step=0.002, atol=1e-9, rtol=1e-8)
    np.testing.assert_allclose(energy, run.energy, atol=1e-4)  # steps across the jumps


def test_local_decay_has_the_full_space():
    """A battery whose environment leaves the ladder is given on all states of its atoms."""
    battery = qb.CascadeBattery(max_photons=2)
    found = qb.to_qutip(battery, environment=qb.LevelDecay("middle", "ground", 0.2))
    assert found.H.dims == [[3, 9], [3, 9]]
    assert len(found.c_ops) == 2


def test_from_the_ladder_and_back():
    """The objects of a Tavis–Cummings battery make the same battery, with its environments."""
    model = qb.TavisCummingsBattery(n_atoms=3, coupling=0.4, interaction=0.5, max_photons=8)
    found = qb.to_qutip(model, qb.FockState(0))
    twin = qb.from_qutip(found.H_B, found.H - found.H_B, dims={"cavity": 9, "atoms": 4})
    environment, charger = [qb.CavityLoss(0.2), qb.CollectiveDecay(0.1)], qb.FockState(3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", qb.QubattWarning)
        runs = [
            qb.charge(b, times=TIMES, charger=charger, environment=environment)
            for b in (twin, model)
        ]
    for name in runs[1].data_vars:
        np.testing.assert_allclose(runs[0][name], runs[1][name], atol=1e-9)


def test_qobj_with_other_factors_are_refused():
    """Two and three levels are not three and two, whatever the dimension; neighbours may merge."""
    a = qt.tensor(qt.destroy(2), qt.qeye(3))
    other = qt.tensor(qt.qeye(3), qt.destroy(2))
    with pytest.raises(qb.ArgumentError, match=r"`jumps` must have the dimensions \(2, 3\)"):
        qb.from_qutip(qt.num(3), a + a.dag(), [other])
    start = qt.tensor(qt.basis(3, 0), qt.basis(2, 0))
    with pytest.raises(qb.ArgumentError, match="`initial` must have the dimensions"):
        qb.from_qutip(qt.num(3), a + a.dag(), [a], start)
    with pytest.raises(qb.ArgumentError, match="`H_charge` must have the dimensions"):
        qb.from_qutip(qt.num(2), a + a.dag(), dims=(3, 2))
    three = qt.tensor(qt.destroy(2), qt.qeye(2), qt.qeye(2))
    merged = qb.from_qutip(qt.num(2), three + three.dag(), [three], dims=(4, 2))
    assert dict(merged.dims) == {"charger": 4, "battery": 2}


def test_every_pulse_is_a_drive_of_its_own():
    """Their works are apart, and add up with the heat to the change of energy."""
    a = qt.destroy(3)
    parts = [0 * a, [a + a.dag(), np.sin], [1j * (a - a.dag()), np.cos]]
    battery = qb.from_qutip(qt.num(3), parts, [0.3 * a])
    run = qb.charge(battery, times=TIMES, merits=["work_flow", "heat_current", "power"])
    assert run.drive.values.tolist() == ["H_charge[1]", "H_charge[2]"]
    flows = run.work_flow.sum("drive") + run.heat_current.sum("environment")
    np.testing.assert_allclose(flows, run.power, atol=1e-9)


def test_no_first_law_where_the_frame_takes_all_energy_away():
    """In the frame of the battery itself nothing is left of U; it says so instead of giving 0."""
    a = qt.destroy(3)
    battery = qb.from_qutip(qt.num(3), [-qt.num(3), [a + a.dag(), np.sin]], [0.3 * a])
    with pytest.raises(qb.UnsupportedError, match="in this frame the internal energy"):
        qb.charge(battery, times=TIMES, merits="heat_current")
