"""Results of points as plain arrays, as they travel between processes and into files."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from qubatt.charging.propagate import Propagation
from qubatt.core.solution import Solution
from qubatt.engines.steady.solve import SteadySolution
from qubatt.results.result import Result
from qubatt.results.status import FAILED
from qubatt.sweeps.study.run_spec import Kept

Arrays = dict[str, NDArray[Any]]

KEPT = "kept"
"""Stands for the status of what merits are read off."""

DEFAULT = "default"
"""Stands for the default merits among those asked for."""


@dataclass(frozen=True)
class PointResult:
    """The result of one point.

    Attributes
    ----------
    key : str
        Its address.
    asked : tuple of str
        Merits asked for.
    status : str
        That of the result, or ``"failed"``.
    message : str
        What went wrong.
    arrays : dict of str to array
        Variables and coordinates.
    layout : dict of str to [dims, attributes, is coordinate]
        What the arrays are.
    attributes : dict
        Those of the result.
    """

    key: str
    merit_names: tuple[str, ...]
    status: str
    message: str = ""
    arrays: Arrays = field(default_factory=dict)
    layout: Mapping[str, Any] = field(default_factory=dict)
    attributes: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, key: str, merit_names: tuple[str, ...], dataset: xr.Dataset) -> PointResult:
        """Return the row of a result."""
        parts = {str(name): dataset.variables[name] for name in dataset.variables}
        coords = {str(name) for name in dataset.coords}
        return cls(
            key,
            merit_names,
            str(dataset.attrs["status"]),
            arrays={name: _plain(part.values) for name, part in parts.items()},
            layout={
                name: [list(map(str, part.dims)), dict(part.attrs), name in coords]
                for name, part in parts.items()
            },
            attributes=dict(dataset.attrs),
        )

    def dataset(self) -> xr.Dataset:
        """Return the result as it came out of `charge` or `steady_state`."""
        data: dict[str, Any] = {}
        coords: dict[str, Any] = {}
        for name, (dims, attributes, is_coordinate) in self.layout.items():
            (coords if is_coordinate else data)[name] = (dims, self.arrays[name], attributes)
        return Result(data, coords, dict(self.attributes))

    def covers(self, merit_names: Iterable[str]) -> bool:
        """Tell whether all these merits are there; or failed to be, just these."""
        wanted, have = set(merit_names), set(self.merit_names)
        return wanted == have if self.status == FAILED else wanted <= have

    def replaces(self, old: PointResult) -> bool:
        """Tell whether another row of this point is of no use beside this one."""
        return self.covers(old.merit_names) and (self.status != FAILED or old.status == FAILED)


def stack(rows: Iterable[PointResult]) -> Arrays:
    """Return rows as arrays: those of equal form are stacked, so that there are few."""
    groups: dict[str, list[PointResult]] = defaultdict(list)
    for row in rows:
        shapes = {name: [array.shape, array.dtype.str] for name, array in row.arrays.items()}
        groups[json.dumps([row.layout, shapes])].append(row)
    packed: Arrays = {}
    for number, alike in enumerate(groups.values()):
        first = alike[0]
        common = {
            name: value
            for name, value in first.attributes.items()
            if all(row.attributes.get(name) == value for row in alike)
        }
        each = [
            {
                "key": row.key,
                "asked": list(row.merit_names),
                "status": row.status,
                "message": row.message,
                "attributes": {k: v for k, v in row.attributes.items() if k not in common},
            }
            for row in alike
        ]
        facts = {"layout": first.layout, "attributes": common, "rows": each}
        packed[f"{number}/facts"] = as_text(facts)
        for name in first.arrays:
            packed[f"{number}/{name}"] = np.stack([row.arrays[name] for row in alike])
    return packed


def unstack(packed: Mapping[str, NDArray[Any]]) -> Iterator[PointResult]:
    """Yield the rows that `stack` was given."""
    for name in packed:
        if not name.endswith("/facts"):
            continue
        number = name.partition("/")[0]
        facts = from_text(packed[name])
        stacked = {part: packed[f"{number}/{part}"] for part in facts["layout"]}
        for k, said in enumerate(facts["rows"]):
            yield PointResult(
                said["key"],
                tuple(said["asked"]),
                said["status"],
                said["message"],
                {part: values[k] for part, values in stacked.items()},
                facts["layout"],
                facts["attributes"] | said["attributes"],
            )


def keys_in(packed: Mapping[str, NDArray[Any]]) -> list[str]:
    """Return the keys of packed rows, without reading their arrays."""
    facts = [from_text(packed[name]) for name in packed if name.endswith("/facts")]
    return [said["key"] for group in facts for said in group["rows"]]


def row_of_kept(key: str, kept: Kept) -> PointResult:
    """Return what was solved at a point as a row."""
    facts, arrays = _said_run(kept) if isinstance(kept, Propagation) else _said_steady(kept)
    there = {name: array for name, array in arrays.items() if array is not None}
    return PointResult(key, (), KEPT, arrays=there, layout=dict.fromkeys(there), attributes=facts)


def kept_of_row(row: PointResult) -> Kept:
    """Return what `row_of_kept` was given."""
    facts, arrays = dict(row.attributes), row.arrays
    names, table, battery = facts.pop("moments"), arrays["moments"], arrays.get("battery")
    if facts.pop("kind") == "steady":
        solved = dict(zip(names, table.T.tolist(), strict=True))
        return SteadySolution(
            moments={name: end for name, (_, end) in solved.items()},
            initial_moments={name: first for name, (first, _) in solved.items()},
            battery_states=battery,
            **facts,
        )
    if battery is not None and len(battery) < len(arrays["times"]):
        states = np.full((len(arrays["times"]), *battery.shape[1:]), np.nan, dtype=battery.dtype)
        states[np.isin(arrays["times"], arrays["asked"])] = battery
        battery = states
    solution = Solution(
        times=arrays["times"],
        moments=dict(zip(names, table.T, strict=True)),
        trace=arrays["trace"],
        standard_errors=dict(
            zip(facts.get("standard_errors", ()), arrays.get("errors", np.empty(0)).T, strict=True)
        ),
        battery_states=battery,
        **facts["solution"],
    )
    return Propagation(arrays["asked"], None, solution, facts["chosen_because"])


def _said_run(run: Propagation) -> tuple[dict[str, Any], dict[str, Any]]:
    solution, states = run.solution, run.solution.battery_states
    numbers = (
        "error_estimate tolerance statistics smallest_eigenvalue basis error samples seed"
    ).split()
    facts = {
        "kind": "run",
        "moments": list(solution.moments),
        "standard_errors": list(solution.standard_errors),
        "chosen_because": run.chosen_because,
        "solution": {name: getattr(solution, name) for name in numbers},
    }
    arrays: dict[str, Any] = {
        "asked": run.time,
        "times": solution.times,
        "moments": np.stack(list(solution.moments.values()), axis=1),
        "trace": solution.trace,
    }
    if solution.standard_errors:
        arrays["errors"] = np.stack(list(solution.standard_errors.values()), axis=1)
    if states is not None:  # only those at output times are read
        arrays["battery"] = states[np.isin(solution.times, run.time)]
    return facts, arrays


def _said_steady(solution: SteadySolution) -> tuple[dict[str, Any], dict[str, Any]]:
    names = (
        "residual error_estimate trace_drift smallest_eigenvalue count relaxation_rate converged"
        " statistics basis"
    ).split()
    facts = {"kind": "steady", "moments": list(solution.moments)}
    facts |= {name: getattr(solution, name) for name in names}
    pairs = [[solution.initial_moments[name], solution.moments[name]] for name in solution.moments]
    return facts, {"moments": np.array(pairs, dtype=float).T, "battery": solution.battery_states}


def _plain(values: Any) -> NDArray[Any]:
    """Return an array that a file may hold: texts as such, not as objects."""
    array = np.asarray(values)
    return array.astype(str) if array.dtype.kind in "OT" else array


def as_text(facts: Any) -> NDArray[np.uint8]:
    """Return JSON as an array of bytes."""
    return np.frombuffer(json.dumps(facts, default=_number).encode(), dtype=np.uint8)


def from_text(array: NDArray[np.uint8]) -> Any:
    """Return what `as_text` was given."""
    return json.loads(array.tobytes().decode())


def _number(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else dict(value)
