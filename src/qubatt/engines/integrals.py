"""Time integrals over the intervals of a propagation."""

from __future__ import annotations

import numpy as np

from qubatt.core.check import FloatArray

MAX_INTERVALS = 4096
"""Maximum number of intervals; beyond it, neighbouring intervals are merged in pairs."""


class RunningIntegrals:
    """∫ f(t) dt of several functions over consecutive intervals that start at time 0.

    An engine adds the intervals of each accepted step. If there are more than `MAX_INTERVALS`,
    neighbouring intervals are merged in pairs, so that long runs need little memory.
    """

    def __init__(self, functions: int) -> None:
        self._edges = [0.0]
        self._values = np.empty((0, functions))
        self._new: list[FloatArray] = []

    @property
    def edges(self) -> FloatArray:
        """Limits of the K intervals, shape ``(K + 1,)``."""
        return np.array(self._edges)

    @property
    def values(self) -> FloatArray:
        """Integrals over the intervals, shape ``(K, functions)``."""
        return np.concatenate([self._values, *self._new])

    def add(self, ends: FloatArray, values: FloatArray) -> None:
        """Append intervals, given by their ends ``(n,)`` and integrals ``(n, functions)``."""
        self._edges.extend(ends.tolist())
        self._new.append(values)
        if len(self._edges) - 1 > MAX_INTERVALS:
            self._merge()

    def _merge(self) -> None:
        """Merge neighbours in pairs; if their number is odd, the last interval is kept as it is."""
        values = self.values
        self._values = np.add.reduceat(values, np.arange(0, len(values), 2), axis=0)
        self._edges = self._edges[:-1:2] + self._edges[-1:]
        self._new = []
