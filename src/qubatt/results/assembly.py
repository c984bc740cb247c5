"""Fast assembly of results from arrays: a template Dataset is copied and filled.

`xarray.Dataset` checks and aligns its variables one by one, which takes longer than a small run.
Results with the same structure (names, dims, shapes, dimension coordinates) share a template.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from qubatt.results.result import Result

Labelled = tuple[Sequence[str], NDArray[Any], Mapping[str, Any]]
"""Dims, values and attributes of a variable."""

Scalars = Mapping[str, tuple[Any, Mapping[str, Any]]]
"""Values and attributes of scalar coordinates, by name."""


Items = tuple[tuple[str, Any], ...]
"""Attributes of a variable as a hashable tuple."""


class _Structure(NamedTuple):
    """Common structure of several results, hashable to serve as the key of their template.

    `data` holds the names, dims, shapes and attributes of the variables, `labels` the names, bytes,
    dtypes and attributes of the dimension coordinates, and `scalars` the names and attributes of
    the scalar coordinates.
    """

    data: tuple[tuple[str, tuple[str, ...], tuple[int, ...], Items], ...]
    labels: tuple[tuple[str, bytes, str, Items], ...]
    scalars: tuple[tuple[str, Items], ...]


def assemble(
    variables: Mapping[str, Labelled],
    coordinates: Mapping[str, tuple[NDArray[Any], Mapping[str, Any]]],
    scalars: Scalars,
    attributes: Mapping[str, Any],
) -> Result:
    """Return a result with the given variables, coordinates and attributes.

    Parameters
    ----------
    variables : mapping
        Dims, values and attributes by name.
    coordinates : mapping
        Values and attributes of the dimension coordinates, by dim.
    scalars : mapping
        Values and attributes of the scalar coordinates, by name.
    attributes : mapping
        Attributes of the Dataset.
    """
    template = _template(
        _Structure(
            tuple(
                (name, tuple(dims), values.shape, tuple(labels.items()))
                for name, (dims, values, labels) in variables.items()
            ),
            tuple(
                (name, values.tobytes(), values.dtype.str, tuple(labels.items()))
                for name, (values, labels) in coordinates.items()
            ),
            tuple((name, tuple(labels.items())) for name, (_, labels) in scalars.items()),
        )
    )
    made = template.filled(
        {name: entry[1] for name, entry in variables.items()},
        {name: value for name, (value, _) in scalars.items()},
    )
    made.attrs = dict(attributes)
    return made


class _Template:
    """A template result, and the current values of its scalar coordinates."""

    def __init__(self, dataset: Result) -> None:
        self._dataset = dataset
        self._scalars: dict[str, Any] = {}
        self._lock = threading.Lock()

    def filled(self, data: dict[str, NDArray[Any]], scalars: dict[str, Any]) -> Result:
        """Return a copy with the given values; arrays of earlier copies are not changed."""
        with self._lock:  # other threads must not set scalars before the copy
            if scalars != self._scalars:
                for name, value in scalars.items():
                    if name not in self._scalars or self._scalars[name] != value:
                        self._dataset.variables[name].data = np.asarray(value)
                self._scalars = scalars
            made: Result = self._dataset.copy(data=data)
            return made


@lru_cache(maxsize=64)
def _template(structure: _Structure) -> _Template:
    """Return the template for results with this structure."""
    labels = {
        name: xr.Variable((name,), np.frombuffer(content, dtype), dict(attributes))
        for name, content, dtype, attributes in structure.labels
    }
    scalars = {name: xr.Variable((), 0.0, dict(items)) for name, items in structure.scalars}
    data = {
        name: (dims, np.zeros(shape), dict(items)) for name, dims, shape, items in structure.data
    }
    return _Template(Result(data, coords=labels | scalars))
