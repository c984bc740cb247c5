"""The exact engine: its error, its trace, its memory, and what it says when it fails."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

import qubatt as qb
from qubatt.engines.cost import problem_cost
from solving import solve

TIMES = np.linspace(0.0, 6.0, 7)
LOSS = qb.CavityLoss(0.5, n_thermal=0.2)
BATTERIES = [
    (qb.DickeBattery(n_atoms=3, coupling=0.5, interaction=0.8, max_photons=5), [LOSS]),
    (qb.TavisCummingsBattery(n_atoms=2, coupling=0.7, max_photons=6), [LOSS]),
    (qb.DrivenBattery(n_atoms=12, drive=1.0, interaction=-0.5), [qb.CollectiveDecay(0.5, 0.1)]),
    (qb.CascadeBattery(max_photons=2), [LOSS, qb.LevelDecay("excited", "middle", 0.3)]),
]


@pytest.mark.parametrize(("battery", "environment"), BATTERIES)
@pytest.mark.parametrize("tolerance", [1e-4, 1e-8, 1e-11])
def test_error_stays_below_the_tolerance(battery, environment, tolerance):
    """‖ρ − ρ_oracle‖ at every time, against the exponential of the superoperator."""
    problem = battery.problem(environment=environment)
    oracle = solve(qb.DenseEngine(), problem, TIMES, {}, states=True)
    run = solve(qb.ExactEngine(tolerance), problem, TIMES, {}, states=True)
    error = np.max(np.linalg.norm(run.states - oracle.states, axis=(1, 2)))
    assert error < tolerance
    assert error < run.error_estimate + 3e-12  # the oracle is not better
    assert run.converged


@pytest.mark.parametrize(("battery", "environment"), BATTERIES)
@pytest.mark.parametrize("charger", ["default", "coherent", "thermal"])
def test_trace_is_kept(battery, environment, charger):
    """|Tr ρ − 1| ≤ 1e-12 over the run, pure and mixed light."""
    light = {"coherent": qb.CoherentState(0.1), "thermal": qb.ThermalState(0.05)}.get(charger)
    if "cavity" not in battery.space.factors or getattr(battery, "max_photons", 9) < 5:
        light = None
    solution = solve(qb.ExactEngine(), battery.problem(light, environment), TIMES, {})
    assert solution.trace_drift <= 1e-12


def test_tolerance_that_is_not_reached_is_not_converged():
    """Rounding adds up over a long run: the status says so, with a warning."""
    battery = qb.DrivenBattery(n_atoms=30, drive=1.0, interaction=0.5)
    with pytest.warns(qb.QubattWarning, match="not accurate"):
        run = qb.charge(
            battery,
            times=[0.0, 400.0],
            environment=qb.CollectiveDecay(0.5),
            engine=qb.ExactEngine(tolerance=1e-12),
        )
    assert run.attrs["status"] == "not-converged"


def test_coherent_light_keeps_blocks_that_fock_states_do_not():
    """Twice the entries of a Fock state in a Dicke battery: all of ρ, and no more."""
    battery = qb.DickeBattery(n_atoms=2, coupling=0.4, max_photons=14)
    fock, coherent = (
        problem_cost(battery.problem(light, [LOSS]), [1.0])
        for light in (qb.FockState(2), qb.CoherentState(1.0))
    )
    assert fock.entries < 0.6 * coherent.entries
    assert coherent.entries == coherent.entries_without_reduction


def test_squeezed_light_keeps_the_parity():
    """Squeezed vacuum holds even photon numbers only: as many entries as a Fock state."""
    battery = qb.DickeBattery(n_atoms=2, coupling=0.4, max_photons=24)
    fock, squeezed = (
        problem_cost(battery.problem(light, [LOSS]), [1.0])
        for light in (qb.FockState(2), qb.SqueezedState(0.5))
    )
    assert fock.entries == squeezed.entries


def test_time_zero_alone():
    """The initial state needs no steps; its cost is nothing."""
    battery = qb.DickeBattery(n_atoms=3, coupling=0.5, max_photons=6)
    run = qb.charge(battery, times=[0.0], engine="exact")
    assert float(run.energy[0]) == 0.0
    assert problem_cost(battery.problem(), [0.0]).products < 2


@pytest.mark.parametrize("detuning", [0.0, 1e-5, 1e-3])
def test_damping_without_a_hamiltonian(detuning):
    """Steps may be as long as the run, and as short as needed."""
    driven = qb.DrivenBattery(30, drive=0.0, detuning=detuning)
    run, same = (
        qb.charge(
            driven, times=np.linspace(0, 4, 5), environment=qb.CollectiveDecay(0.5, 0.5), engine=e
        )
        for e in ("exact", "dense")
    )
    np.testing.assert_allclose(run.energy, same.energy, atol=1e-8)


def test_hopeless_rates_are_refused_at_once():
    """The refusal itself takes no time."""
    problem = qb.DrivenBattery(30, 1.0).problem(environment=[qb.CollectiveDecay(1e12)])
    with pytest.raises(qb.ResourceError, match="products"):
        solve(qb.ExactEngine(), problem, np.array([10.0]), {})


def test_forked_processes_compute_alone():
    """OpenMP would end a fork of a process that has used it: children take one thread."""
    multiprocessing = pytest.importorskip("multiprocessing")
    if "fork" not in multiprocessing.get_all_start_methods():
        pytest.skip("no fork here")
    code = (
        "import multiprocessing as m, numpy as np, qubatt as qb\n"
        "b = qb.DickeBattery(n_atoms=10, coupling=0.5, max_photons=24)\n"
        "f = lambda _=0: float(qb.charge(b, times=[0.1]).energy[0])\n"
        "first = f()\n"
        "m = m.get_context('fork')\n"
        "queue = m.Queue()\n"
        "child = m.Process(target=lambda: queue.put(f()))\n"
        "child.start(); found = queue.get(timeout=60); child.join()\n"
        "assert abs(found - first) < 1e-12, (found, first)\n"
    )
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True, timeout=120)


@pytest.mark.parametrize("size", [1e100, 1e155, 1e300])
def test_absurd_energies_are_refused_in_words(size):
    """Squares of huge numbers overflow; the refusal does not."""
    problem = qb.DickeBattery(2, size, 12).problem(environment=[LOSS])
    with pytest.raises(qb.ResourceError, match="products"):
        solve(qb.ExactEngine(), problem, np.array([1.0]), {})
    assert problem_cost(problem, [1.0]).products > 1e50
