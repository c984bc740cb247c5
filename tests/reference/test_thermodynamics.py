"""Heat, work and entropy production in closed form."""

import numpy as np
import pytest

import qubatt as qb
from qubatt.core.problem import Jump, Problem, Term
from qubatt.core.realization import realize
from qubatt.core.space import Space
from qubatt.merits import SolvedRun
from qubatt.operators import Atoms

TIMES = np.linspace(0, 8, 33)
ENTROPY = ["entropy_production", "entropy", "heat_current", "internal_energy"]


def warming(n_thermal, gamma=0.4, omega=1.3, times=TIMES, **options):
    """Return the run of one undriven atom in a bath."""
    battery = qb.DrivenBattery(1, 0.0, omega_atom=omega)
    return qb.charge(
        battery, times=times, environment=qb.CollectiveDecay(gamma, n_thermal), **options
    )


@pytest.mark.parametrize("n_thermal", [0.1, 0.8, 6.0])
def test_one_atom_takes_up_heat_and_makes_entropy(n_thermal):
    """sigma = dp/dt (ln((1 - p)/p) - x) for p = p_1(1 - exp(-Gt)); infinite at first."""
    gamma, omega = 0.4, 1.3
    G, end = gamma * (2 * n_thermal + 1), n_thermal / (2 * n_thermal + 1)
    run = warming(n_thermal, merits=ENTROPY)
    p, flow = end * (1 - np.exp(-G * TIMES)), end * G * np.exp(-G * TIMES)
    heat = run.heat_current.sel(environment="collective-decay")
    np.testing.assert_allclose(heat, omega * flow, atol=1e-9)
    np.testing.assert_allclose(run.internal_energy, omega * p, atol=1e-9)
    assert (heat[:5] > 0).all()
    sigma = run.entropy_production.sel(environment="collective-decay").values
    x = np.log((n_thermal + 1) / n_thermal)
    p, flow = p[1:], flow[1:]
    assert np.isinf(sigma[0])
    np.testing.assert_allclose(sigma[1:], flow * (np.log((1 - p) / p) - x), atol=1e-8)
    np.testing.assert_allclose(run.entropy[1:], -p * np.log(p) - (1 - p) * np.log(1 - p), atol=1e-9)


def test_a_warm_cavity_cools_and_makes_entropy():
    """Thermal light stays thermal: sigma = dn/dt (ln((n + 1)/n) - x), heat flows out."""
    kappa, cold, hot = 0.5, 0.3, 0.9
    battery = qb.TavisCummingsBattery(1, 0.0, max_photons=60)
    run = qb.charge(
        battery,
        times=TIMES,
        charger=qb.ThermalState(hot),
        environment=qb.CavityLoss(kappa, cold),
        merits=["entropy_production", "heat_current", "mean_photons"],
    )
    n = cold + (hot - cold) * np.exp(-kappa * TIMES)
    flow = -kappa * (n - cold)
    np.testing.assert_allclose(run.mean_photons, n, atol=1e-9)
    np.testing.assert_allclose(run.heat_current[0], flow, atol=1e-9)
    sigma = flow * (np.log((n + 1) / n) - np.log((cold + 1) / cold))
    np.testing.assert_allclose(run.entropy_production[0], sigma, atol=1e-7)
    assert sigma.min() > 0


@pytest.mark.parametrize("N", [1, 3])
def test_equilibrium_makes_no_entropy(N):
    """On the ladder the common bath ends in its Gibbs state, whatever the exchange."""
    battery = qb.DrivenBattery(N, 0.0, interaction=0.6)
    end = qb.steady_state(
        battery,
        environment=qb.CollectiveDecay(0.4, 0.7),
        merits=["entropy_production", "heat_current"],
    )
    assert float(end.entropy_production[0]) == pytest.approx(0, abs=1e-12)
    assert float(end.heat_current[0]) == pytest.approx(0, abs=1e-12)
    start = qb.charge(
        battery, times=[0.3], environment=qb.CollectiveDecay(0.4, 0.7), merits="entropy_production"
    )
    assert float(start.entropy_production[0, 0]) > 0.01


