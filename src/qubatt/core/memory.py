"""Free memory, as far as the machine, the shell, the container and the batch system grant it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PurePosixPath

import psutil

CGROUPS, PROCESS_CGROUPS = Path("/sys/fs/cgroup"), Path("/proc/self/cgroup")
"""Where Linux shows control groups, and which ones this process is in."""

UNLIMITED = 2.0**60
"""Bytes from which a limit is none: version 1 of control groups writes 2^63 − 4096."""


def free_memory() -> float:
    """Return how many bytes this process can still take.

    The least of what the machine has, of what ``ulimit`` leaves of address space and data, of what
    the control groups of the process leave (versions 1 and 2, caches count as free), and of what
    SLURM granted.
    """
    machine = float(psutil.virtual_memory().available)
    return max(min([machine, *_shell_limits(), *cgroup_limits(), *slurm_limits(os.environ)]), 0.0)


def _shell_limits() -> Iterator[float]:
    """Yield what the limits of the shell leave of address space and of data."""
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
    """Yield what every control group of the process leaves, up to the root of its hierarchy.

    Parameters
    ----------
    root : Path
        Where control groups are mounted.
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
    """Yield what a group and the groups around it leave; in a container the mount is the group."""
    relative = PurePosixPath(path.lstrip("/"))
    for part in (relative, *relative.parents):
        if ".." not in part.parts and (bytes_left := left(mount / part)) is not None:
            yield bytes_left


def _version_2(group: Path) -> float | None:
    return _left(group, "memory.max", "memory.current", "inactive_file")


def _version_1(group: Path) -> float | None:
    return _left(group, "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")


def _left(group: Path, limit: str, usage: str, cache: str) -> float | None:
    """Return what a group leaves, its file cache included; None where it sets no limit."""
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
    """Yield what SLURM grants on this node less what this process holds; 0 there means all.

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
    """Return the number in a variable; 0 where there is none."""
    try:
        return float(text or 0.0)
    except ValueError:
        return 0.0
