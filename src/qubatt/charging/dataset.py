"""Merits of a record as labelled variables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from qubatt.charging.certificate import Certificate
from qubatt.charging.request import Request
from qubatt.core.check import FloatArray
from qubatt.engines.threads import single_blas
from qubatt.merits import SolvedRun
from qubatt.results.assembly import Labelled, assemble
from qubatt.results.coordinates import scalar_coordinates
from qubatt.results.result import Result

Chosen = NDArray[np.intp] | int
"""Indices of the output times among the sampling times; an integer removes the time dimension."""

TIME_LABELS = {"units": "1/omega_ref", "long_name": "time"}
"""Attributes of time coordinates."""


class LabelledMerits(NamedTuple):
    """Variables of a result with their dims and attributes, and coordinates of these dims."""

    variables: dict[str, Labelled]
    coordinates: dict[str, tuple[NDArray[Any], dict[str, Any]]]

    def with_times(self, **times: FloatArray | None) -> LabelledMerits:
        """Return a copy with time coordinates added before the other coordinates."""
        added = {
            name: (values, TIME_LABELS) for name, values in times.items() if values is not None
        }
        return self._replace(coordinates=added | self.coordinates)


def merit_values(request: Request, record: SolvedRun) -> dict[str, NDArray[Any]]:
    """Return the values of the requested merits by name; see `Merit.values`."""
    has_states = record.battery_states is not None or record.states is not None
    with single_blas() if has_states else nullcontext():  # expectation values need no BLAS
        return {merit.name: merit.values(record) for merit in request.merits}


def label_merits(
    request: Request, arrays: Mapping[str, NDArray[Any]], chosen: Chosen, state_dim: str
) -> LabelledMerits:
    """Return the requested merits at the chosen times, with labels.

    Merits of the battery state are already restricted to these times. Dims before time, such
    as ``environment``, have the names of their entries as coordinates. Merits of the full state
    have the dim `state_dim` in place of time, or no such dim if `state_dim` is empty.
    """
    variables: dict[str, Labelled] = {}
    coordinates: dict[str, tuple[NDArray[Any], dict[str, Any]]] = {}
    for merit in request.merits:
        values = arrays[merit.name]
        labels = merit.labels(request.problem)
        dims = list(labels)
        needs = merit.needs
        if needs == "full state":
            values = values if state_dim else values[..., 0]
            dims += [state_dim] if state_dim else []
        elif needs != "curve":
            several = isinstance(chosen, np.ndarray)
            at = slice(None) if several else 0
            values = values[..., at if needs == "battery state" else chosen]
            dims += ["time"] if several else []
        variables[merit.name] = (dims, np.asarray(values), merit.attributes)
        for name, names in labels.items():
            coordinates[name] = (np.array(names, dtype=str), {})
    return LabelledMerits(variables, coordinates)


def labelled(
    request: Request,
    merits: LabelledMerits,
    certificate: Certificate,
    statistics: Mapping[str, Any],
    describe: bool,
) -> Result:
    """Return the merits as a result with attributes, and scalar coordinates if `describe`."""
    attributes: dict[str, Any] = certificate.attributes | request.attributes
    attributes["engine"] = json.dumps(statistics, ensure_ascii=False)
    taken = {*merits.variables, *merits.coordinates}
    scalars = (
        scalar_coordinates(attributes, request.parameters, certificate.numbers, taken)
        if describe
        else {}
    )
    return assemble(merits.variables, merits.coordinates, scalars, attributes)
