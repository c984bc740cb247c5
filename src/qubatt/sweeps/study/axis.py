"""Axes of a study: parameters that vary, together or each by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qubatt.core.declaration import fields_of
from qubatt.core.errors import ArgumentError, suggest
from qubatt.core.registry import registry
from qubatt.merits.selection import all_merits
from qubatt.results.contents import CERTIFICATE_PREFIX
from qubatt.sweeps.study.axis_values import KEYS, AxisValues, axis_values
from qubatt.sweeps.study.formula import Formula

ROOTS = {"battery": "battery", "charger": "charger", "environment": "environment", "run": "run"}
"""Tables of a study, and the kind in the registry of what they hold."""

RESERVED = ("time", "state_time", "status", "key", "step", "relaxation_rate")
"""Names of result variables other than merits and numbers of certificates."""

ParameterPath = tuple[str, ...]
"""Table and fields of a parameter; entries of the environment by their number."""


@dataclass(frozen=True)
class Varied:
    """A parameter that varies.

    Attributes
    ----------
    argument : str
        The parameter as it was written.
    path : tuple of str
        Its table and fields.
    name : str
        Name of its coordinate.
    values : AxisValues or Formula
        Its values.
    description : str
        Label of its axis in pictures.
    """

    argument: str
    path: ParameterPath
    name: str
    values: AxisValues | Formula
    description: str = ""


@dataclass(frozen=True)
class Axis:
    """Parameters that vary together; the first one names the dim.

    Attributes
    ----------
    varied : tuple of Varied
        With as many values each.
    """

    varied: tuple[Varied, ...]

    @property
    def name(self) -> str:
        """Name of the dim."""
        return self.varied[0].name

    def __len__(self) -> int:
        values = self.varied[0].values
        assert isinstance(values, AxisValues)
        return len(values.values)


def parse_axes(
    tables: Mapping[str, Any], sweep: Mapping[str, Any]
) -> tuple[tuple[Axis, ...], tuple[Varied, ...]]:
    """Return the axes of a study, and the parameters that are formulas of others.

    Parameters
    ----------
    tables : mapping
        The tables of the study, as read.
    sweep : mapping
        Values by parameter; ``together`` holds lists of parameters that vary as one axis.

    Raises
    ------
    ArgumentError
        If a parameter does not exist or its values are not valid.
    """
    groups = _groups(sweep)
    varied = {}
    for argument, written in sweep.items():
        if argument != "together":
            varied[argument] = _varied(argument, written, tables)
    _check_names(varied.values())
    for argument in (argument for group in groups for argument in group):
        if isinstance(varied[argument].values, Formula):
            cure = "A formula follows its parameters by itself."
            raise ArgumentError("sweep.together", "name no formula", argument, cure)
    axes, formulas = [], []
    for argument, one in varied.items():
        if isinstance(one.values, Formula):
            formulas.append(one)
            continue
        group = next((group for group in groups if argument in group), (argument,))
        if group[0] == argument:
            axes.append(Axis(tuple(varied[other] for other in group)))
    for axis in axes:
        for one in axis.varied:
            assert isinstance(one.values, AxisValues)
            if len(one.values.values) != len(axis):
                raise ArgumentError(
                    one.argument,
                    f"have {len(axis)} values, as many as {axis.varied[0].argument}",
                    f"{len(one.values.values)} of them",
                )
    return tuple(axes), tuple(formulas)


def _groups(sweep: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """Return the parameters that vary together."""
    groups = sweep.get("together", [])
    if not isinstance(groups, Sequence) or isinstance(groups, str):
        raise ArgumentError("sweep.together", "be a list of lists of parameters", groups)
    groups = [groups] if groups and all(isinstance(part, str) for part in groups) else groups
    seen: set[str] = set()
    for group in groups:
        for argument in group if isinstance(group, Sequence) else [group]:
            if argument not in sweep or argument in seen:
                cure = suggest(str(argument), sweep)
                raise ArgumentError(
                    "sweep.together", "name each parameter of sweep once", argument, cure
                )
            seen.add(argument)
    return [tuple(group) for group in groups]


def _varied(argument: str, written: Any, tables: Mapping[str, Any]) -> Varied:
    if isinstance(written, Mapping) and written and not {*written} & {*KEYS}:
        first = next(iter(written))
        cure = f'Names with a dot stand in quotes: "{argument}.{first}" = …'
        raise ArgumentError(f"sweep.{argument}", "be values or a range", dict(written), cure)
    path = parameter_path(argument, tables)
    name, description = coordinate_name(path, tables)
    if isinstance(written, str):
        return Varied(argument, path, name, Formula(argument, written), description)
    values = axis_values(argument, written)
    return Varied(argument, path, values.name or name, values, values.label or description)


def parameter_path(argument: str, tables: Mapping[str, Any]) -> ParameterPath:
    """Return table and fields of a parameter that is written as ``battery.coupling``.

    For the environment, both ``cavity-loss.rate`` and ``environment.0.rate`` are understood.

    Raises
    ------
    ArgumentError
        If there is no such parameter.
    """
    first, *rest = argument.split(".")
    types = [
        part.get("type") if isinstance(part, Mapping) else None for part in tables["environment"]
    ]
    if first == "environment" and rest:
        first, *rest = rest
        if first.isdigit() and int(first) < len(types):
            return ("environment", first, *rest)
    if first in types:
        if types.count(first) > 1:
            cure = f"For example environment.{types.index(first)}.rate."
            raise ArgumentError("sweep", f"say which {first} is meant", argument, cure)
        return ("environment", str(types.index(first)), *rest)
    if first not in ROOTS or (first == "environment" and rest):
        names = [*ROOTS, *filter(None, types)]
        cure = f"For example battery.coupling. {suggest(first, names)}"
        if first in registry.items("environment"):
            cure = f'The study has no {first}: add [[environment]] with type = "{first}".'
        raise ArgumentError("sweep", "name parameters of the study", argument, cure)
    path = (first, *rest)
    if len(path) > 1:
        _check_field(argument, tables[first], path[1])
    return path


def _check_field(argument: str, table: Any, field: str) -> None:
    """Refuse a field that the type of the table does not have."""
    for kind in ROOTS.values():
        cls = (
            registry.items(kind).get(table.get("type", "")) if isinstance(table, Mapping) else None
        )
        if cls is not None and field != "type":
            fields = fields_of(cls)
            if field not in fields:
                raise ArgumentError(
                    "sweep", "name parameters of the study", argument, suggest(field, fields)
                )


def coordinate_name(path: ParameterPath, tables: Mapping[str, Any]) -> tuple[str, str]:
    """Return the name of the coordinate of a parameter, and the description of its field."""
    table, owner, kind = tables[path[0]], path[0], ROOTS[path[0]]
    if path[0] == "environment" and len(path) > 1:
        table = table[int(path[1])]
        owner = str(table["type"]) if isinstance(table, Mapping) else f"environment_{path[1]}"
    parts = [owner.replace("-", "_"), *path[1 + (path[0] == "environment") :]]
    if path[0] in ("battery", "run") and len(parts) > 1:
        parts = parts[1:]
    description = ""
    field = parts[-1]
    if isinstance(table, Mapping) and "type" in table:
        entry = fields_of(registry.get(kind, table["type"])).get(field)
        description = (entry.description or "") if entry is not None else ""
    return "_".join(parts), description.split(";")[0].split(", in units")[0]


def _check_names(varied: Iterable[Varied]) -> None:
    """Refuse parameters that vary twice, equal names, and names of result variables."""
    by_name: dict[str, str] = {}
    by_path: dict[ParameterPath, str] = {}
    for one in varied:
        if one.path in by_path:
            cure = f"It is the same as {by_path[one.path]}."
            raise ArgumentError("sweep", "name each parameter once", one.argument, cure)
        by_path[one.path] = one.argument
        if not one.name.isidentifier():
            cure = "Give it one: {values = […], name = …}."
            raise ArgumentError(one.argument, "have a name that is a word", one.name, cure)
        if (
            one.name in RESERVED
            or one.name.startswith(CERTIFICATE_PREFIX)
            or one.name in all_merits()
        ):
            cure = 'Give it another one: {values = […], name = "…"}.'
            raise ArgumentError(
                one.argument, "not reuse the name of a result variable", one.name, cure
            )
        if one.name in by_name:
            cure = 'Give one of them another: {values = […], name = "…"}.'
            requirement = f"have a name different from that of {by_name[one.name]}"
            raise ArgumentError(one.argument, requirement, one.name, cure)
        by_name[one.name] = one.argument
