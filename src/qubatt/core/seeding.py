"""Random numbers that are the same wherever they are drawn."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator

import numpy as np


@contextlib.contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Let the common generators of Python and NumPy begin at a seed; later as if nothing was."""
    states = random.getstate(), np.random.get_state()  # noqa: NPY002  # what users may call
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002  # what users may call
    try:
        yield
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])  # noqa: NPY002  # what users may call
