"""Random numbers that are the same wherever they are drawn."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator

import numpy as np


def seed_generators(seed: int) -> None:
    """Let the common generators of Python and NumPy begin at a seed."""
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002  # what users may call


@contextlib.contextmanager
def generators_restored() -> Iterator[None]:
    """Put the common generators of Python and NumPy back into the state that they are in now."""
    states = random.getstate(), np.random.get_state()  # noqa: NPY002  # what users may call
    try:
        yield
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])  # noqa: NPY002  # what users may call
