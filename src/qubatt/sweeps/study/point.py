"""The points of a study: what is solved at each, and the key of its result."""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from qubatt.core.declaration import fields_of, parameters_of
from qubatt.core.errors import ArgumentError
from qubatt.core.registry import registry
from qubatt.models import Battery
from qubatt.pulses import FunctionPulse
from qubatt.sweeps.study.axis import Path, Varied, called
from qubatt.sweeps.study.axis_values import AxisValues
from qubatt.sweeps.study.formula import Formula
from qubatt.sweeps.study.function_hash import function_hash
from qubatt.sweeps.study.run_spec import RunSpec, Setting
from qubatt.sweeps.study.spec import build, read, with_value

if TYPE_CHECKING:
    from qubatt.sweeps.study.study import Study

NUMERICS = 1
"""Raised when the same parameters would give other numbers: old results do not count then."""

LENGTH = 32
"""Hexadecimal digits of a key."""

ENVIRONMENT = "environment"
"""The table that is a list."""

T = TypeVar("T")


@dataclass(frozen=True)
class Point:
    """One point of a study.

    Attributes
    ----------
    index : tuple of int
        Place in the grid.
    coordinates : dict
        What stands on the axes there, and values of formulas.
    setting : Setting
        Battery, charger and environment.
    protocol : Protocol
        What is done with them.
    facts : str
        Text of battery and environment, from which keys are made.
    start : str
        Text of the charger state, likewise.
    """

    index: tuple[int, ...]
    coordinates: dict[str, Any]
    setting: Setting
    run_spec: RunSpec
    facts: str
    start: str

    @cached_property
    def key(self) -> str:
        """Address of the result: a hash of all that determines it.

        The merits are part of it only where times or a cut-off are to be found, which depends on
        them.
        """
        found = dict(self.run_spec.facts)
        if self.run_spec.is_open(self.setting.battery):
            merits = self.run_spec.merits
            found["merits"] = None if merits is None else sorted(set(merits))
        return _hash(self.facts, self.start, _text(_canonical(found)))

    @cached_property
    def family(self) -> str:
        """What points have in common that share a propagation; the key where none is shared."""
        if self.run_spec.is_open(self.setting.battery):
            return self.key
        shared = dict(self.run_spec.facts)
        for name in self.run_spec.varies:
            shared.pop(name, None)
        return _hash(self.facts, _text(_canonical(shared)))

    @property
    def seed(self) -> int:
        """Seed of random numbers at this point."""
        return int(self.key[:8], 16)


def points_of(study: Study) -> Iterator[Point]:
    """Yield the points of a study in the order of its grid."""
    parts = {root: _Part(study, root) for root in ("battery", "charger", "environment", "run")}
    labels = [[one.values.labels for one in axis.varied] for axis in study.axes]  # type: ignore[union-attr]  # checked
    fixed = _fixed(study) if study.formulas else {}
    first: RunSpec | None = None
    for index in itertools.product(*(range(size) for size in study.shape)):
        coordinates = {
            one.name: values[k]
            for axis, columns, k in zip(study.axes, labels, index, strict=True)
            for one, values in zip(axis.varied, columns, strict=True)
        }
        numbers = {**fixed, **_varying(study, index)} if study.formulas else {}
        formulas = _formulas(study, numbers)
        coordinates |= {study.formulas[k].name: value for k, value in formulas.items()}
        battery, said = parts["battery"].at(index, formulas)
        charger, start = parts["charger"].at(index, formulas)
        environment, losses = parts["environment"].at(index, formulas)
        run_spec, _ = parts["run"].at(index, formulas)
        first = first or run_spec
        _check_form(first, run_spec)
        if charger is None and (default := battery.default_charger()) is not None:
            start = _text(_said(default))
        setting = Setting(battery, charger, environment)
        yield Point(index, coordinates, setting, run_spec, f"{said}{losses}", start)


