"""Points that fail are told of and do not stop the others; nor do workers that die."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
from small import assert_same, computed, driven, new_points, points, small

import qubatt as qb
from qubatt.charging import certified_run
from qubatt.core.errors import ArgumentError
from qubatt.results.status import status_counts
from qubatt.sweeps import load, sweep
from qubatt.sweeps.execution.study_computation import DEAD_WORKER


def failures(data: Any) -> list[dict[str, Any]]:
    """Return what a result tells of failures."""
    return json.loads(data.attrs["failures"])


def test_charger_that_does_not_fit(tmp_path: Path) -> None:
    """The message is that of `charge`, with the parameters; the rest is computed; no second try."""
    study = small(sweep={"battery.max_photons": [1, 4, 6], "cavity-loss.rate": [0.1, 0.2]})
    data = sweep(study, tmp_path)
    assert data.status.values.tolist()[0] == ["failed"] * 2
    assert np.isnan(data.energy[0]).all()
    assert np.isfinite(data.energy[1:]).all()
    told = failures(data)
    assert [failure["parameters"] for failure in told] == [
        {"max_photons": 1, "cavity_loss_rate": rate} for rate in (0.1, 0.2)
    ]
    battery = qb.DickeBattery(n_atoms=2, coupling=0.5, max_photons=1)
    with pytest.raises(ArgumentError) as error:
        qb.charge(battery, times=[0.0, 1.0], environment=qb.CavityLoss(0.1))
    assert told[0]["message"] == f"CutoffError: {error.value}"
    assert told[0]["key"] == points(study)[0]
    again, state = computed(study, tmp_path)
    assert (state.reused, state.failed, state.done) == (6, 2, 6)
    assert_same(again, data)
    assert failures(load(tmp_path)) == told


def unlucky(monkeypatch: pytest.MonkeyPatch, when: Any) -> list[float]:
    """Let a solver fail at some points; returns at which it was called."""
    calls: list[float] = []
    plain = certified_run.propagate_each

    def propagate(questions: Any, *rest: Any) -> Any:
        drive = questions[0].battery.drive
        calls.append(drive)
        if when(drive):
            raise np.linalg.LinAlgError("Singular matrix")
        return plain(questions, *rest)

    monkeypatch.setattr(certified_run, "propagate_each", propagate)
    return calls


def test_failed_points_are_tried_again_when_asked_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only they are; once they succeed, the failure is forgotten."""
    wanted = sweep(driven())
    with monkeypatch.context() as patch:
        unlucky(patch, lambda drive: drive == 1.0)
        data = sweep(driven(), tmp_path)
        assert data.status.values.tolist() == ["ok", "failed", "ok"]
        assert failures(data)[0]["message"] == "LinAlgError: Singular matrix"
        assert computed(driven(), tmp_path, retry_failed=True)[1].failed == 1
    calls = unlucky(monkeypatch, lambda _: False)
    assert new_points(driven(), tmp_path)[1] == 0
    assert calls == []
    again, state = computed(driven(), tmp_path, retry_failed=True)
    assert calls == [1.0]
    assert (state.reused, state.failed) == (2, 0)
    assert failures(again) == []
    assert_same(again, wanted)
    assert_same(load(tmp_path), wanted)


