"""Merits of a record as labelled variables."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from qubatt.charging.request import Request
from qubatt.engines.threads import single_blas
from qubatt.merits import SolvedRun
from qubatt.results.result import Result

Chosen = NDArray[np.intp] | int
"""Places in time of what is wanted: several, or one without a dim."""


def to_dataset(request: Request, record: SolvedRun, chosen: Chosen, state_dim: str) -> Result:
    """Return the merits that are wanted, at the times chosen.

    States of the battery are those at these times already. Dims before time, such as
    ``environment``, have the names of their entries as coordinate.
    Merits of the full state have `state_dim` in place of time, and none if that is empty.
    """
    data: dict[str, Any] = {}
    coordinates: dict[str, Any] = {}
    with single_blas():
        arrays = [merit.values(record) for merit in request.merits]
    for merit, values in zip(request.merits, arrays, strict=True):
        labels = merit.labels(request.problem)
        dims = list(labels)
        if merit.needs == "full state":
            values = values if state_dim else values[..., 0]
            dims += [state_dim] if state_dim else []
        elif merit.needs != "curve":
            several = isinstance(chosen, np.ndarray)
            at = slice(None) if several else 0
            values = values[..., at if merit.needs == "battery state" else chosen]
            dims += ["time"] if several else []
        data[merit.name] = (dims, np.asarray(values), merit.attributes)
        coordinates |= {name: list(entries) for name, entries in labels.items()}
    return Result(data, coords=coordinates)
