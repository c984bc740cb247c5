"""The same studies on a real Dask cluster: a scheduler and workers at a TCP address."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import test_failing as failing
import test_same_results as same
from small import ROUNDED, Starter, assert_same, environment, small, written

from qubatt.results.status import status_counts
from qubatt.sweeps import load, sweep
from qubatt.sweeps.execution import study_computation as computation
from qubatt.sweeps.execution.dask_cluster import CONNECT_SECONDS

pytest.importorskip("distributed")
FLAG = failing.FLAG


class Cluster:
    """A scheduler and workers, each a process."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{port}"
        self._folder = folder
        self.flag = folder / "flag"
        self.scheduler = self._start(
            "scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard"
        )
        self.workers: list[subprocess.Popen[bytes]] = []

    def add(self, count: int = 1, threads: int = 1) -> None:
        """Start workers without anybody who starts them again."""
        options = ["--nthreads", threads, "--no-nanny", "--no-dashboard", "--memory-limit", "0"]
        self.workers += [self._start("worker", self.address, *options) for _ in range(count)]

    def _start(self, *arguments: object) -> subprocess.Popen[bytes]:
        more = {FLAG: str(self.flag), "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1"}
        return subprocess.Popen(
            [sys.executable, "-m", "dask", *map(str, arguments)],
            env=environment(**more),
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def close(self) -> None:
        """End all."""
        for process in [*self.workers, self.scheduler]:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Return a cluster of two workers of a thread each."""
    made = Cluster(tmp_path_factory.mktemp("cluster"))
    made.add(2)
    yield made
    made.close()


@pytest.fixture(scope="module")
def here() -> dict[str, Any]:
    """Return the results of this process."""
    return {name: sweep(study) for name, study in same.kinds().items()}


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in same.kinds() if name != "dice"])
def test_cluster_gives_the_same(cluster: Cluster, here: dict[str, Any], name: str) -> None:
    """To the last bit, but for norms; functions of time and random numbers of NumPy too."""
    assert_same(sweep(same.kinds()[name], scheduler=cluster.address), here[name], but=ROUNDED)


@pytest.mark.slow
def test_functions_within_functions_may_be_sent(cluster: Cluster, here: dict[str, Any]) -> None:
    """Dask sends their code."""
    study = same.pulses(lambda time: 0.5 + 0.1 * time, lambda time: 0.5 + 0.2 * time)
    there = sweep(study, scheduler=cluster.address)
    assert_same(there.drop_vars("key"), here["functions"].drop_vars("key"), but=ROUNDED)


@pytest.mark.slow
def test_command_line(cluster: Cluster, here: Any, tmp_path: Path, qubatt: Starter) -> None:
    """With --scheduler, and not a line beside the outcome."""
    file = written(small(), tmp_path / "study.toml")
    arguments = ("--scheduler", cluster.address, "--output", tmp_path / "out", "--json")
    code, out, error = qubatt("sweep", file, *arguments).end()
    assert (code, error) == (0, "")
    assert json.loads(out)["points"] == 12
    assert_same(load(tmp_path / "out"), here["charge"], but=ROUNDED)


@pytest.mark.slow
def test_cluster_of_which_a_worker_is_killed(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the middle; what it was at is computed by others."""
    study = small(sweep={**small()["sweep"], "run.t_end": [1.0, 2.0, 3.0]})
    for name in ("CHUNK_SECONDS", "WRITE_SECONDS"):
        monkeypatch.setattr(computation, name, 0.0)
    cluster.add()
    killed: list[int] = []

    def kill(state: Any) -> None:
        if state.done >= 9 and not killed:
            killed.append(cluster.workers[0].pid)
            worker = cluster.workers.pop(0)
            worker.kill()
            worker.wait()

    data = sweep(study, tmp_path, scheduler=cluster.address, progress=kill)
    assert killed
    assert "failed" not in status_counts(data)
    assert_same(data, sweep(study), but=ROUNDED)


@pytest.mark.slow
def test_point_that_kills_workers_of_a_cluster(cluster: Cluster, tmp_path: Path) -> None:
    """Dask gives it to some workers, then gives up; the other points are there."""
    cluster.add(4)
    drives = (0.1, 0.2, failing.killer, 0.3)

    def begin(_: Any) -> None:
        cluster.flag.touch()

    data = sweep(failing.with_pulses(*drives), tmp_path, scheduler=cluster.address, progress=begin)
    cluster.flag.unlink()
    assert data.status.values.tolist() == ["ok", "ok", "failed", "ok"]
    assert failing.failures(data)[0]["message"] == computation.DEAD_WORKER


@pytest.mark.slow
def test_scheduler_that_is_lost(tmp_path: Path, qubatt: Starter) -> None:
    """One sentence; what was computed is there; the same command goes on elsewhere."""
    cluster = Cluster(tmp_path)
    cluster.add()
    try:
        battery = {"type": "dicke", "n_atoms": 4, "coupling": 0.5, "max_photons": 12}
        study = small(battery=battery)
        file = written(study, tmp_path / "study.toml")
        arguments = ("sweep", file, "--output", tmp_path / "out", "--scheduler")
        command = qubatt(*arguments, cluster.address)
        command.wait_for(lambda: [*(tmp_path / "out" / "points").glob("[!.]*")])
        cluster.close()
        code, _, error = command.end()
        assert code == 2
        assert error.startswith("Error: ")
        assert error.count("\n") == 1
        assert 0 < status_counts(load(tmp_path / "out"))["missing"] < 12
    finally:
        cluster.close()
    assert_same(sweep(study, tmp_path / "out"), sweep(study), but=ROUNDED)


@pytest.mark.parametrize(
    "address",
    [
        "tcp://127.0.0.1:9",
        "nowhere",
        "tcp://nowhere.invalid:8786",
        "http://127.0.0.1",
    ],
)
def test_wrong_address(tmp_path: Path, qubatt: Starter, address: str) -> None:
    """One sentence, soon, and no log.

    Soon: next to the wait for an answer, it takes as long as a command that is refused at once.
    """
    file = written(small(), tmp_path / "study.toml")
    arguments = ("sweep", file, "--output", tmp_path / "out", "--scheduler")
    spans = []
    for scheduler in ("no address at all", address, "no address at all"):
        begun = time.monotonic()
        code, out, error = qubatt(*arguments, scheduler).end()
        spans.append(time.monotonic() - begun)
        assert (code, out) == (2, "")
        if scheduler == address:
            found = error
    error = found
    assert spans[1] < CONNECT_SECONDS + 2 * (spans[0] + spans[2])
    assert error.startswith(
        f"Error: Argument `scheduler` must be the address of a Dask scheduler, but is '{address}'."
    )
    assert error.count("\n") == 1
