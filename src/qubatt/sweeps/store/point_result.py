"""Results of points as plain arrays, the form in which they are transmitted and stored."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from qubatt.results.result import Result
from qubatt.results.status import FAILED
from qubatt.sweeps.study.point import SolvedState

Arrays = dict[str, NDArray[Any]]

STATE = "kept"
"""Status that marks a solved state among the results in a file."""


@dataclass(frozen=True)
class PointResult:
    """The result of one point.

    Attributes
    ----------
    key : str
        Key of the point.
    merit_names : tuple of str
        Requested merits.
    status : str
        Status of the result, or ``"failed"``.
    message : str
        Error message of a failed point.
    arrays : dict of str to array
        Variables and coordinates.
    layout : dict of str to [dims, attributes, is coordinate]
        Dimensions and attributes of each array, and whether it is a coordinate.
    attributes : dict
        Attributes of the result.
    state : SolvedState or None
        The state from which further merits can be computed; it is stored in a separate file.
    """

    key: str
    merit_names: tuple[str, ...]
    status: str
    message: str = ""
    arrays: Arrays = field(default_factory=dict)
    layout: Mapping[str, Any] = field(default_factory=dict)
    attributes: Mapping[str, Any] = field(default_factory=dict)
    state: SolvedState | None = None

    @classmethod
    def of(
        cls,
        key: str,
        merit_names: tuple[str, ...],
        dataset: xr.Dataset,
        state: SolvedState | None = None,
    ) -> PointResult:
        """Return the result of a point from its Dataset."""
        variables, coords = dict(dataset.variables), {*dataset.coords}
        layout = {
            str(name): [list(map(str, variable.dims)), dict(variable.attrs), name in coords]
            for name, variable in variables.items()
        }
        return cls(
            key,
            merit_names,
            str(dataset.attrs["status"]),
            arrays={str(name): _plain(variable.values) for name, variable in variables.items()},
            layout=_shared(layout),
            attributes=dict(dataset.attrs),
            state=state,
        )

    def dataset(self) -> xr.Dataset:
        """Return the Dataset that `charge`, `steady_state` or `discharge` returned."""
        data: dict[str, Any] = {}
        coords: dict[str, Any] = {}
        for name, (dims, attributes, is_coordinate) in self.layout.items():
            (coords if is_coordinate else data)[name] = (dims, self.arrays[name], attributes)
        return Result(data, coords, dict(self.attributes))

    def covers(self, merit_names: Iterable[str]) -> bool:
        """Whether the result has all these merits or, if it failed, was asked for exactly these."""
        wanted, have = set(merit_names), set(self.merit_names)
        return wanted == have if self.status == FAILED else wanted <= have

    def replaces(self, old: PointResult) -> bool:
        """Whether this result supersedes another result for the same point."""
        return self.covers(old.merit_names) and (self.status != FAILED or old.status == FAILED)


def stack(results: Iterable[PointResult]) -> Arrays:
    """Pack results into few arrays: those with equal layout and shapes are stacked."""
    groups: dict[Any, list[PointResult]] = defaultdict(list)
    texts: dict[int, str] = {}  # of layouts, which many results share
    for result in results:
        text = texts.get(id(result.layout))
        if text is None:
            text = texts[id(result.layout)] = json.dumps(result.layout)
        shapes = [(name, array.shape, array.dtype.str) for name, array in result.arrays.items()]
        groups[text, *shapes].append(result)
    arrays: Arrays = {}
    for number, group in enumerate(groups.values()):
        first = group[0]
        common = {
            name: value
            for name, value in first.attributes.items()
            if all(result.attributes.get(name) == value for result in group)
        }
        entries = [
            {
                "key": result.key,
                "asked": list(result.merit_names),
                "status": result.status,
                "message": result.message,
                "attributes": {k: v for k, v in result.attributes.items() if k not in common},
            }
            for result in group
        ]
        header = {"layout": first.layout, "attributes": common, "rows": entries}
        arrays[f"{number}/facts"] = json_to_array(header)
        for name in first.arrays:
            arrays[f"{number}/{name}"] = np.stack([result.arrays[name] for result in group])
    return arrays


def unstack(arrays: Mapping[str, NDArray[Any]]) -> Iterator[PointResult]:
    """Yield the results that `stack` has packed."""
    for name in arrays:
        if not name.endswith("/facts"):
            continue
        number = name.partition("/")[0]
        header = array_to_json(arrays[name])
        stacked = {part: arrays[f"{number}/{part}"] for part in header["layout"]}
        for k, entry in enumerate(header["rows"]):
            yield PointResult(
                entry["key"],
                tuple(entry["asked"]),
                entry["status"],
                entry["message"],
                {part: values[k] for part, values in stacked.items()},
                header["layout"],
                header["attributes"] | entry["attributes"],
            )


def keys_in(arrays: Mapping[str, NDArray[Any]]) -> list[str]:
    """Return the keys of stacked results, reading only their headers."""
    headers = [array_to_json(arrays[name]) for name in arrays if name.endswith("/facts")]
    return [entry["key"] for header in headers for entry in header["rows"]]


_last_layouts: list[dict[str, Any]] = [{}]
"""The layout of the last result that was read or computed, kept so that equal layouts share
memory.
"""


def _shared(layout: dict[str, Any]) -> dict[str, Any]:
    """Return the layout of the last result if it equals this one, so that results share memory."""
    if layout != _last_layouts[0]:
        _last_layouts[0] = layout
    return _last_layouts[0]


def _plain(values: Any) -> NDArray[Any]:
    """Return an array that can be stored: strings have a string type, not the object type."""
    array = np.asarray(values)
    return array.astype(str) if array.dtype.kind in "OT" else array


def json_to_array(content: Any) -> NDArray[np.uint8]:
    """Encode content as JSON in an array of bytes."""
    return np.frombuffer(json.dumps(content, default=_number).encode(), dtype=np.uint8)


def array_to_json(array: NDArray[np.uint8]) -> Any:
    """Decode the content that `json_to_array` has encoded."""
    return json.loads(array.tobytes().decode())


def _number(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else dict(value)
