"""What the server of workers loads: all that they call, and compiled kernels, if there are any."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import qubatt.sweeps.execution.worker  # noqa: F401  # all that a worker calls
from qubatt.charging import charge
from qubatt.engines import ExactEngine
from qubatt.engines.exact import kernels
from qubatt.models import DrivenBattery

if any(Path(kernels.recur.stats.cache_path).glob("kernels.*recur-*.nbi")):
    charge(DrivenBattery(1, drive=1.0), times=np.array([1.0]), engine=ExactEngine())
