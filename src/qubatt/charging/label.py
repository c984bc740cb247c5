"""Merits of a record as labelled variables."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from qubatt.charging.question import Question
from qubatt.core.result import Result
from qubatt.merits import Record

Chosen = NDArray[np.intp] | int
"""Places in time of what is wanted: several, or one without a dim."""


def labelled(question: Question, record: Record, chosen: Chosen, state_dim: str) -> Result:
    """Return the merits that are wanted, at the times chosen.

    Dims before time, such as ``environment``, have the names of their entries as coordinate.
    Merits of the full state have `state_dim` in place of time, and none if that is empty.
    """
    data: dict[str, Any] = {}
    coordinates: dict[str, Any] = {}
    for merit in question.merits:
        values, labels = merit.values(record), merit.labels(question.problem)
        dims = list(labels)
        if merit.reads == "full state":
            values = values if state_dim else values[..., 0]
            dims += [state_dim] if state_dim else []
        elif merit.reads != "curve":
            values = values[..., chosen]
            dims += ["time"] if isinstance(chosen, np.ndarray) else []
        data[merit.name] = (dims, np.asarray(values), merit.attributes)
        coordinates |= {name: list(entries) for name, entries in labels.items()}
    return Result(data, coords=coordinates)
