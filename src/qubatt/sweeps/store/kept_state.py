"""Solved states of points as plain arrays, from which further merits are computed later."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qubatt.charging.propagate import Propagation
from qubatt.charging.steady_state import KeptState
from qubatt.core.solution import Integrals, Solution
from qubatt.engines.steady.solve_steady import SteadySolution
from qubatt.sweeps.store.point_result import STATE, PointResult
from qubatt.sweeps.study.point import SolvedState

SHARP = "sharp"
"""Key of the residuals of a steady state and of its companion."""

Entry = tuple[dict[str, Any], dict[str, Any]]
"""JSON-compatible attributes, and arrays by name."""

COMPANION = "companion"
"""Key of the attributes of the companion, and prefix of the names of its arrays."""


def result_of_state(key: str, state: SolvedState) -> PointResult:
    """Convert the solved state of a point to a result, the form in which it is stored."""
    own, other = _parts(state)
    attributes, arrays = _encoded(own)
    if other is not None:
        attributes[COMPANION], more = _encoded(other)
        arrays |= {f"{COMPANION}-{name}": array for name, array in more.items()}
    if isinstance(state, KeptState):
        attributes[SHARP] = state.sharp
    arrays = {name: array for name, array in arrays.items() if array is not None}
    return PointResult(
        key, (), STATE, arrays=arrays, layout=dict.fromkeys(arrays), attributes=attributes
    )


def state_of_result(result: PointResult) -> SolvedState:
    """Recover the solved state that `result_of_state` has converted."""
    attributes = dict(result.attributes)
    first, second = attributes.pop(SHARP, (None, None))
    other = attributes.pop(COMPANION, None)
    prefix = f"{COMPANION}-"
    own = {name: array for name, array in result.arrays.items() if not name.startswith(prefix)}
    more = {
        name.removeprefix(prefix): array
        for name, array in result.arrays.items()
        if name.startswith(prefix)
    }
    solved = _decoded(attributes, own)
    companion = None if other is None else _decoded(other, more)
    if isinstance(solved, Propagation):
        assert companion is None or isinstance(companion, Propagation)
        return dataclasses.replace(solved, companion=companion)
    assert companion is None or isinstance(companion, SteadySolution)
    return KeptState(solved, companion, (first, second))


Part = Propagation | SteadySolution


def _parts(state: SolvedState) -> tuple[Part, Part | None]:
    """Return the solution of a state, and the solution of its companion."""
    if isinstance(state, Propagation):
        return state, state.companion
    return state.solution, state.companion


def _encoded(part: Part) -> Entry:
    return _propagation(part) if isinstance(part, Propagation) else _steady(part)


def _decoded(attributes: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Part:
    attributes = dict(attributes)
    names, moments = attributes.pop("moments"), arrays["moments"]
    battery = arrays.get("battery")
    if attributes.pop("kind") == "steady":
        pairs = dict(zip(names, moments.T.tolist(), strict=True))
        return SteadySolution(
            moments={name: end for name, (_, end) in pairs.items()},
            initial_moments={name: first for name, (first, _) in pairs.items()},
            battery_states=battery,
            **attributes,
        )
    if battery is not None and len(battery) < len(arrays["times"]):
        states = np.full((len(arrays["times"]), *battery.shape[1:]), np.nan, dtype=battery.dtype)
        states[np.isin(arrays["times"], arrays["asked"])] = battery
        battery = states
    errors = arrays.get("errors", np.empty(0)).T
    integrals = None
    if "edges" in arrays:
        columns = dict(zip(attributes["integrals"], arrays["integrals"].T, strict=True))
        integrals = Integrals(arrays["edges"], columns)
    solution = Solution(
        times=arrays["times"],
        moments=dict(zip(names, moments.T, strict=True)),
        trace=arrays["trace"],
        standard_errors=dict(zip(attributes.get("standard_errors", ()), errors, strict=True)),
        battery_states=battery,
        integrals=integrals,
        **attributes["solution"],
    )
    return Propagation(arrays["asked"], None, solution, attributes["chosen_because"])


def _propagation(run: Propagation) -> Entry:
    solution, states = run.solution, run.solution.battery_states
    numbers = (
        "error_estimate tolerance statistics smallest_eigenvalue basis error samples seed"
    ).split()
    attributes = {
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
    if solution.integrals is not None and solution.integrals.values:
        attributes["integrals"] = list(solution.integrals.values)
        arrays["edges"] = solution.integrals.edges
        arrays["integrals"] = np.stack(list(solution.integrals.values.values()), axis=1)
    if states is not None:  # merits need only those at output times
        every = len(solution.times) == len(run.time)
        arrays["battery"] = states if every else states[np.isin(solution.times, run.time)]
    return attributes, arrays


def _steady(solution: SteadySolution) -> Entry:
    names = (
        "residual error_estimate trace_drift smallest_eigenvalue count relaxation_rate converged"
        " statistics basis"
    ).split()
    attributes = {"kind": "steady", "moments": list(solution.moments)}
    attributes |= {name: getattr(solution, name) for name in names}
    pairs = [[solution.initial_moments[name], solution.moments[name]] for name in solution.moments]
    return attributes, {
        "moments": np.array(pairs, dtype=float).T,
        "battery": solution.battery_states,
    }
