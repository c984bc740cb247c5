"""A method is "auto", the name of a registered steady solver, or a steady solver."""

from __future__ import annotations

import json
from itertools import islice
from typing import Any, ClassVar

import numpy as np
import pytest
from pydantic import Field

import qubatt as qb
from qubatt.core.declaration import declare
from qubatt.core.realization import realize
from qubatt.core.registry import registry
from qubatt.engines.exact.reduced_lindbladian import ReducedLindbladian
from qubatt.engines.steady.coordinates import Coordinates
from qubatt.engines.steady.selection import candidates, method_names, method_text, select_solver
from qubatt.engines.steady.steady_solver import SOLVER_KIND
from qubatt.papers.scans import steady_scan
from solving import solve_steady, solve_steady_each

BATTERY = qb.DrivenBattery(2, drive=1.0)
DECAY = qb.CollectiveDecay(0.1)
PROBLEM = BATTERY.problem(environment=[DECAY])
SOLVERS = tuple(registry.items(SOLVER_KIND))
every_name = pytest.mark.parametrize("name", SOLVERS)


@pytest.fixture
def picky(monkeypatch: pytest.MonkeyPatch) -> type[qb.DirectSolver]:
    """Return a registered solver with two options that takes one basis."""
    entries = {kind: dict(named) for kind, named in registry._entries.items()}
    monkeypatch.setattr(registry, "_entries", entries)

    @declare(SOLVER_KIND, "picky")
    class PickySolver(qb.DirectSolver):
        """Takes the ladder alone."""

        share: float = Field(description="Share", examples=[0.5])
        rounds: int = Field(default=3, description="Rounds", examples=[3])
        bases: ClassVar[frozenset[str]] = frozenset({"symmetric"})

    return PickySolver


@every_name
def test_name_and_instance_give_the_same(name: str) -> None:
    """To the bit, in every function that takes a method."""
    solver = registry.get(SOLVER_KIND, name)()
    for given in (name, solver):
        assert select_solver(given) == solver
        assert method_text(given) == name
    by_name, by_instance = (
        solve_steady(PROBLEM, {}, method=given, state=True) for given in (name, solver)
    )
    np.testing.assert_array_equal(by_name.state, by_instance.state)
    assert by_name.statistics == by_instance.statistics
    (each,) = solve_steady_each(PROBLEM, [PROBLEM.initial], {}, method=solver, state=True)
    np.testing.assert_array_equal(each.state, by_name.state)
    end = qb.steady_state(BATTERY, environment=DECAY, method=solver)
    assert json.loads(end.attrs["engine"])["method"] == name


@every_name
def test_studies_and_papers_store_the_name(name: str) -> None:
    """So that keys are those of the text."""
    solver = registry.get(SOLVER_KIND, name)()
    run = qb.SteadyRun(method=solver)
    assert run.method == name
    assert run == qb.SteadyRun(method=name)
    assert run.key_fields == qb.SteadyRun(method=name).key_fields
    scans = [steady_scan([BATTERY], [DECAY], method=given) for given in (name, solver)]
    assert scans[0].points[0].key == scans[1].points[0].key
    assert scans[0].points[0].run.method == scans[1].points[0].run.method == name


def test_auto_is_no_solver() -> None:
    """It stands for a choice, and no solver may take its name."""
    assert select_solver("auto") is None
    assert method_text("auto") == "auto"
    assert method_names() == ("auto", *SOLVERS)
    assert "auto" not in SOLVERS


@pytest.mark.parametrize(
    ("method", "words"),
    [
        ("drect", "'drect'. Best matches are: direct."),
        ("atuo", "Best matches are: auto."),
        ("Flow", "Best matches are: flow."),
        ("lu", f"Known are: {', '.join(sorted(method_names()))}."),
        ("", "Known are"),
        (None, "a name or a steady solver, but is None"),
        (qb.DirectSolver, "a name or a steady solver"),
        (qb.DenseEngine(), "a name or a steady solver"),
    ],
)
def test_other_methods_are_refused(method: Any, words: str) -> None:
    """With the nearest names, by everything that takes a method."""
    for refuse in (
        lambda: solve_steady(PROBLEM, {}, method=method),
        lambda: solve_steady_each(PROBLEM, [PROBLEM.initial], {}, method=method),
        lambda: qb.steady_state(BATTERY, environment=DECAY, method=method),
        lambda: qb.SteadyRun(method=method),
        lambda: steady_scan([BATTERY], [DECAY], method=method).points,
    ):
        with pytest.raises(qb.ArgumentError) as caught:
            refuse()
        assert caught.value.argument == "method"
        assert words in str(caught.value)


def test_options_are_typed_stored_and_reported(picky: Any) -> None:
    """Those that differ from the default, in a text that gives an equal solver."""
    solver = picky(0.25)
    assert method_text(solver) == "picky:share=0.25"
    assert method_text("picky:0.25,3") == "picky:share=0.25"
    assert method_text(picky(0.25, rounds=5)) == "picky:share=0.25,rounds=5"
    for given in (solver, picky(0.25, rounds=5)):
        assert select_solver(method_text(given)) == given
    statistics = solve_steady(PROBLEM, {}, method="picky:0.25").statistics
    assert {key: statistics[key] for key in ("method", "share", "rounds")} == {
        "method": "picky",
        "share": 0.25,
        "rounds": 3,
    }
    with pytest.raises(qb.ArgumentError, match="`share` must be given"):
        solve_steady(PROBLEM, {}, method="picky")


def test_basis_that_a_solver_does_not_take_is_refused(picky: Any) -> None:
    """By name, with the cure."""
    solve_steady(PROBLEM, {}, method=picky(0.5))
    with pytest.raises(qb.UnsupportedError, match="`picky` does not take the full basis"):
        solve_steady(PROBLEM, {}, method=picky(0.5), basis="full")


def test_auto_leaves_out_what_does_not_take_the_basis(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest is tried in the same order."""
    weak = qb.DickeBattery(6, 0.5, 20, interaction=1.0).problem(environment=[qb.CavityLoss(1e-3)])
    coordinates = Coordinates(ReducedLindbladian(realize(weak)))

    def tried(count: int) -> list[str]:
        return [solver.name for solver, _ in islice(candidates(coordinates, "auto"), count)]

    assert tried(2) == ["secular", "flow"]
    monkeypatch.setattr(qb.SecularSolver, "bases", frozenset({"full"}))
    assert tried(1) == ["flow"]
