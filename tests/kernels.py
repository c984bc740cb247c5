"""Run the tests marked `blas` with every set of BLAS kernels that this processor can run.

    python -m tests.kernels [arguments of pytest]

OpenBLAS takes kernels that fit the processor, which add in another order; the environment variable
OPENBLAS_CORETYPE chooses others. Kernels that the processor lacks instructions for would crash,
and those that the tests run with anyway need no second run.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

VARIABLE = "OPENBLAS_CORETYPE"
NEEDED = {
    "Haswell": {"avx2", "fma"},
    "SkylakeX": {"avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl"},
    "Zen": {"avx2", "fma"},
    "Nehalem": {"sse4_2"},  # of all, its bits depend on the shapes most
}
"""Kernels, and the instructions that they need, as Linux calls them."""

ACTIVE = """
import numpy, scipy.linalg, threadpoolctl
found = threadpoolctl.threadpool_info()
print(*sorted({one.get("architecture", "?") for one in found if one["user_api"] == "blas"}))
"""


def instructions(path: Path = Path("/proc/cpuinfo")) -> set[str]:
    """Return the instructions of this processor, none where they cannot be found out."""
    if not path.exists():
        return set()
    lines = path.read_text("utf-8").splitlines()
    return {word for line in lines if line.startswith("flags") for word in line.split()[2:]}


def active(kernels: str | None) -> str:
    """Return the kernels that run if some are asked for."""
    done = subprocess.run(
        [sys.executable, "-c", ACTIVE],
        env=os.environ | ({} if kernels is None else {VARIABLE: kernels}),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def chosen(
    needed: Mapping[str, set[str]], there: set[str], run: Mapping[str | None, str]
) -> tuple[list[str], dict[str, str]]:
    """Return which kernels to test, and why not the others.

    Parameters
    ----------
    needed : mapping
        Instructions that each set of kernels needs.
    there : set of str
        Instructions of the processor.
    run : mapping
        What runs if some are asked for; by None, what runs by itself.
    """
    tested, left = [], {}
    seen = {run[None]: "run by `make test`"}
    for name, own in needed.items():
        if missing := own - there:
            left[name] = f"this processor has no {', '.join(sorted(missing))}"
        elif (kernels := run[name]) in seen:
            left[name] = f"{kernels} kernels are {seen[kernels]}"
        else:
            tested.append(name)
            seen[kernels] = f"run as {name}"
    return tested, left


def main() -> int:
    """Run them, and return the exit code of the first that fails."""
    there = instructions()
    able = [None, *(name for name, own in NEEDED.items() if own <= there)]
    tested, left = chosen(NEEDED, there, {name: active(name) for name in able})
    for name, reason in left.items():
        print(f"{name}: skipped, {reason}", flush=True)
    for name in tested:
        print(f"{name}: run", flush=True)
        command = [sys.executable, "-m", "pytest", "-m", "blas", *sys.argv[1:]]
        if code := subprocess.run(
            command, env=os.environ | {VARIABLE: name}, check=False
        ).returncode:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