def test_three_levels_in_a_bath_on_one_transition():
    """sigma = dp/dt (ln(p_g/p_m) - x) for the transition g-m; e is a bystander."""
    atoms, gamma, n = Atoms(1, ("ground", "middle", "excited")), 0.4, 0.3
    jumps = (
        Jump(gamma * (n + 1), {"atoms": "S_gm"}, scope="local", source="bath"),
        Jump(gamma * n, {"atoms": "S_mg"}, scope="local", source="bath"),
    )
    terms = (Term(1.0, {"atoms": "S_mm"}), Term(2.2, {"atoms": "S_ee"}))
    problem = Problem(Space({"atoms": atoms}), "atoms", terms, (), jumps)
    p = np.array([0.2, 0.5, 0.3])
    record = SolvedRun(
        realize(problem), np.zeros(1), {}, None, np.diag(p)[np.newaxis].astype(complex)
    )
    flow = gamma * (n * p[0] - (n + 1) * p[1])
    x = np.log((n + 1) / n)
    sigma = qb.merit("entropy_production").values(record)
    np.testing.assert_allclose(sigma, [[flow * (np.log(p[0] / p[1]) - x)]], atol=1e-14)


def test_zero_temperature_has_no_entropy_production():
    """NaN beside a thermal environment, which keeps its own."""
    battery = qb.TavisCummingsBattery(2, 0.4, max_photons=5)
    parts = [qb.CavityLoss(0.3), qb.CollectiveDecay(0.2, 0.3)]
    run = qb.charge(
        battery, times=[1.0], charger=qb.FockState(1), environment=parts, merits=ENTROPY
    )
    sigma = run.entropy_production.isel(time=0)
    assert np.isnan(sigma.sel(environment="cavity-loss"))
    assert sigma.sel(environment="collective-decay") > 0


def test_a_driven_atom_turns_work_into_heat():
    """Steady: the drive does the work gamma omega p that the cold bath takes away."""
    gamma, Omega = 0.5, 1.0
    end = qb.steady_state(
        qb.DrivenBattery(1, Omega),
        environment=qb.CollectiveDecay(gamma),
        merits=["heat_current", "work_flow", "first_law_residual", "power"],
    )
    p = Omega**2 / 4 / (1 + gamma**2 / 4 + Omega**2 / 2)
    assert float(end.heat_current[0]) == pytest.approx(-gamma * p, abs=1e-11)
    assert float(end.work_flow[0]) == pytest.approx(gamma * p, abs=1e-11)
    assert float(end.power) == pytest.approx(0, abs=1e-11)


def test_switching_a_coupling_does_the_work():
    """One photon, one atom, f(t) switched: U = 1 stays where both have one splitting."""
    battery = qb.TavisCummingsBattery(1, qb.SinePulse(0.8, 1.7), 2, omega_atom=1.4)
    times = np.linspace(0, 3, 13)
    run = qb.charge(
        battery,
        times=times,
        charger=qb.FockState(1),
        merits=["work_flow", "internal_energy", "energy", "power"],
    )
    # the photon gives 1 and the atom takes 1.4: the switch pays 0.4 of it
    excited = run.energy / 1.4
    np.testing.assert_allclose(run.internal_energy, 0.4 * excited, atol=1e-8)
    np.testing.assert_allclose(run.work_flow[0], 0.4 / 1.4 * run.power, atol=1e-8)
    assert np.abs(run.work_flow).max() > 0.01


def test_another_temperature_is_noticed():
    """Heat and entropy production of a bath that is off by a tenth differ visibly."""
    one, other = (warming(n, merits=ENTROPY, times=TIMES[1:]) for n in (0.5, 0.55))
    for name in ENTROPY:
        assert np.abs(one[name] - other[name]).max() > 1e-3
