"""Reproducible random numbers."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator

import numpy as np


def seed_generators(seed: int) -> None:
    """Seed the global random generators of Python and NumPy."""
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002  # what users may call


@contextlib.contextmanager
def generators_restored() -> Iterator[None]:
    """Restore the current state of the global generators of Python and NumPy on exit."""
    states = random.getstate(), np.random.get_state()  # noqa: NPY002  # what users may call
    try:
        yield
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])  # noqa: NPY002  # what users may call
