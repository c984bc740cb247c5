"""Qualifying with a worker that answers from a formula."""

import numpy as np
import pytest

from bench import qualify
from bench.qualify import LADDER, Qualification, best_of, loosest
from bench.worker import TimeLimitError, WorkerError

EXACT = np.linspace(0.0, 10.0, 101)


class FakeWorker:
    """Errors of a method grow with tolerance and time; its seconds fall with the tolerance."""

    alive = True

    def __init__(self, factors, seconds):
        self.factors, self.seconds, self.runs = factors, seconds, []

    def ask(self, request, limit=None):
        """Answer like a worker: stop slow runs, refuse a method without a factor."""
        if request["do"] == "prepare":
            return {}
        method = request["method"]
        self.runs.append(request)
        if method not in self.factors:
            raise WorkerError("broken")
        seconds = self.seconds[method]
        if request["until"] is None and seconds > limit:
            raise TimeLimitError("stopped")
        energies = EXACT[: request["until"]]
        error = self.factors[method] * request["tolerance"] * energies / 10.0
        return {"seconds": seconds, "energies": (energies + 7.0 + error).tolist()}

    def close(self):
        """Do nothing."""


def qualification(monkeypatch, factors, seconds):
    """Return a qualification of methods with these factors and seconds, and its worker."""
    worker = FakeWorker(factors, seconds)

    class FakeTeam:
        def start(self, library, case):  # noqa: ARG002
            return worker

    methods = [*seconds, "broken"]
    monkeypatch.setitem(qualify.CONFIGS, "fake", [{"method": method} for method in methods])
    reference = {"energies": EXACT.tolist(), "n_atoms": 2}
    return Qualification(FakeTeam(), "fake", "X", reference, time_limit=100.0), worker


def test_loosest_tolerance_that_passes():
    """Loose to tight, from a start if one is given; None if nothing passes."""
    assert loosest([1.0, 0.1, 0.01], lambda tolerance: tolerance < 0.5) == 0.1
    assert loosest([1.0, 0.1, 0.01], lambda tolerance: tolerance < 0.5, start=0.01) == 0.01
    assert loosest([1.0, 0.1], lambda tolerance: tolerance < 0.01) is None


def test_ladder_goes_from_loose_to_tight():
    """Two tolerances to a decade."""
    assert list(LADDER) == sorted(LADDER, reverse=True)
    assert LADDER[0] == 3e-4
    assert LADDER[-1] == 1e-12


def test_loosest_tolerance_on_the_whole_is_found(monkeypatch):
    """|ΔE|/N = 5 · tolerance at the end: 1e-9 passes, 3e-9 fails though its first tenth passes."""
    trial, worker = qualification(monkeypatch, {"good": 10.0}, {"good": 1.0})
    best = best_of(trial.qualify())
    assert best["tolerance"] == 1e-9
    assert best["error"] == pytest.approx(5e-9)
    assert [run["tolerance"] for run in worker.runs if run["until"] is None][-2:] == [1e-9] * 2
    assert {run["until"] for run in worker.runs} == {11, None}


def test_methods_that_do_not_qualify_say_why(monkeypatch):
    """Too inaccurate, broken, and slower than twice the best."""
    factors = {"quick": 1.0, "slow": 1.0, "wrong": 1e7}
    seconds = {"quick": 20.0, "slow": 50.0, "wrong": 1.0}
    trial, _ = qualification(monkeypatch, factors, seconds)
    records = {record["config"]["method"]: record for record in trial.qualify()}
    assert best_of(list(records.values())) is records["quick"]
    assert "twice the best" in records["slow"]["note"]
    assert "at the tightest" in records["wrong"]["note"]
    assert "broken" in records["broken"]["note"]
    assert best_of([records["slow"]]) is None


def test_energies_that_are_not_numbers_do_not_qualify(monkeypatch):
    """NaN is infinitely wrong."""
    trial, _ = qualification(monkeypatch, {}, {})
    assert trial.error([0.0, float("nan")]) == float("inf")
