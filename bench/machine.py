"""What the figures were measured on."""

from __future__ import annotations

import os
import platform
import subprocess
from pathlib import Path

import psutil

from bench.worker import ROOT
from qubatt.core.version import versions


def processor() -> str:
    """Return the model of the processor."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        found: dict[str, str] = {}
        for line in cpuinfo.read_text().splitlines():
            name, _, value = line.partition(":")
            found.setdefault(name.strip(), value.strip())
        family, model = found.get("cpu family"), found.get("model")
        if "model name" in found:
            return f"{found['model name']} (family {family}, model {model})"
    return platform.processor() or platform.machine()


def system() -> str:
    """Return name and version of the operating system."""
    try:
        return f"{platform.freedesktop_os_release()['PRETTY_NAME']}, Linux {platform.release()}"
    except OSError:
        return platform.platform()


def describe_machine(peers: dict[str, str]) -> dict[str, str]:
    """Return the description of this machine and its software, given the peers' versions."""
    ours = {name: text for name, text in versions().items() if name != "python"}
    return {
        "processor": processor(),
        "cores": str(os.cpu_count()),
        "memory": f"{psutil.virtual_memory().total / 1e9:.0f} GB",
        "system": system(),
        "Python": platform.python_version(),
        "ours": ", ".join(f"{name} {text}" for name, text in ours.items()),
        "peers": ", ".join(f"{name} {text}" for name, text in peers.items()),
    }


def revision() -> str:
    """Return the commit that is measured, marked if code differs from it."""

    def git(*arguments: str) -> str:
        command = ["git", *arguments]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout

    try:
        commit = git("rev-parse", "--short=10", "HEAD").strip()
        changed = git("status", "--porcelain", "--", "src", "bench").strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return f"{commit} with changes" if changed else commit
