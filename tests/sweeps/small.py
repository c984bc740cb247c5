"""Small studies, what makes two results the same, and the command line as its own process."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
import tomli_w
import xarray as xr

from qubatt.sweeps import Study, StudyProgress, sweep
from qubatt.sweeps.execution import study_computation as computation
from qubatt.sweeps.execution.worker import Batch, solve_batches

HERE = Path(__file__).parent
ROUNDED = "certificate_error_estimate"
"""What may differ in the last digits: norms depend on the number of threads."""


def small(**changes: Any) -> dict[str, Any]:
    """Return a study of twelve points of some milliseconds each, with other tables if wanted."""
    study = {
        "battery": {"type": "dicke", "n_atoms": 2, "coupling": 0.5, "max_photons": 6},
        "environment": ["cavity-loss:0.5"],
        "run": {"type": "charge", "t_end": 2.0, "points": 5, "merits": ["energy", "purity"]},
        "sweep": {
            "battery.interaction": [0.0, 0.5, 1.0, 1.5],
            "cavity-loss.rate": [0.1, 0.2, 0.3],
        },
    }
    return study | changes


def driven(**changes: Any) -> dict[str, Any]:
    """Return a study of three atoms without photons, the quickest there is."""
    study = {
        "battery": {"type": "driven", "n_atoms": 2, "drive": 1.0},
        "environment": ["collective-decay:0.5"],
        "run": {"type": "charge", "t_end": 2.0, "points": 5, "merits": ["energy"]},
        "sweep": {"battery.drive": [0.5, 1.0, 1.5]},
    }
    return study | changes


def assert_same(one: xr.Dataset, other: xr.Dataset, but: str = "") -> None:
    """Check that two results hold the same to the last bit, attributes aside."""
    names = [but] if but else []
    one, other = (data.drop_vars(names, errors="ignore") for data in (one, other))
    assert set(one.variables) == set(other.variables)
    for name in one.variables:
        np.testing.assert_array_equal(one[name].values, other[name].values, err_msg=str(name))
    assert one.equals(other)


def computed(
    study: Any, output: Path | None = None, **options: Any
) -> tuple[xr.Dataset, StudyProgress]:
    """Return the results of a study, and how far it was at last."""
    states: list[StudyProgress] = []
    data = sweep(study, output, progress=states.append, **options)
    return data, states[-1]


def new_points(study: Any, output: Path, **options: Any) -> tuple[xr.Dataset, int]:
    """Return the results of a study, and how many points were computed or read off."""
    keys: list[str] = []

    def counted(batches: Sequence[Batch], threads: int | None = None) -> Any:
        keys.extend(point.key for batch in batches for point in batch.points)
        return solve_batches(batches, threads)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(computation, "solve_batches", counted)
        data, state = computed(study, output, **options)
    assert len(keys) == state.points - state.reused
    return data, len(keys)


def environment(**more: str) -> dict[str, str]:
    """Return the environment of a process that finds the package and these tests."""
    paths = [*filter(None, sys.path), str(HERE)]
    return os.environ | {"PYTHONPATH": os.pathsep.join(paths), "COLUMNS": "200"} | more


def written(study: Any, path: Path) -> Path:
    """Return the file of a study."""
    path.write_text(tomli_w.dumps(study), encoding="utf-8")
    return path


class Nursery:
    """A process that starts the command line quickly, one at a time; see `driver`."""

    def __init__(self, name: Path) -> None:
        self._name = name
        self._process = subprocess.Popen(
            [sys.executable, HERE / "driver.py"],
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.is_free = True

    def start(self, arguments: Sequence[object], hurry: bool, largest: int) -> Command:
        """Return the command line with some arguments."""
        files = [f"{self._name}.out", f"{self._name}.error"]
        told = {"out": files[0], "error": files[1], "hurry": hurry, "largest": largest}
        self._say(json.dumps(told | {"arguments": [*map(str, arguments)]}))
        self.is_free = False
        return Command(self, int(self._hear()), *map(Path, files))

    def ended(self) -> int:
        """Wait for the end and return the exit code."""
        code = int(self._hear())
        self.is_free = True
        return code

    def close(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.communicate()

    def _say(self, text: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{text}\n")
        self._process.stdin.flush()

    def _hear(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


class Starter:
    """Starts ``qubatt`` with some arguments; several at a time if need be."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._nurseries: list[Nursery] = []

    def __call__(self, *arguments: object, hurry: bool = True, largest: int = 0) -> Command:
        """Return a process in a group of its own; see `driver`."""
        nursery = next((one for one in self._nurseries if one.is_free), None)
        if nursery is None:
            nursery = Nursery(self._folder / f"{len(self._nurseries)}")
            self._nurseries.append(nursery)
        return nursery.start(arguments, hurry, largest)

    def close(self) -> None:
        """End all."""
        for nursery in self._nurseries:
            nursery.close()


class Command:
    """``qubatt`` in a process group of its own."""

    def __init__(self, nursery: Nursery, pid: int, out: Path, error: Path) -> None:
        self._nursery, self.pid, self._out, self._error = nursery, pid, out, error

    @property
    def is_alive(self) -> bool:
        """Whether it goes on."""
        try:
            return psutil.Process(self.pid).status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False

    def wait_for(self, condition: Callable[[], Any], timeout: float = 100.0) -> None:
        """Wait until something holds, or it has ended."""
        end = time.monotonic() + timeout
        while self.is_alive and not condition():
            assert time.monotonic() < end, "waited too long"
            time.sleep(0.005)

    def signal(self, number: signal.Signals, whole: bool) -> None:
        """Send a signal to the process, or to its whole group."""
        with contextlib.suppress(ProcessLookupError):
            (os.killpg if whole else os.kill)(self.pid, number)

    def end(self) -> tuple[int, str, str]:
        """Wait for the end; exit code, standard output and error. Nothing of it may live on."""
        code = self._nursery.ended()
        end = time.monotonic() + 20.0
        while alive := members(self.pid):
            assert time.monotonic() < end, f"still there: {alive}"
            time.sleep(0.05)
        return code, self._out.read_text(), self._error.read_text()


def members(group: int) -> list[psutil.Process]:
    """Return the living processes of a group."""
    found = []
    for process in psutil.process_iter():
        try:
            if os.getpgid(process.pid) == group and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except (ProcessLookupError, psutil.NoSuchProcess):
            continue
    return found


def wave(time: float) -> float:
    """Return a drive."""
    return 0.5 + 0.1 * time


def ramp(time: float) -> float:
    """Return another drive."""
    return 0.5 + 0.2 * time


def noise(time: float) -> float:
    """Return random numbers of NumPy, which no drive should."""
    return 0.5 + 0.0 * time + 1e-9 * np.random.random()  # noqa: NPY002


def dice(time: float) -> float:
    """Return random numbers of Python, likewise; on a cluster Dask draws from them, too."""
    return 0.5 + 0.0 * time + 1e-9 * random.random()


def points(study: Any) -> list[str]:
    """Return the keys of all points."""
    return [point.key for point in Study.of(study).points]
