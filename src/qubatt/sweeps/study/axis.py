"""Axes of a study: parameters that vary independently or together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qubatt.core.declaration import fields_of
from qubatt.core.errors import ArgumentError, suggest
from qubatt.core.field_units import description_and_units
from qubatt.core.registry import registry
from qubatt.merits.selection import all_merits
from qubatt.results.contents import CERTIFICATE_PREFIX
from qubatt.sweeps.study.axis_values import KEYS, AxisValues, axis_values
from qubatt.sweeps.study.formula import Formula

ROOTS = {"battery": "battery", "charger": "charger", "environment": "environment", "run": "run"}
"""Registry kinds of the objects in the tables of a study, by the name of the table."""

RESERVED = ("time", "state_time", "status", "key", "step", "still_rising", "relaxation_rate")
"""Names of result variables, other than merits and certificate values, that no axis may have."""

ParameterPath = tuple[str, ...]
"""Table and field names of a parameter; entries of the environment are numbered."""


@dataclass(frozen=True)
class Varied:
    """A parameter that varies.

    Attributes
    ----------
    argument : str
        The parameter as written in the study.
    path : tuple of str
        Table and field names of the parameter.
    name : str
        Name of the coordinate.
    values : AxisValues or Formula
        The values, or the formula that gives them.
    description : str
        Axis label in figures, without units.
    units : str
        Units of the values, such as ``omega_ref``; empty if there are none or if they are unknown.
    """

    argument: str
    path: ParameterPath
    name: str
    values: AxisValues | Formula
    description: str = ""
    units: str = ""


@dataclass(frozen=True)
class Axis:
    """Parameters that vary together; the first one names the dimension.

    Attributes
    ----------
    varied : tuple of Varied
        The parameters, all with the same number of values.
    """

    varied: tuple[Varied, ...]

    @property
    def name(self) -> str:
        """Name of the dimension."""
        return self.varied[0].name

    def __len__(self) -> int:
        values = self.varied[0].values
        assert isinstance(values, AxisValues)
        return len(values.values)


def parse_axes(
    tables: Mapping[str, Any], sweep: Mapping[str, Any]
) -> tuple[tuple[Axis, ...], tuple[Varied, ...]]:
    """Return the axes of a study and the parameters given by formulas.

    Parameters
    ----------
    tables : mapping
        Parsed tables of the study.
    sweep : mapping
        Values of each parameter; ``together`` lists groups of parameters that vary as one axis.

    Raises
    ------
    ArgumentError
        If a parameter does not exist or its values are invalid.
    """
    groups = _groups(sweep)
    varied = {}
    for argument, written in sweep.items():
        if argument != "together":
            varied[argument] = _varied(argument, written, tables)
    _check_names(varied.values())
    for argument in (argument for group in groups for argument in group):
        if isinstance(varied[argument].values, Formula):
            cure = "A formula already varies with its parameters."
            raise ArgumentError("sweep.together", "not list formulas", argument, cure)
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
                    f"have {len(axis)} values, the number of values of `{axis.varied[0].argument}`",
                    list(one.values.values),
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
                    "sweep.together", "list parameters of `sweep`, each only once", argument, cure
                )
            seen.add(argument)
    return [tuple(group) for group in groups]


def _varied(argument: str, written: Any, tables: Mapping[str, Any]) -> Varied:
    if isinstance(written, Mapping) and written and not {*written} & {*KEYS}:
        first = next(iter(written))
        cure = f'Quote names that contain a dot: "{argument}.{first}" = …'
        requirement = "be a list of values or a range"
        raise ArgumentError(f"sweep.{argument}", requirement, dict(written), cure)
    path = parameter_path(argument, tables)
    name = coordinate_name(path, tables)
    description, units = _description(path, tables)
    if isinstance(written, str):
        return Varied(argument, path, name, Formula(argument, written), description, units)
    values = axis_values(argument, written)
    if values.label:
        description, units = values.label, ""
    return Varied(argument, path, values.name or name, values, description, units)


def parameter_path(argument: str, tables: Mapping[str, Any]) -> ParameterPath:
    """Return the table and field names of a parameter written as ``battery.coupling``.

    For the environment, both ``cavity-loss.rate`` and ``environment.0.rate`` are accepted.

    Raises
    ------
    ArgumentError
        If the parameter does not exist.
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
            cure = f"Write, for example, environment.{types.index(first)}.rate."
            raise ArgumentError("sweep", f"specify which {first} is meant", argument, cure)
        return ("environment", str(types.index(first)), *rest)
    if first not in ROOTS or (first == "environment" and rest):
        names = [*ROOTS, *filter(None, types)]
        cure = f"Write, for example, battery.coupling. {suggest(first, names)}"
        if first in registry.items("environment"):
            cure = f'The study has no {first}: add [[environment]] with type = "{first}".'
        raise ArgumentError("sweep", "name parameters of the study", argument, cure)
    path = (first, *rest)
    if len(path) > 1:
        _check_field(argument, tables[first], path[1])
    return path


def _check_field(argument: str, table: Any, field: str) -> None:
    """Reject a field that the type of the table lacks."""
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


def coordinate_name(path: ParameterPath, tables: Mapping[str, Any]) -> str:
    """Return the coordinate name of a parameter."""
    table, owner = tables[path[0]], path[0]
    if path[0] == "environment" and len(path) > 1:
        table = table[int(path[1])]
        owner = str(table["type"]) if isinstance(table, Mapping) else f"environment_{path[1]}"
    parts = [owner.replace("-", "_"), *path[1 + (path[0] == "environment") :]]
    if path[0] in ("battery", "run") and len(parts) > 1:
        parts = parts[1:]
    return "_".join(parts)


def _description(path: ParameterPath, tables: Mapping[str, Any]) -> tuple[str, str]:
    """Return the description of the field of a parameter, and its units."""
    table, kind, field = tables[path[0]], ROOTS[path[0]], path[-1]
    if path[0] == "environment" and len(path) > 1:
        table = table[int(path[1])]
    if not (isinstance(table, Mapping) and "type" in table):
        return "", ""
    return description_and_units(kind, str(table["type"]), field)


def _check_names(varied: Iterable[Varied]) -> None:
    """Reject parameters listed twice, duplicate names, and names of result variables."""
    by_name: dict[str, str] = {}
    by_path: dict[ParameterPath, str] = {}
    for one in varied:
        if one.path in by_path:
            cure = f"It is the same parameter as {by_path[one.path]}."
            raise ArgumentError("sweep", "list each parameter only once", one.argument, cure)
        by_path[one.path] = one.argument
        if not one.name.isidentifier():
            cure = 'Choose one: {values = […], name = "…"}.'
            requirement = "have a coordinate name that is an identifier"
            raise ArgumentError(one.argument, requirement, one.name, cure)
        if (
            one.name in RESERVED
            or one.name.startswith(CERTIFICATE_PREFIX)
            or one.name in all_merits()
        ):
            cure = 'Choose another name: {values = […], name = "…"}.'
            raise ArgumentError(
                one.argument, "not reuse the name of a result variable", one.name, cure
            )
        if one.name in by_name:
            cure = 'Rename one of them: {values = […], name = "…"}.'
            requirement = f"have a coordinate name different from that of {by_name[one.name]}"
            raise ArgumentError(one.argument, requirement, one.name, cure)
        by_name[one.name] = one.argument
