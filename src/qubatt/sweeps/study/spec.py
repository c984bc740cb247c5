"""Specifications of the objects in a study: tables, strings, or the objects themselves."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from pydantic.fields import FieldInfo

from qubatt.core.declaration import fields_of
from qubatt.core.errors import MISSING, ArgumentError, suggest
from qubatt.core.registry import registry
from qubatt.core.spec_string import field_value, from_text

Spec = Any
"""A table with a ``type`` and fields, or an object that has no such table."""


def parse(kind: str, written: Any, argument: str | None = None) -> Spec:
    """Return the table of an object that is given as a table, as a string or directly.

    Parameters
    ----------
    kind : str
        Kind in the registry.
    written : mapping, str or declared object
        ``{"type": "fock", "photons": 4}``, ``"fock:4"`` or ``qb.FockState(4)``.
    argument : str, optional
        Argument named in error messages; by default the kind.

    Raises
    ------
    ArgumentError
        If the type, or one of the fields, does not exist.
    """
    argument = argument or kind
    if isinstance(written, str):
        written = from_text(kind, written, argument)
    if isinstance(written, Mapping):
        if "type" not in written:
            cure = f"Choose one of: {', '.join(registry.items(kind))}."
            raise ArgumentError(f"{argument}.type", "be given", MISSING, cure)
        fields = fields_of(registry.get(kind, written["type"], f"{argument}.type"))
        for name in written:
            if name != "type" and name not in fields:
                cure = suggest(str(name), fields)
                raise ArgumentError(
                    f"{argument}.{name}", f"be a field of {written['type']}", MISSING, cure
                )
        return dict(written)
    for name, cls in registry.items(kind).items():
        if type(written) is cls and getattr(cls, "has_text_form", True):
            return _table(name, written)
    return written


def build(kind: str, spec: Spec) -> Any:
    """Return the object that a table describes.

    Raises
    ------
    ArgumentError
        If a field is missing or its value is invalid.
    """
    if not isinstance(spec, Mapping):
        return spec
    cls = registry.get(kind, spec["type"])
    fields = fields_of(cls)
    return cls(
        **{name: _value(name, part, fields) for name, part in spec.items() if name != "type"}
    )


def _value(name: str, value: Any, fields: Mapping[str, FieldInfo]) -> Any:
    """Return the value of a field: a pulse from its table, a number from a string."""
    if isinstance(value, str) and value == "auto":
        return value
    if isinstance(value, str) and name in fields:
        return field_value(name, fields[name].annotation, value)
    if isinstance(value, Mapping) and "type" in value:
        return build("pulse", value)
    return value


def with_value(spec: Spec, path: tuple[str, ...], value: Any, argument: str) -> Spec:
    """Return a table with the value at a path replaced.

    Raises
    ------
    ArgumentError
        If the path does not exist.
    """
    if not path:
        return value
    first, rest = path[0], path[1:]
    if dataclasses.is_dataclass(spec) and not isinstance(spec, type):
        spec = _table(_type_name(spec, argument), spec)
    if isinstance(spec, str) and spec.partition(":")[0] in registry.items("pulse"):
        spec = parse("pulse", spec, argument)
    if not isinstance(spec, Mapping):
        cure = "Specify it as a table with a type and fields, or vary the whole object."
        raise ArgumentError(argument, "refer to a field of a table", spec, cure)
    return {**spec, first: with_value(spec.get(first), rest, value, argument)}


def _table(type_name: str, declared: Any) -> dict[str, Any]:
    fields = dataclasses.fields(declared)
    return {"type": type_name} | {field.name: getattr(declared, field.name) for field in fields}


def _type_name(declared: Any, argument: str) -> str:
    for kind in registry.kinds():
        for name, cls in registry.items(kind).items():
            if type(declared) is cls:
                return name
    raise ArgumentError(argument, "refer to a field of a declared object", declared)
