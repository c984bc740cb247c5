"""Where more than one state is steady: the one reached is found, and called one of several."""

from dataclasses import replace

import numpy as np
import pytest
import qutip as qt
from qutip import piqs

import qubatt as qb
from qubatt.core.problem import Jump, Problem, Term
from qubatt.core.space import Space
from qubatt.operators import Atoms
from solving import solve_steady

METHODS = ["auto", "direct", "secular", "flow"]
every_method = pytest.mark.parametrize("method", METHODS)


def undriven(N, start, rate=1.0, n_thermal=0.0):
    """Return undriven atoms in a common bath that start in a ket of the full space."""
    battery = qb.DrivenBattery(n_atoms=N, drive=0.0)
    problem = battery.problem(environment=[qb.CollectiveDecay(rate, n_thermal)])
    return replace(problem, initial={"atoms": np.asarray(start, dtype=complex)})


@every_method
@pytest.mark.parametrize("n_thermal", [0.0, 0.3, 0.8])
def test_two_atoms_from_one_excited(n_thermal, method):
    """Half is dark for ever: ergotropy (1 + e^-x)/(2(1 + 2 cosh x)), and one of two states."""
    found = solve_steady(
        undriven(2, np.eye(4)[1], 2.0, n_thermal), {}, method=method, basis="full", state=True
    )
    ratio = n_thermal / (n_thermal + 1)  # e^-x
    levels = np.array([1.0, ratio, ratio**2])
    down, middle, up = levels / levels.sum() / 2
    triplet, singlet = np.array([0, 1, 1, 0]) / np.sqrt(2), np.array([0, 1, -1, 0]) / np.sqrt(2)
    expected = np.diag([down, 0, 0, up]) + middle * np.outer(triplet, triplet)
    np.testing.assert_allclose(found.state, expected + np.outer(singlet, singlet) / 2, atol=1e-9)
    H = np.array([-1.0, 0.0, 0.0, 1.0])
    populations = np.linalg.eigvalsh(found.state)[::-1]
    ergotropy = np.diag(found.state).real @ H - populations @ H
    assert ergotropy == pytest.approx(0.5 * (1 + ratio) * ratio / (ratio + ratio**2 + 1), abs=1e-8)
    assert (found.count, found.converged) == (2, True)


def found_by_qutip(generator, state):
    """Return whether `steadystate` gives that state; a refusal as singular is not it."""
    try:
        found = qt.steadystate(generator)
    except ValueError:  # Matrix is singular
        return False
    return (found - state).norm() < 1e-6


@pytest.mark.parametrize("N", [2, 3, 4])
def test_collective_emission_alone_that_qutip_finds_singular(N):
    """Dark states of every j make the equation of QuTiP singular; the ladder has one end."""
    spins = piqs.Dicke(N=N, hamiltonian=piqs.jspin(N)[2], collective_emission=1.0)
    assert not found_by_qutip(spins.liouvillian(), piqs.dicke(N, N / 2, -N / 2))
    battery = qb.DrivenBattery(n_atoms=N, drive=0.0)
    problem = battery.problem(environment=[qb.CollectiveDecay(1.0)])
    full = replace(problem, initial={"atoms": np.eye(N + 1)[N]})  # all excited
    for method in METHODS:
        found = solve_steady(full, {}, method=method, state=True)
        np.testing.assert_allclose(found.state, np.diag(np.eye(N + 1)[0]), atol=1e-10)
        assert (found.count, found.converged) == (1, True)


@every_method
@pytest.mark.parametrize("N", [2, 3])
def test_one_excited_atom_of_several_keeps_its_dark_part(N, method):
    """|e g ... g> keeps the part that J_- annihilates, 1 - 1/N, and its coherences."""
    start = np.eye(2**N)[2 ** (N - 1)]
    found = solve_steady(undriven(N, start), {}, method=method, basis="full", state=True)
    single = 2 ** np.arange(N)
    bright = np.zeros(2**N)
    bright[single] = 1 / np.sqrt(N)
    dark = start - (bright @ start) * bright
    expected = np.outer(dark, dark)
    expected[0, 0] = 1 / N
    np.testing.assert_allclose(found.state, expected, atol=1e-9)
    assert found.count > 1
    assert found.converged


def dephasing(start):
    """Return a qubit with H = J_z and D[J_z]: populations stay, coherences go with 1/2."""
    return Problem(
        space=Space({"atoms": Atoms(1)}),
        battery="atoms",
        battery_terms=(Term(1.0, {"atoms": "Jz"}),),
        charging_terms=(),
        jumps=(Jump(1.0, {"atoms": "Jz"}),),
        initial={"atoms": np.asarray(start)},
    )


