"""The points on the grid of a study."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from qubatt.core.errors import ArgumentError
from qubatt.core.registry import registry
from qubatt.sweeps.study.axis import Axis, ParameterPath, Varied, coordinate_name
from qubatt.sweeps.study.axis_values import AxisValues
from qubatt.sweeps.study.formula import Formula
from qubatt.sweeps.study.key import key_content, to_text
from qubatt.sweeps.study.point import Point, RunSpec
from qubatt.sweeps.study.spec import Spec, build, parse, with_value

ENVIRONMENT = "environment"
"""Name of the only table that is a list."""

Index = tuple[int, ...]
"""Position in the grid."""


def grid_points(
    tables: Mapping[str, Spec], axes: Sequence[Axis], formulas: Sequence[Varied]
) -> Iterator[Point]:
    """Yield the points of a study in the order of its grid, the last axis fastest.

    Parameters
    ----------
    tables : mapping
        The tables battery, charger, environment and run.
    axes : sequence of Axis
        Parameters that vary.
    formulas : sequence of Varied
        Parameters given by formulas.

    Raises
    ------
    ArgumentError
        If the battery, charger, environment or run of a point cannot be built.
    """
    objects = {root: _Objects(root, tables[root], axes, formulas) for root in tables}
    labels = [[one.values.labels for one in axis.varied] for axis in axes]  # type: ignore[union-attr]  # checked
    fixed = _fixed_numbers(tables, axes) if formulas else {}
    first_run: RunSpec | None = None
    for index in itertools.product(*(range(len(axis)) for axis in axes)):
        coordinates = {
            one.name: values[k]
            for axis, columns, k in zip(axes, labels, index, strict=True)
            for one, values in zip(axis.varied, columns, strict=True)
        }
        values = {}
        if formulas:
            values = _evaluate(formulas, fixed | _varied_numbers(tables, axes, index))
        coordinates |= {formulas[k].name: value for k, value in values.items()}
        battery, battery_key = objects["battery"].at(index, values)
        charger, initial_key = objects["charger"].at(index, values)
        environment, environment_key = objects[ENVIRONMENT].at(index, values)
        run, _ = objects["run"].at(index, values)
        first_run = first_run or run
        _check_same_dims(first_run, run)
        if charger is None and (default := battery.default_charger()) is not None:
            initial_key = to_text(key_content(default))
        problem_key = f"{battery_key}{environment_key}"
        yield Point(
            index, coordinates, battery, charger, environment, run, problem_key, initial_key
        )


def _check_same_dims(first: RunSpec, other: RunSpec) -> None:
    """Reject runs whose results have different dimensions."""
    if type(other) is not type(first):
        cure = "Define one study per type."
        raise ArgumentError("run", "have the same type at all points", other, cure)
    state_times = [getattr(run, "state_times", None) for run in (first, other)]
    if (state_times[0] is None) != (state_times[1] is None):
        raise ArgumentError("run.state_times", "be given at all points or at none", state_times)


def _fixed_numbers(tables: Mapping[str, Spec], axes: Sequence[Axis]) -> dict[str, Any]:
    """Return the numerical parameters that do not vary, by their names in formulas."""
    values: dict[ParameterPath, Any] = {}
    for root, table in tables.items():
        parts: dict[ParameterPath, Any] = {(root,): table}
        if root == ENVIRONMENT:
            parts = {(root, str(k)): part for k, part in enumerate(table)}
        for path, part in parts.items():
            if isinstance(part, Mapping):
                values |= {(*path, field): value for field, value in part.items()}
    varied = [one.path for axis in axes for one in axis.varied]
    return {
        coordinate_name(path, tables): value
        for path, value in values.items()
        if _is_number(value) and not any(path[: len(other)] == other for other in varied)
    }


def _varied_numbers(
    tables: Mapping[str, Spec], axes: Sequence[Axis], index: Index
) -> dict[str, Any]:
    """Return the values of the varied parameters at a point, by their names in formulas.

    A parameter whose axis has a name of its own is available under both names.
    """
    numbers: dict[str, Any] = {}
    for axis, k in zip(axes, index, strict=True):
        for one in axis.varied:
            assert isinstance(one.values, AxisValues)
            value, label = one.values.values[k], one.values.labels[k]
            number = value if _is_number(value) else label
            if _is_number(number):
                names = coordinate_name(one.path, tables), one.name
                numbers |= dict.fromkeys(names, number)
    return numbers


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _evaluate(formulas: Sequence[Varied], numbers: Mapping[str, Any]) -> dict[int, Any]:
    """Return the values of all formulas by index; formulas may use one another."""
    numbers = dict(numbers)
    pending = dict(enumerate(formulas))
    values: dict[int, Any] = {}
    for one in pending.values():
        numbers.pop(one.name, None)
    while pending:
        names = {one.name for one in pending.values()}
        ready = [k for k, one in pending.items() if not one.values.names & names]  # type: ignore[union-attr]  # formulas
        if not ready:
            first = next(iter(pending.values()))
            cure = f"These formulas depend on one another: {', '.join(sorted(names))}."
            raise ArgumentError(first.argument, "not depend on itself", first.values.text, cure)  # type: ignore[union-attr]
        for k in ready:
            one = pending.pop(k)
            assert isinstance(one.values, Formula)
            values[k] = numbers[one.name] = one.values.value(numbers)
    return values


class _Objects:
    """Objects built from one table, once per combination of its varied parameters."""

    def __init__(
        self, root: str, spec: Spec, axes: Sequence[Axis], formulas: Sequence[Varied]
    ) -> None:
        self._root, self._spec = root, spec
        self._varied: list[tuple[int, Varied]] = [
            (k, one) for k, axis in enumerate(axes) for one in axis.varied if one.path[0] == root
        ]
        self._varied.sort(key=lambda pair: len(pair[1].path))  # whole tables before their fields
        self._formulas = {k: one for k, one in enumerate(formulas) if one.path[0] == root}
        self._built: dict[Any, tuple[Any, str]] = {}

    def at(self, index: Index, formula_values: Mapping[int, Any]) -> tuple[Any, str]:
        """Return the object at a point and the string that represents it in keys."""
        values = {k: formula_values[k] for k in self._formulas}
        combination = (*(index[k] for k, _ in self._varied), *values.values())
        if combination not in self._built:
            spec = self._spec
            for k, one in self._varied:
                assert isinstance(one.values, AxisValues)
                spec = _replace(spec, one, one.values.values[index[k]])
            for k, one in self._formulas.items():
                spec = _replace(spec, one, values[k])
            built = self._build(spec)
            self._built[combination] = built, self._key_text(built)
        return self._built[combination]

    def _build(self, spec: Spec) -> Any:
        try:
            if self._root == ENVIRONMENT:
                return tuple(_build_one(ENVIRONMENT, part) for part in spec)
            return None if spec is None else _build_one(self._root, spec)
        except ArgumentError as error:
            if error.argument.startswith(self._root):
                raise
            argument = f"{self._root}.{error.argument}"
            raise ArgumentError(argument, error.requirement, error.value, error.cure) from None

    def _key_text(self, built: Any) -> str:
        if self._root == "run":
            return ""
        if self._root == ENVIRONMENT:
            return to_text([key_content(part) for part in built])
        return to_text(None if built is None else key_content(built))


def _build_one(kind: str, spec: Spec) -> Any:
    """Build an object from a table or a string."""
    built = build(kind, parse(kind, spec))
    entries = tuple(registry.items(kind).values())
    if not isinstance(built, entries) and not hasattr(type(built), "parameters"):
        raise ArgumentError(kind, f"be a registered {kind}", built)
    return built


def _replace(spec: Spec, one: Varied, value: Any) -> Spec:
    """Return a table with the value of a parameter replaced."""
    path = one.path[1:]
    if one.path[0] != ENVIRONMENT:
        spec = parse(one.path[0], spec) if path and isinstance(spec, str) else spec
        return with_value(spec, path, value, one.argument)
    if not path:  # the whole environment
        parts = value if isinstance(value, list | tuple) else [value]
        return [part for part in parts if part not in ("", "none")]
    number = int(path[0])
    if number >= len(spec):
        raise ArgumentError(one.argument, f"have an environment index below {len(spec)}", number)
    part = parse(ENVIRONMENT, spec[number]) if path[1:] else None
    replaced = with_value(part, path[1:], value, one.argument)
    return [*spec[:number], replaced, *spec[number + 1 :]]
