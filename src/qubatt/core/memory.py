"""Free memory within the limits of the machine, the shell, the container and the batch system."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PurePosixPath

import psutil

CGROUPS, PROCESS_CGROUPS = Path("/sys/fs/cgroup"), Path("/proc/self/cgroup")
"""Folder of the Linux control groups, and the file that lists those of this process."""

UNLIMITED = 2.0**60
"""Limit in bytes above which memory counts as unlimited; control groups of version 1 report 2^63 −
4096 if there is no limit.
"""


def free_memory() -> float:
    """Return the number of bytes that this process can still allocate.

    This is the smallest of the free memory of the machine, the rest of the address space and data
    segment within ``ulimit``, the rest within the control groups of the process (versions 1 and 2;
    caches count as free), and the memory granted by SLURM.
    """
    machine = float(psutil.virtual_memory().available)
    return max(min([machine, *_shell_limits(), *cgroup_limits(), *slurm_limits(os.environ)]), 0.0)


def _shell_limits() -> Iterator[float]:
    """Yield the bytes left within the shell limits of address space and data segment."""
    try:
        import resource
    except ImportError:  # Windows has none
        return
    taken = psutil.Process().memory_info()
    for limit, name in ((resource.RLIMIT_AS, "vms"), (resource.RLIMIT_DATA, "data")):
        bound = resource.getrlimit(limit)[0]
        if bound != resource.RLIM_INFINITY and hasattr(taken, name):
            yield float(bound - getattr(taken, name))


def cgroup_limits(root: Path = CGROUPS, own: Path = PROCESS_CGROUPS) -> Iterator[float]:
    """Yield the bytes left in each control group of the process, up to the root of the hierarchy.

    Parameters
    ----------
    root : Path
        Mount point of the control groups.
    own : Path
        File with lines ``number:controllers:path``.
    """
    try:
        lines = own.read_text("utf-8").splitlines()
    except OSError:
        return
    for line in lines:
        number, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if number == "0" and not controllers:
            yield from _along(root, path, _version_2)
            yield from _along(root / "unified", path, _version_2)
        elif "memory" in controllers.split(","):
            yield from _along(root / "memory", path, _version_1)


def _along(mount: Path, path: str, left: Callable[[Path], float | None]) -> Iterator[float]:
    """Yield the bytes left in a control group and in its parents up to the mount point.

    In a container, the mount point itself is the group.
    """
    relative = PurePosixPath(path.lstrip("/"))
    for part in (relative, *relative.parents):
        if ".." not in part.parts and (bytes_left := left(mount / part)) is not None:
            yield bytes_left


def _version_2(group: Path) -> float | None:
    return _left(group, "memory.max", "memory.current", "inactive_file")


def _version_1(group: Path) -> float | None:
    return _left(group, "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")


def _left(group: Path, limit: str, usage: str, cache: str) -> float | None:
    """Return the bytes left in a group, including its file cache, or None if it has no limit."""
    try:
        bound = float((group / limit).read_text("utf-8"))
        if bound >= UNLIMITED:
            return None
        taken = float((group / usage).read_text("utf-8"))
        rows = (row.split() for row in (group / "memory.stat").read_text("utf-8").splitlines())
        cached = next((float(row[1]) for row in rows if row[0] == cache), 0.0)
    except (OSError, ValueError):  # no such group, or "max"
        return None
    return bound - taken + cached


def slurm_limits(variables: Mapping[str, str]) -> Iterator[float]:
    """Yield the SLURM limit on this node minus the memory in use; a limit of 0 means no limit.

    Parameters
    ----------
    variables : mapping
        Environment variables; SLURM_MEM_PER_NODE and SLURM_MEM_PER_CPU count in MiB.
    """
    held = float(psutil.Process().memory_info().rss)
    cpus = _number(variables.get("SLURM_CPUS_ON_NODE")) or 1.0
    for name, times in (("SLURM_MEM_PER_NODE", 1.0), ("SLURM_MEM_PER_CPU", cpus)):
        if granted := _number(variables.get(name)):
            yield granted * times * 2.0**20 - held


def _number(text: str | None) -> float:
    """Return the value of an environment variable as a number, or 0 if it is not a number."""
    try:
        return float(text or 0.0)
    except ValueError:
        return 0.0
