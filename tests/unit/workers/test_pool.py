"""Forked workers: what they take over, how they end, and that nothing of them remains."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import psutil
import pytest

from qubatt.workers import fork_server
from qubatt.workers.fork_server import CAN_FORK, ForkServer, server_ahead, take_server
from qubatt.workers.pool import MAX_BYTES_AHEAD, ForkedProcesses, WorkerDied
from qubatt.workers.start import ONE_THREAD

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not CAN_FORK, reason="Linux only")]


@pytest.fixture(autouse=True)
def _few_modules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Load little, to be quick."""
    monkeypatch.setattr(fork_server, "LOADED", ["numpy"])


@pytest.fixture
def pool() -> Iterator[ForkedProcesses]:
    """Return two processes; nothing of them may remain."""
    before = {*psutil.Process().children(recursive=True)}
    processes = ForkedProcesses(2)
    yield processes
    own = {*psutil.Process().children(recursive=True)} - before
    processes.shutdown()
    assert own
    assert wait_until(lambda: not any(is_alive(one) for one in own))


def is_alive(process: psutil.Process) -> bool:
    """Return whether a process has not ended."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_until(condition: Callable[[], Any], seconds: float = 30.0) -> bool:
    """Return whether something comes true."""
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    return bool(condition())


def place() -> tuple[int, int, int]:
    """Return the numbers of this process and its parent, and its number of threads."""
    return os.getpid(), os.getppid(), psutil.Process().num_threads()


def variable(name: str) -> str | None:
    """Return an environment variable, as the C library has it too."""
    in_c = ctypes.CDLL(None).getenv
    in_c.restype = ctypes.c_char_p
    value = in_c(name.encode())
    assert os.environ.get(name) == (None if value is None else value.decode())
    return os.environ.get(name)


def die(path: str = "") -> None:
    """Kill this process."""
    if path:
        Path(path).write_text("begun")
    os.kill(os.getpid(), signal.SIGKILL)


def fail() -> None:
    """Raise an error that cannot be pickled."""
    error = ValueError("none")
    error.function = lambda: None  # type: ignore[attr-defined]
    raise error


def hold(path: str) -> None:
    """Compute in C, and let no other thread of Python run meanwhile."""
    Path(path).write_text(str(os.getpid()))
    ctypes.PyDLL(None).sleep(1000)


def test_two_processes_of_one_server_without_threads(pool: ForkedProcesses) -> None:
    """NumPy's threads would be lost in the fork, so that there are none."""
    places = [one.result() for one in [pool.submit(place) for _ in range(50)]]
    assert len({process for process, _, _ in places}) <= 2
    (server,) = {parent for _, parent, _ in places}
    assert server in {one.pid for one in psutil.Process().children()}
    assert psutil.Process(server).num_threads() == 1
    assert {threads for _, _, threads in places} == {1}


def test_nothing_but_the_server_is_started(pool: ForkedProcesses) -> None:
    """No tracker of semaphores, which there are none of."""
    pool.submit(place).result()
    children = [" ".join(one.cmdline()) for one in psutil.Process().children()]
    assert sum("workers.server" in line for line in children) == 1
    assert not any("resource_tracker" in line for line in children)