def _check_form(first: RunSpec, other: RunSpec) -> None:
    """Refuse runs whose results have other dims."""
    if type(other) is not type(first):
        cure = "Make a study of each."
        raise ArgumentError("run", "be of one type at all points", other, cure)
    looks = [getattr(run, "state_times", None) for run in (first, other)]
    if (looks[0] is None) != (looks[1] is None):
        raise ArgumentError("run.state_times", "be given at all points or at none", looks)


def _fixed(study: Study) -> dict[str, Any]:
    """Return the numbers in the tables that do not vary, by the names that formulas use."""
    found: dict[Path, Any] = {}
    for root, table in study.tables.items():
        parts: dict[Path, Any] = {(root,): table}
        if root == ENVIRONMENT:
            parts = {(root, str(k)): part for k, part in enumerate(table)}
        for place, part in parts.items():
            if isinstance(part, Mapping):
                found |= {(*place, field): value for field, value in part.items()}
    moving = [one.path for axis in study.axes for one in axis.varied]
    return {
        called(path, study.tables)[0]: value
        for path, value in found.items()
        if _is_number(value) and not any(path[: len(other)] == other for other in moving)
    }


def _varying(study: Study, index: tuple[int, ...]) -> dict[str, Any]:
    """Return the numbers on the axes at a place of the grid, by the names that formulas use.

    A parameter that is called otherwise on its axis may go by its own name, too.
    """
    found: dict[str, Any] = {}
    for axis, k in zip(study.axes, index, strict=True):
        for one in axis.varied:
            assert isinstance(one.values, AxisValues)
            value, label = one.values.values[k], one.values.labels[k]
            number = value if _is_number(value) else label
            if _is_number(number):
                found |= dict.fromkeys((called(one.path, study.tables)[0], one.name), number)
    return found


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _formulas(study: Study, given: Mapping[str, Any]) -> dict[int, Any]:
    """Return the values of all formulas, by their number; they may use one another."""
    if not study.formulas:
        return {}
    numbers = dict(given)
    left = dict(enumerate(study.formulas))
    found: dict[int, Any] = {}
    for one in left.values():
        numbers.pop(one.name, None)
    while left:
        names = {one.name for one in left.values()}
        ready = [k for k, one in left.items() if not one.values.names & names]  # type: ignore[union-attr]  # formulas
        if not ready:
            first = next(iter(left.values()))
            cure = f"It uses {', '.join(sorted(names))}, which in turn use it."
            raise ArgumentError(first.argument, "be a formula of others", first.values.text, cure)  # type: ignore[union-attr]
        for k in ready:
            one = left.pop(k)
            assert isinstance(one.values, Formula)
            found[k] = numbers[one.name] = one.values.value(numbers)
    return found


class _Part:
    """One table of a study, built once for every combination of what varies in it."""

    def __init__(self, study: Study, root: str) -> None:
        self._root, self._tree = root, study.tables[root]
        self._varied: list[tuple[int, Varied]] = [
            (k, one)
            for k, axis in enumerate(study.axes)
            for one in axis.varied
            if one.path[0] == root
        ]
        self._varied.sort(key=lambda pair: len(pair[1].path))  # what holds others comes first
        self._formulas = {k: one for k, one in enumerate(study.formulas) if one.path[0] == root}
        self._built: dict[Any, tuple[Any, str]] = {}

    def at(self, index: tuple[int, ...], formulas: Mapping[int, Any]) -> tuple[Any, str]:
        """Return the thing at a place of the grid, and the text that keys are made of."""
        own = {k: formulas[k] for k in self._formulas}
        place = (*(index[k] for k, _ in self._varied), *own.values())
        if place not in self._built:
            tree = self._tree
            for k, one in self._varied:
                assert isinstance(one.values, AxisValues)
                tree = _put(tree, one, one.values.values[index[k]])
            for k, one in self._formulas.items():
                tree = _put(tree, one, own[k])
            thing = self._build(tree)
            self._built[place] = thing, self._text(thing)
        return self._built[place]

    def _build(self, tree: Any) -> Any:
        try:
            return self._made(tree)
        except ArgumentError as error:
            if error.argument.startswith(self._root):
                raise
            argument = f"{self._root}.{error.argument}"
            raise ArgumentError(argument, error.requirement, error.value, error.cure) from None

    def _made(self, tree: Any) -> Any:
        if self._root == "environment":
            return tuple(_one("environment", part) for part in tree)
        return None if tree is None else _one(self._root, tree)

    def _text(self, thing: Any) -> str:
        if self._root == "run":
            return ""
        if self._root == "environment":
            return _text([_said(part) for part in thing])
        return _text(None if thing is None else _said(thing))


