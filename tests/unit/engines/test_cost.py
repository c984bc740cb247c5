"""What a run would take: dimensions, memory, products, and the engine that would run."""

from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np
import psutil
import pytest

import qubatt as qb
from qubatt.engines.cost import problem_cost
from solving import solve

LOSS = qb.CavityLoss(0.5)
TIMES = np.linspace(0, 10, 101)


def test_numbers_of_case_a():
    """D = 11 · 41, half of the entries by parity; memory and products within a factor of two."""
    battery = qb.DickeBattery(n_atoms=10, coupling=0.5, interaction=1.0, max_photons=40)
    found = problem_cost(battery.problem(environment=[LOSS]), TIMES)
    assert (found.dimension, found.entries_without_reduction) == (451, 451**2)
    assert found.entries == 225**2 + 226**2
    assert found.sectors == 2
    assert found.engine == "exact"
    assert "more than 20 states" in found.reason
    assert 3e6 < found.memory < 2e7
    assert found.fits


@pytest.mark.parametrize(
    ("battery", "environment"),
    [
        (qb.DickeBattery(n_atoms=4, coupling=0.5, interaction=1.0, max_photons=12), [LOSS]),
        (qb.TavisCummingsBattery(n_atoms=12, coupling=1.0, max_photons=12), [LOSS]),
        (qb.DrivenBattery(n_atoms=40, drive=1.0), [qb.CollectiveDecay(0.5)]),
    ],
)
def test_products_are_about_those_of_the_run(battery, environment):
    """The expectation holds within a factor of two."""
    problem = battery.problem(environment=environment)
    expected = problem_cost(problem, [5.0]).products
    taken = solve(qb.ExactEngine(), problem, np.array([5.0]), {}).statistics["products"]
    assert expected / 2 < taken < expected * 2


@pytest.mark.parametrize("engine", ["matrix", "exact"])
def test_adaptive_products_are_about_those_of_the_run(engine):
    """With a pulse the steps adapt: within a factor of four."""
    battery = qb.TavisCummingsBattery(n_atoms=4, coupling=qb.SinePulse(0.5, 1.0), max_photons=8)
    problem = battery.problem(environment=[LOSS])
    found = problem_cost(problem, [5.0], engine=engine)
    solver = {"matrix": qb.MatrixEngine, "exact": qb.ExactEngine}[engine]()
    statistics = solve(solver, problem, np.array([5.0]), {}).statistics
    taken = statistics.get("products", statistics.get("right_hand_sides"))
    assert found.products / 4 < taken < found.products * 4
    assert found.engine == engine
    assert found.reason == "as requested"


def test_too_little_memory_is_said(monkeypatch):
    """The summary warns, the run is refused."""
    problem = qb.DickeBattery(n_atoms=4, coupling=0.5, max_photons=20).problem()
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=10_000))
    monkeypatch.setattr("qubatt.engines.engine.ALWAYS_FREE", 0.0)
    found = problem_cost(problem, TIMES)
    assert not found.fits
    assert "the run would be refused" in str(found)
    with pytest.raises(qb.ResourceError, match="free"):
        solve(qb.ExactEngine(), problem, TIMES, {})


def test_summary_and_json():
    """A line per figure for people, plain numbers for programs."""
    problem = qb.DrivenBattery(n_atoms=3, drive=1.0).problem()
    found = problem_cost(problem, TIMES)
    lines = str(found).splitlines()
    assert lines[0].startswith("engine          dense (at most 20 states")
    assert len(lines) == 5
    assert json.loads(json.dumps(found.to_dict()))["dimension"] == 4


@pytest.mark.parametrize("problem", [None, qb.DrivenBattery(n_atoms=3, drive=1.0)])
def test_what_is_no_problem_is_refused(problem):
    """The cure says how a battery becomes one."""
    with pytest.raises(qb.ArgumentError, match=r"battery\.problem"):
        problem_cost(problem, TIMES)


def test_dense_engine_is_asked_whether_it_can():
    """A problem that is too large for the engine named is refused as in a run."""
    problem = qb.DrivenBattery(n_atoms=50, drive=1.0).problem()
    with pytest.raises(qb.UnsupportedError, match="at most 40 basis states"):
        problem_cost(problem, TIMES, engine="dense")


def test_full_states_are_priced() -> None:
    """Density matrices and what they need beside them are part of the memory."""
    battery = qb.DickeBattery(2, 0.5, 9)
    times = np.linspace(1.0, 2.0, 5)
    bare, whole = (
        qb.cost(battery, times=times, environment="cavity-loss:0.5", merits=merits)
        for merits in ("energy", ["energy", "negativity"])
    )
    assert 5 * 32 * 30**2 <= whole.memory - bare.memory < 5 * 80 * 30**2
    assert "full states" not in str(bare)
    assert "5 of 14.4 kB each" in str(whole)


def test_cost_takes_what_charge_takes() -> None:
    """The same arguments give the engine, dimension and entries that the run reports."""
    arguments = {
        "times": [1.0, 2.0],
        "charger": "fock:3",
        "environment": ["cavity-loss:0.5"],
        "merits": ["energy", "ergotropy_full"],
        "engine": "exact:tolerance=1e-8",
    }
    battery = qb.TavisCummingsBattery(n_atoms=3, coupling=0.5, max_photons=6)
    expected, run = qb.cost(battery, **arguments), qb.charge(battery, **arguments)
    assert expected.engine == run.engine["engine"] == "exact"
    assert expected.dimension == run.engine["dimension"]
    assert expected.entries == run.engine["entries"]
    assert expected.products / 2 < run.engine["products"] < expected.products * 2
    with pytest.raises(qb.ArgumentError, match="The cost depends on the last time"):
        qb.cost(battery, times="auto")
    with pytest.raises(qb.UnsupportedError, match="acts on `cavity`"):
        qb.cost(qb.DrivenBattery(1, 1.0), times=[1.0], environment="cavity-loss:0.5")
