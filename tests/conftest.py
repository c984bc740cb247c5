"""Settings for all tests."""

from __future__ import annotations

import os

# Tests run in several processes. With more BLAS threads than cores, small products take a
# hundred times as long; this must be set before NumPy is imported.
for _variable in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")
