"""Modules loaded by the worker server: the package, and the kernels compiled by one small run.

The server must have no threads when it forks, so the thread limits are set before the imports.
"""

from __future__ import annotations

import os

from qubatt.core.worker_server import ONE_THREAD

os.environ.update(ONE_THREAD)

from pathlib import Path

import numpy as np

import qubatt.sweeps.execution.worker  # noqa: F401  # everything that a worker calls
from qubatt.charging import charge
from qubatt.engines import ExactEngine
from qubatt.engines.exact import kernels
from qubatt.models import DrivenBattery

if any(Path(kernels.recur.stats.cache_path).glob("kernels.*recur*.nbi")):  # compiled before
    charge(DrivenBattery(1, drive=1.0), times=np.array([1.0]), engine=ExactEngine())
