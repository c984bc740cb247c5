"""Free memory: limits of the shell, of control groups and of SLURM."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from qubatt.core.memory import cgroup_limits, free_memory, slurm_limits

REFUSED = """
import resource, sys
import qubatt as qb
from qubatt.engines.exact import kernels  # libraries take address space of their own
bound, name = float(sys.argv[1]), getattr(resource, sys.argv[2])
taken = sum(int(line.split()[1]) * 1024 for line in open("/proc/self/status")
            if line.startswith({"RLIMIT_AS": "VmSize", "RLIMIT_DATA": "VmData"}[sys.argv[2]]))
resource.setrlimit(name, (int(taken + bound),) * 2)
battery = qb.DickeBattery(n_atoms=60, coupling=0.5, max_photons=200)
try:
    qb.charge(battery, times=[0.0, 1.0])
except qb.ResourceError as error:
    print(error)
"""


def write(folder: Path, **files: object) -> None:
    """Write the files of a control group."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name.replace("__", ".")).write_text(f"{content}\n", "utf-8")


def test_the_machine_is_a_bound() -> None:
    """Nothing can be freer than the memory of the machine."""
    assert 0.0 < free_memory() <= psutil.virtual_memory().total


@pytest.mark.parametrize("limit", ["RLIMIT_AS", "RLIMIT_DATA"])
def test_ulimit(limit: str) -> None:
    """A run that does not fit under ``ulimit -v`` or ``-d`` is refused, with both numbers."""
    done = subprocess.run(
        [sys.executable, "-c", REFUSED, "200e6", limit], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "engine needs" in done.stdout
    free = done.stdout.partition("but only ")[2].split()
    assert free[1] == "MB"
    assert 20.0 < float(free[0]) <= 200.0


def test_cgroup_version_2(tmp_path: Path) -> None:
    """The tightest group on the way to the root counts; cached files are free."""
    root, own = tmp_path / "cgroup", tmp_path / "own"
    own.write_text("0::/job/step\n", "utf-8")
    stat = "anon 5\ninactive_file 50\nactive_file 3"
    write(root / "job" / "step", memory__max="max", memory__current=700, memory__stat=stat)
    write(root / "job", memory__max=1000, memory__current=800, memory__stat=stat)
    assert list(cgroup_limits(root, own)) == [250.0]
    write(root / "job" / "step", memory__max=710)
    assert sorted(cgroup_limits(root, own)) == [60.0, 250.0]


def test_cgroup_version_1(tmp_path: Path) -> None:
    """The hierarchy of the memory controller; 2^63 − 4096 is no limit."""
    root, own = tmp_path / "cgroup", tmp_path / "own"
    own.write_text("5:cpu,cpuacct:/other\n4:memory:/slurm/job_7\n0::/\n", "utf-8")
    group = root / "memory" / "slurm"
    stat = "cache 9\ntotal_inactive_file 100"
    write(group, memory__limit_in_bytes=2**63 - 4096, memory__usage_in_bytes=5, memory__stat=stat)
    write(group / "job_7", memory__limit_in_bytes=3000)
    write(group / "job_7", memory__usage_in_bytes=2500, memory__stat=stat)
    assert list(cgroup_limits(root, own)) == [600.0]


def test_cgroup_of_a_container(tmp_path: Path) -> None:
    """Inside a container the mount is the group, and the path is one of the host."""
    root, own = tmp_path / "cgroup", tmp_path / "own"
    own.write_text("0::/../../docker/abc\n", "utf-8")
    write(root, memory__max=500, memory__current=100, memory__stat="inactive_file 0")
    assert list(cgroup_limits(root, own)) == [400.0]


def test_without_cgroups(tmp_path: Path) -> None:
    """Another system has no such files."""
    assert list(cgroup_limits(tmp_path, tmp_path / "missing")) == []


@pytest.mark.parametrize(
    ("variables", "granted"),
    [
        ({}, []),
        ({"SLURM_MEM_PER_NODE": "4096"}, [4096]),
        ({"SLURM_MEM_PER_NODE": "0"}, []),
        ({"SLURM_MEM_PER_CPU": "2048", "SLURM_CPUS_ON_NODE": "8"}, [16384]),
        ({"SLURM_MEM_PER_CPU": "2048"}, [2048]),
        ({"SLURM_MEM_PER_CPU": "unknown"}, []),
    ],
)
def test_slurm(variables: dict[str, str], granted: list[int]) -> None:
    """MiB of a node, or of each of its processors, less what the process holds."""
    held = psutil.Process().memory_info().rss / 2**20
    expected = [size - held for size in granted]
    assert [size / 2**20 for size in slurm_limits(variables)] == pytest.approx(expected, abs=20.0)


def test_slurm_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    """The grant of a job is a bound of what is free."""
    monkeypatch.setenv("SLURM_MEM_PER_NODE", "4000")
    assert free_memory() <= 4000 * 2**20