@every_method
def test_pure_dephasing_keeps_the_populations(method):
    """Any diagonal matrix solves the equation, diag(2, -1) too; the start decides."""
    found = solve_steady(dephasing([0.6, 0.8j]), {}, method=method, state=True, gap=True)
    np.testing.assert_allclose(found.state, np.diag([0.36, 0.64]), atol=1e-10)
    assert (found.count, found.converged) == (2, True)
    assert found.relaxation_rate == pytest.approx(0.5, abs=1e-9)


def test_pure_dephasing_is_undecided_without_a_start():
    """diag(2, -1) has no residual: an equation solver that returned it would not notice."""
    wrong = qt.Qobj(np.diag([2.0, -1.0]))
    generator = qt.liouvillian(qt.sigmaz() / 2, [qt.sigmaz() / 2])
    assert (generator * qt.operator_to_vector(wrong)).norm() < 1e-14
    assert not found_by_qutip(generator, qt.Qobj(np.diag([0.36, 0.64])))


@pytest.mark.parametrize("start", [[1.0, 0.0], [0.0, 1.0]])
def test_dephasing_of_a_level_leaves_nothing_to_choose(start):
    """From a level nothing else is within reach, and it is called unique."""
    found = solve_steady(dephasing(start), {}, state=True)
    np.testing.assert_allclose(found.state, np.diag(start), atol=1e-12)
    assert found.count == 1


DARK = np.array([0, 1, -1, 0]) / np.sqrt(2)
GROUND = np.eye(4)[0]
FOR_EVER = {
    "dark coherence": (undriven(2, (GROUND + DARK) / np.sqrt(2)), "full"),
    "forgotten atoms": (
        replace(
            qb.TavisCummingsBattery(n_atoms=1, coupling=0.0, max_photons=2).problem(
                environment=[qb.CavityLoss(1.0)]
            ),
            initial={"cavity": np.eye(3)[1], "atoms": np.array([0.6, 0.8])},
        ),
        "symmetric",
    ),
}
"""Coherences between steady levels of different energy, which nothing damps."""


@every_method
@pytest.mark.parametrize("name", FOR_EVER)
def test_oscillation_for_ever_is_refused(name, method):
    """A coherence between two dark states turns with their energies, and no state is reached."""
    problem, basis = FOR_EVER[name]
    with pytest.raises(qb.UnsupportedError, match="never becomes steady"):
        solve_steady(problem, {}, method=method, basis=basis)


@every_method
def test_mixture_of_dark_states_is_not_refused(method):
    """The same two states without coherence between them are steady as they are."""
    mixture = (np.outer(GROUND, GROUND) + np.outer(DARK, DARK)) / 2
    problem = replace(undriven(2, GROUND), initial={"atoms": mixture})
    found = solve_steady(problem, {}, method=method, basis="full", state=True)
    np.testing.assert_allclose(found.state, mixture, atol=1e-10)


@pytest.mark.parametrize("driver", [{"coupling": 0.0}, {"coupling": 0.0, "control": 0.0}])
def test_pumped_atoms_that_no_environment_reaches_are_refused(driver):
    """Without coupling only the cavity comes to rest, while the fields turn the atoms for ever."""
    battery = qb.CascadeBattery(max_photons=2, **driver)
    with pytest.raises(qb.UnsupportedError, match="never becomes steady"):
        qb.steady_state(battery, environment=qb.CavityLoss(0.5))


@pytest.mark.parametrize(("levels", "mean", "number"), [(4, 0.02, "4"), (14, 0.5, "8 or more")])
def test_dataset_says_how_many(levels, mean, number):
    """A cavity that nothing is coupled to keeps thermal light as it is: all its levels are steady.

    More than eight are not counted.
    """
    assert (
        qb.steady_state(
            qb.DrivenBattery(3, drive=1.0), environment=qb.CollectiveDecay(0.5)
        ).uniqueness
        == "unique"
    )
    battery = qb.TavisCummingsBattery(n_atoms=2, coupling=0.0, max_photons=levels - 1)
    light = qb.ThermalState(mean)
    end = qb.steady_state(battery, environment=qb.CollectiveDecay(0.5), charger=light, gap=True)
    weights = (mean / (mean + 1)) ** np.arange(levels)
    expected = weights @ np.arange(levels) / weights.sum()
    assert float(end.mean_photons) == pytest.approx(expected, abs=1e-10)
    assert end.uniqueness.startswith(f"one of {number} independent steady states")
    assert np.isnan(end.relaxation_rate)  # nothing decays, or too many do not
