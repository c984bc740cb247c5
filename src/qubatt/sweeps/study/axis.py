"""Axes of a study: which parameters vary, together or each by itself, and what they are called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
"""Names that results have, beside those of merits and of their certificates."""

Path = tuple[str, ...]
"""Where a value stands in a study; entries of the environment by their number."""


@dataclass(frozen=True)
class Varied:
    """A parameter that varies.

    Attributes
    ----------
    argument : str
        The parameter as it was written.
    path : tuple of str
        Where it stands.
    name : str
        Name of its coordinate.
    values : Values or Formula
        What it becomes.
    description : str
        What pictures write beside it.
    """

    argument: str
    path: Path
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


def axes_of(
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
        If a parameter does not exist or its values are none.
    """
    groups = _groups(sweep)
    varied = {}
    for argument, given in sweep.items():
        if argument != "together":
            varied[argument] = _varied(argument, given, tables)
    _apart(varied.values())
    for argument in (argument for group in groups for argument in group):
        if isinstance(varied[argument].values, Formula):
            cure = "A formula goes along with its parameters by itself."
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
    given = sweep.get("together", [])
    if not isinstance(given, Sequence) or isinstance(given, str):
        raise ArgumentError("sweep.together", "be a list of lists of parameters", given)
    given = [given] if given and all(isinstance(part, str) for part in given) else given
    seen: set[str] = set()
    for group in given:
        for argument in group if isinstance(group, Sequence) else [group]:
            if argument not in sweep or argument in seen:
                cure = suggest(str(argument), sweep)
                raise ArgumentError(
                    "sweep.together", "name each parameter of sweep once", argument, cure
                )
            seen.add(argument)
    # in the order in which the parameters were written, so that the first one has its place
    return [tuple(group) for group in given]


def _varied(argument: str, given: Any, tables: Mapping[str, Any]) -> Varied:
    if isinstance(given, Mapping) and given and not {*given} & {*KEYS}:
        first = next(iter(given))
        cure = f'Names with a dot stand in quotes: "{argument}.{first}" = …'
        raise ArgumentError(f"sweep.{argument}", "be values or a range", dict(given), cure)
    path = path_of(argument, tables)
    name, description = called(path, tables)
    if isinstance(given, str):
        return Varied(argument, path, name, Formula(argument, given), description)
    values = axis_values(argument, given)
    return Varied(argument, path, values.name or name, values, values.label or description)


def path_of(argument: str, tables: Mapping[str, Any]) -> Path:
    """Return where a parameter stands that is written as ``battery.coupling``.

    Of the environment both ``cavity-loss.rate`` and ``environment.0.rate`` are understood.

    Raises
    ------
    ArgumentError
        If there is no such place.
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
        known = [*ROOTS, *filter(None, types)]
        cure = f"For example battery.coupling. {suggest(first, known)}"
        if first in registry.items("environment"):
            cure = f'The study has no {first}: add [[environment]] with type = "{first}".'
        raise ArgumentError("sweep", "name parameters of the study", argument, cure)
    path = (first, *rest)
    if len(path) > 1:
        _check_field(argument, tables[first], path[1])
    return path


def _check_field(argument: str, table: Any, field: str) -> None:
    """Refuse a field that the thing does not have."""
    for kind in ROOTS.values():
        cls = (
            registry.items(kind).get(table.get("type", "")) if isinstance(table, Mapping) else None
        )
        if cls is not None and field != "type":
            known = fields_of(cls)
            if field not in known:
                raise ArgumentError(
                    "sweep", "name parameters of the study", argument, suggest(field, known)
                )


def called(path: Path, tables: Mapping[str, Any]) -> tuple[str, str]:
    """Return the name of a coordinate, and the description of the field."""
    table, owner, kind = tables[path[0]], path[0], ROOTS[path[0]]
    if path[0] == "environment" and len(path) > 1:
        table = table[int(path[1])]
        owner = str(table["type"]) if isinstance(table, Mapping) else f"environment_{path[1]}"
    words = [owner.replace("-", "_"), *path[1 + (path[0] == "environment") :]]
    if path[0] in ("battery", "run") and len(words) > 1:
        words = words[1:]
    description = ""
    field = words[-1]
    if isinstance(table, Mapping) and "type" in table:
        entry = fields_of(registry.get(kind, table["type"])).get(field)
        description = (entry.description or "") if entry is not None else ""
    return "_".join(words), description.split(";")[0].split(", in units")[0]


def _apart(varied: Iterator[Varied] | Any) -> None:
    """Refuse what is varied twice, two of one name, and names that results have."""
    seen: dict[str, str] = {}
    places: dict[Path, str] = {}
    for one in varied:
        if one.path in places:
            cure = f"It is the same as {places[one.path]}."
            raise ArgumentError("sweep", "name each parameter once", one.argument, cure)
        places[one.path] = one.argument
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
                one.argument, "have a name that results do not have", one.name, cure
            )
        if one.name in seen:
            cure = 'Give one of them another: {values = […], name = "…"}.'
            raise ArgumentError(
                one.argument, f"be called otherwise than {seen[one.name]}", one.name, cure
            )
        seen[one.name] = one.argument
