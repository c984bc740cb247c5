"""A study that is killed at any moment loses next to nothing, leaves nobody behind, goes on."""

from __future__ import annotations

import random
import re
import signal
import time
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from small import Starter, assert_same, computed, members, small, written

from qubatt.results.status import status_counts
from qubatt.sweeps import load, sweep
from qubatt.sweeps.execution import study_computation as computation
from qubatt.sweeps.store.store import TEMPORARY_NAMES

KILLS = 8
POINTS = 32


def longer() -> dict:
    """Return a study of some seconds."""
    battery = {"type": "dicke", "n_atoms": 4, "coupling": 0.5, "max_photons": 12}
    run = {"type": "charge", "t_end": 20.0, "points": 11, "merits": ["energy", "ergotropy_full"]}
    values = {
        "battery.interaction": {"start": 0.0, "stop": 1.0, "count": 8},
        "cavity-loss.rate": [0.1, 0.2, 0.3, 0.4],
    }
    return small(battery=battery, run=run, sweep=values)


def leftovers(directory: Path) -> list[Path]:
    """Return what was being written."""
    return [part for pattern in TEMPORARY_NAMES for part in directory.glob(pattern)]


def files(folder: Path) -> int:
    """Return the number of files of results."""
    return len([*(folder / "points").glob("[!.]*")])


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_killed_again_and_again(tmp_path: Path, qubatt: Starter, workers: int) -> None:
    """Whatever the moment, files are whole; at last the numbers are those of a run in one go."""
    draw = random.Random(workers)
    file = written(longer(), tmp_path / "study.toml")
    arguments = ("sweep", file, "--workers", workers, "--output")
    folder, whole = tmp_path / "killed", tmp_path / "whole"
    done, hit, cut = [0], 0, 0
    for number in range(KILLS):
        command = qubatt(*arguments, folder)
        if number % 2:  # in the midst of computing and writing, else while it starts
            enough = files(folder) + draw.randrange(1, 4)
            command.wait_for(lambda enough=enough: files(folder) >= enough)
        time.sleep(draw.uniform(0.0, 0.2))
        cut += command.is_alive
        command.signal(signal.SIGKILL, whole=number % 4 < 2)
        command.end()
        hit += bool(leftovers(folder))
        if (folder / "data.zarr").exists():
            with xr.open_zarr(folder / "data.zarr") as grid:
                stored = status_counts(grid.load())
            here = load(folder)
            assert set(status_counts(here)) <= {"ok", "missing", "cutoff-too-small"}
            if "energy" in here:
                values = here.energy.values[here.status.values != "missing"]
                assert np.isfinite(values).all()
            done.append(POINTS - status_counts(here).get("missing", 0))
            assert done[-1] >= POINTS - stored.get("missing", 0)
    print(f"\n{workers} workers: {done} points done, {hit} of {cut} kills while writing")
    assert done == sorted(done)
    assert cut == KILLS
    assert qubatt(*arguments, folder).end()[::2] == (0, "")
    assert qubatt(*arguments, whole).end()[::2] == (0, "")
    assert_same(load(folder), load(whole))
    with xr.open_zarr(folder / "data.zarr") as one, xr.open_zarr(whole / "data.zarr") as other:
        assert_same(one.load(), other.load())


@pytest.mark.slow
@pytest.mark.parametrize(("workers", "number"), [(1, signal.SIGTERM), (2, signal.SIGINT)])
def test_asked_to_stop(
    tmp_path: Path, qubatt: Starter, workers: int, number: signal.Signals
) -> None:
    """One sentence, 128 + the signal, no process left, and what was computed is there."""
    file = written(longer(), tmp_path / "study.toml")
    folder = tmp_path / "stopped"
    command = qubatt("sweep", file, "--workers", workers, "--output", folder)
    command.wait_for(lambda: files(folder) > 3)
    command.signal(number, whole=number == signal.SIGINT)  # a terminal sends it to all
    code, out, error = command.end()
    assert (code, out) == (128 + number, "")
    assert re.fullmatch(
        r"Stopped: \d+ of 32 points.*\. Rerun the same command to resume\.\n", error
    )
    assert 3 < int(error.split()[1]) == POINTS - status_counts(load(folder))["missing"]
    with xr.open_zarr(folder / "data.zarr") as grid:
        assert_same(grid.load(), load(folder))


@pytest.mark.slow
def test_interrupted_while_processes_start(tmp_path: Path, qubatt: Starter) -> None:
    """Ctrl-C reaches processes in the middle of their imports; they say nothing.

    Where a busy machine lets them begin to solve before it is sent, it is tried again.
    """
    file = written(longer(), tmp_path / "study.toml")
    for attempt in range(5):
        folder = tmp_path / f"out-{attempt}"
        command = qubatt("sweep", file, "--workers", 2, "--output", folder)
        command.wait_for(lambda command=command: len(members(command.pid)) > 2)
        time.sleep(0.3)
        command.signal(signal.SIGSTOP, whole=True)
        early = files(folder) == 0
        command.signal(signal.SIGINT, whole=True)
        command.signal(signal.SIGCONT, whole=True)
        code, _, error = command.end()
        assert code == 130
        stopped = re.fullmatch(
            r"Stopped: (\d+ of 32 points|nothing computed).*Rerun the same command to resume\.\n",
            error,
        )
        assert stopped, error
        if early and stopped[1] in ("0 of 32 points", "nothing computed"):
            return
    pytest.fail("no interruption came before the first point")


@pytest.mark.blas
def test_results_of_a_stopped_study_are_those_computed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An interruption in the middle keeps every point before it."""

    def stop(state: object) -> None:
        if state.done >= 5:  # type: ignore[attr-defined]
            raise KeyboardInterrupt

    monkeypatch.setattr(computation, "CHUNK_SECONDS", 0.0)
    with pytest.raises(KeyboardInterrupt):
        sweep(small(), tmp_path, progress=stop)
    assert status_counts(load(tmp_path))["missing"] == 7
    again, state = computed(small(), tmp_path)
    assert state.reused == 5
    assert_same(again, sweep(small()))