def _one(kind: str, tree: Any) -> Any:
    """Build a thing from its table, or from text."""
    built = build(kind, read(kind, tree))
    entries = tuple(registry.items(kind).values())
    if not isinstance(built, entries) and not hasattr(type(built), "parameters"):
        raise ArgumentError(kind, f"be a registered {kind}", built)
    return built


def _put(tree: Any, one: Varied, value: Any) -> Any:
    """Return a table with another value of a parameter."""
    path = one.path[1:]
    if one.path[0] != "environment":
        tree = read(one.path[0], tree) if path and isinstance(tree, str) else tree
        return with_value(tree, path, value, one.argument)
    if not path:  # the whole environment
        parts = value if isinstance(value, list | tuple) else [value]
        return [part for part in parts if part not in ("", "none")]
    place = int(path[0])
    if place >= len(tree):
        raise ArgumentError(one.argument, f"be one of {len(tree)} environments", place)
    part = read("environment", tree[place]) if path[1:] else None
    changed = with_value(part, path[1:], value, one.argument)
    return [*tree[:place], changed, *tree[place + 1 :]]


def _said(thing: Any) -> Any:
    """Return what keys hold of a thing: parameters, and hashes of functions of time."""
    found = _canonical(parameters_of(thing))
    pulses = list(vars(thing).values()) if dataclasses.is_dataclass(thing) else []
    if isinstance(thing, Battery) and not thing.has_text_form:
        pulses = [term.pulse for term in thing.charging_terms()]
        order = [name for name, _ in thing.dims]  # type: ignore[attr-defined]
        if order != sorted(order):  # texts of keys are sorted, so that they would not tell
            found["order"] = order
    hashes = [function_hash(f.function) for f in pulses if isinstance(f, FunctionPulse)]
    return {**found, "functions": hashes} if hashes else found


def _canonical(parameters: Any) -> Any:
    """Return parameters as keys hold them: without fields added later that have their default.

    A field that a later version adds carries ``json_schema_extra={"added": True}``; where it has
    its default, the key is the one from before, because so is the physics.
    """
    if isinstance(parameters, list):
        return [_canonical(part) for part in parameters]
    if isinstance(parameters, int | float) and not isinstance(parameters, bool):
        return float(parameters) + 0.0  # 4 is 4.0, −0 is 0
    if not isinstance(parameters, dict):
        return parameters
    later = _added(parameters.get("type"))
    return {
        name: _canonical(value)
        for name, value in parameters.items()
        if name not in later or value != later[name]
    }


def _added(name: Any) -> dict[str, Any]:
    """Return the fields that were added later to what has that name, with their defaults."""
    found = {}
    for kind in ("battery", "charger", "environment", "pulse", "run"):
        cls = registry.items(kind).get(name) if isinstance(name, str) else None
        for entry, info in (fields_of(cls) if cls is not None else {}).items():
            if isinstance(info.json_schema_extra, dict) and info.json_schema_extra.get("added"):
                found[entry] = info.default
    return found


def _text(content: Any) -> str:
    return json.dumps(content, sort_keys=True, allow_nan=False)


def _hash(*texts: str) -> str:
    joined = "\n".join([f"qubatt {NUMERICS}", *texts])
    return hashlib.sha256(joined.encode()).hexdigest()[:LENGTH]