def test_together_or_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where points share a propagation and it fails, each is tried by itself."""
    calls: list[int] = []
    plain = certified_run.propagate_each

    def propagate(questions: Any, times: Any, *rest: Any) -> Any:
        calls.append(len(times))
        if max(time[-1] for time in times) > 2.0:
            raise np.linalg.LinAlgError("Singular matrix")
        return plain(questions, times, *rest)

    monkeypatch.setattr(certified_run, "propagate_each", propagate)
    data = sweep(driven(sweep={"run.t_end": [1.0, 2.0, 3.0]}))
    assert data.status.values.tolist() == ["ok", "ok", "failed"]
    assert calls == [3, 1, 1, 1]


def test_merit_that_is_not_supported_fails_by_itself(tmp_path: Path) -> None:
    """What was there stays; without the merit, or with another one, nothing has failed."""
    run = driven()["run"]
    good = sweep(driven(), tmp_path)
    bad = driven(run={**run, "merits": ["energy", "mean_photons"]})
    data = sweep(bad, tmp_path)
    assert status_counts(data) == {"failed": 3}
    assert "photons" in failures(data)[0]["message"]
    assert new_points(bad, tmp_path)[1] == 0
    assert status_counts(load(tmp_path)) == {"failed": 3}
    again, new = new_points(driven(), tmp_path)
    assert new == 0
    assert_same(again, good)
    more = driven(run={**run, "merits": ["energy", "purity"]})
    assert_same(sweep(more, tmp_path), sweep(more))


def test_merit_that_failed_from_the_first_is_no_burden_later(tmp_path: Path) -> None:
    """A study that leaves it out is computed, without --retry-failed."""
    run = driven()["run"]
    bad = driven(run={**run, "merits": ["energy", "mean_photons"]})
    assert status_counts(sweep(bad, tmp_path)) == {"failed": 3}
    data, new = new_points(driven(), tmp_path)
    assert new == 3
    assert_same(data, sweep(driven()))


FLAG = "QUBATT_TEST_FLAG"


def killer(time: float) -> float:
    """Kill the process that computes, once the study was read."""
    if FLAG in os.environ and Path(os.environ[FLAG]).exists():
        os._exit(1)
    return 0.5 + 0.0 * time


def killer_once(time: float) -> float:
    """Kill the process that computes at the first time, as a full memory might."""
    if FLAG in os.environ and Path(os.environ[FLAG]).exists():
        Path(os.environ[FLAG]).unlink()
        os.kill(os.getpid(), signal.SIGKILL)
    return 0.5 + 0.0 * time


def with_pulses(*functions: Any) -> dict[str, Any]:
    """Return a study over drives, of which some kill; the labels are numbers."""
    drives = [qb.FunctionPulse(f) if callable(f) else f for f in functions]
    values = {"values": drives, "labels": [*range(len(drives))], "name": "drive"}
    return driven(sweep={"battery.drive": values})


@pytest.mark.slow
def test_point_that_kills_its_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is recorded, after a second try on its own; all others are there."""
    drives = (0.1, 0.2, killer, 0.3, 0.4, 0.5)
    monkeypatch.setenv(FLAG, str(tmp_path / "flag"))

    def begin(_: Any) -> None:  # keys are made by then
        (tmp_path / "flag").touch()

    data = sweep(with_pulses(*drives), tmp_path / "out", workers=2, progress=begin)
    assert data.status.values.tolist() == ["ok"] * 2 + ["failed"] + ["ok"] * 3
    assert failures(data) == [
        {"key": str(data.key[2].item()), "parameters": {"drive": 2}, "message": DEAD_WORKER}
    ]
    (tmp_path / "flag").unlink()
    again, state = computed(with_pulses(*drives), tmp_path / "out", retry_failed=True)
    assert (state.reused, state.failed) == (5, 0)
    assert_same(again, sweep(with_pulses(*drives)))


@pytest.mark.slow
def test_worker_that_was_killed_from_outside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it was at is computed again; nothing fails."""
    drives = (0.1, 0.2, killer_once, 0.3)
    monkeypatch.setenv(FLAG, str(tmp_path / "flag"))

    def begin(_: Any) -> None:
        if not (tmp_path / "begun").exists():
            (tmp_path / "begun").touch()
            (tmp_path / "flag").touch()

    data, state = computed_with(begin, with_pulses(*drives), tmp_path / "out")
    assert not (tmp_path / "flag").exists()
    assert state.failed == 0
    assert state.done == 4
    assert_same(data, sweep(with_pulses(*drives)))
    workers = [
        one for one in psutil.Process().children() if "spawn_main" in " ".join(one.cmdline())
    ]
    assert not workers


def computed_with(begin: Any, study: Any, output: Path) -> Any:
    """Return results and how far it was at last, told of the beginning."""
    states: list[Any] = []

    def progress(state: Any) -> None:
        begin(state)
        states.append(state)

    return sweep(study, output, workers=2, progress=progress), states[-1]
