"""What the server of workers loads: the package, and the compiled kernels of one small run.

The server must not have threads when it is forked, so the limits stand before the imports.
"""

from __future__ import annotations

import os

from qubatt.core.worker_server import ONE_THREAD

os.environ.update(ONE_THREAD)

import numpy as np

import qubatt.sweeps.execution.worker  # noqa: F401  # all that a worker calls
from qubatt.charging import charge
from qubatt.engines import ExactEngine
from qubatt.models import DrivenBattery

charge(DrivenBattery(1, drive=1.0), times=np.array([1.0]), engine=ExactEngine())