def test_environment_of_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the time at which the pool opens; limits of threads stay."""
    monkeypatch.setenv("QUBATT_TEST", "early")
    monkeypatch.setenv("QUBATT_TEST_LEFT_OUT", "1")
    with server_ahead():
        monkeypatch.setenv("QUBATT_TEST", "late")
        monkeypatch.delenv("QUBATT_TEST_LEFT_OUT")
        monkeypatch.setenv("OMP_NUM_THREADS", "7")
        with ForkedProcesses(1) as pool:
            assert pool.submit(variable, "QUBATT_TEST").result() == "late"
            assert pool.submit(variable, "QUBATT_TEST_LEFT_OUT").result() is None
            for name in ONE_THREAD:
                assert pool.submit(variable, name).result() == "1"


def test_errors_come_back(pool: ForkedProcesses) -> None:
    """With the lines where they were raised; what cannot be pickled as text."""
    error = pool.submit(int, "x").exception()
    assert isinstance(error, ValueError)
    assert "Traceback" in "".join(error.__notes__)
    assert str(pool.submit(fail).exception()) == "ValueError: none"
    with pytest.raises(SystemExit):
        pool.submit(sys.exit, 3).result()
    assert pool.submit(int, "3").result() == 3


def test_only_what_kills_its_process_fails(pool: ForkedProcesses) -> None:
    """What was sent behind it runs elsewhere, and the process is replaced."""
    work: list[Future[Any]] = []
    for number in range(20):
        work.append(pool.submit(die) if number % 5 == 2 else pool.submit(int, number))
    for number, one in enumerate(work):
        if number % 5 == 2:
            assert isinstance(one.exception(), WorkerDied)
        else:
            assert one.result() == number
    assert len({pool.submit(os.getpid).result() for _ in range(10)}) <= 2


def test_server_that_is_killed_is_replaced(pool: ForkedProcesses) -> None:
    """Its workers end with it."""
    process, server, _ = pool.submit(place).result()
    worker = psutil.Process(process)
    os.kill(server, signal.SIGKILL)
    assert wait_until(lambda: not is_alive(worker))
    results = [pool.submit(place) for _ in range(4)]
    places = [one.result() for one in results if one.exception() is None]
    assert len(places) >= 2
    assert server not in {parent for _, parent, _ in places}


def test_much_data_both_ways(pool: ForkedProcesses) -> None:
    """More than a socket holds, ahead of each other."""
    texts = ["x" * (MAX_BYTES_AHEAD * 40 + number) for number in range(12)]
    results = [pool.submit(str.upper, text) for text in texts]
    assert [len(one.result()) for one in results] == [len(text) for text in texts]


def test_ended_in_the_midst_of_a_computation(tmp_path: Path) -> None:
    """Even where it lets no other thread of Python run."""
    pool = ForkedProcesses(2)
    work = [pool.submit(hold, str(tmp_path / f"{number}")) for number in range(2)]
    assert wait_until(lambda: len([*tmp_path.iterdir()]) == 2)
    workers = [psutil.Process(int(path.read_text())) for path in tmp_path.iterdir()]
    later = pool.submit(place)
    start = time.monotonic()
    pool.terminate()
    pool.shutdown()
    assert time.monotonic() - start < 10.0
    assert not any(is_alive(one) for one in workers)
    assert all(isinstance(one.exception(), WorkerDied) for one in work)
    assert later.cancelled() or isinstance(later.exception(), WorkerDied)
    with pytest.raises(WorkerDied):
        pool.submit(place)


def test_killed_parent_leaves_nothing(tmp_path: Path) -> None:
    """The system ends the server and its workers, whatever they do."""
    code = (
        "import sys, time\n"
        "from qubatt.workers import fork_server\n"
        "fork_server.LOADED = ['numpy']\n"
        "from qubatt.workers.pool import ForkedProcesses\n"
        "from test_pool import hold\n"
        f"work = [ForkedProcesses(1).submit(hold, {str(tmp_path / 'pid')!r})]\n"
        "time.sleep(1000)\n"
    )
    path = os.pathsep.join([str(Path(__file__).parent), *filter(None, sys.path)])
    environment = os.environ | {"PYTHONPATH": path}
    with subprocess.Popen([sys.executable, "-c", code], env=environment) as parent:
        assert wait_until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text())
        family = psutil.Process(parent.pid).children(recursive=True)
        parent.kill()
    assert len(family) == 2
    assert wait_until(lambda: not any(is_alive(one) for one in family))


def test_server_ahead_is_taken_once() -> None:
    """One that is not taken ends; it is not waited for while it loads."""
    with server_ahead(wanted=False):
        assert not fork_server._ahead
    with server_ahead(), server_ahead():
        (ahead,) = fork_server._ahead
        assert take_server() is ahead
        assert not fork_server._ahead
        ahead.close()
        ahead.close()
        assert not ahead.is_alive
    with server_ahead():
        (ahead,) = fork_server._ahead
        start = time.monotonic()
    assert time.monotonic() - start < 5.0
    assert not ahead.is_alive


def test_server_that_cannot_load(monkeypatch: pytest.MonkeyPatch, capfd: Any) -> None:
    """What is to run fails, each once, and the process goes on."""
    monkeypatch.setattr(fork_server, "LOADED", ["no_such_module"])
    with ForkedProcesses(2) as pool:
        work = [pool.submit(place) for _ in range(3)]
        assert all(isinstance(one.exception(), WorkerDied) for one in work)
    assert "no_such_module" in capfd.readouterr().err


def test_not_in_a_process_that_is_starting(monkeypatch: pytest.MonkeyPatch) -> None:
    """A script without a guard would start processes without end."""
    import multiprocessing.process

    process = multiprocessing.process.current_process()
    monkeypatch.setattr(process, "_inheriting", True, raising=False)
    with pytest.raises(RuntimeError, match="when it is imported"):
        ForkServer()
