"""Tables, texts and objects of a study before they are built."""

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
    """Return the table of an object that is written as a table or text, or already built.

    Parameters
    ----------
    kind : str
        Kind in the registry.
    written : mapping, str or declared object
        ``{"type": "fock", "photons": 4}``, ``"fock:4"`` or ``qb.FockState(4)``.
    argument : str, optional
        Argument that errors name, by default the kind.

    Raises
    ------
    ArgumentError
        If there is no such type, or it has no such field.
    """
    argument = argument or kind
    if isinstance(written, str):
        written = from_text(kind, written, argument)
    if isinstance(written, Mapping):
        if "type" not in written:
            cure = f"One of: {', '.join(registry.items(kind))}."
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
    """Return the object of a table.

    Raises
    ------
    ArgumentError
        If a field is missing or its value is refused.
    """
    if not isinstance(spec, Mapping):
        return spec
    cls = registry.get(kind, spec["type"])
    fields = fields_of(cls)
    return cls(
        **{name: _value(name, part, fields) for name, part in spec.items() if name != "type"}
    )


def _value(name: str, value: Any, fields: Mapping[str, FieldInfo]) -> Any:
    """Return the value of a field: pulses from their tables, numbers from text."""
    if isinstance(value, str) and value == "auto":
        return value
    if isinstance(value, str) and name in fields:
        return field_value(name, fields[name].annotation, value)
    if isinstance(value, Mapping) and "type" in value:
        return build("pulse", value)
    return value


def with_value(spec: Spec, path: tuple[str, ...], value: Any, argument: str) -> Spec:
    """Return a table with another value at a path.

    Raises
    ------
    ArgumentError
        If there is no such path.
    """
    if not path:
        return value
    first, rest = path[0], path[1:]
    if dataclasses.is_dataclass(spec) and not isinstance(spec, type):
        spec = _table(_type_name(spec, argument), spec)
    if isinstance(spec, str) and spec.partition(":")[0] in registry.items("pulse"):
        spec = parse("pulse", spec, argument)
    if not isinstance(spec, Mapping):
        cure = "Give it as a table with type and fields, or replace it as a whole."
        raise ArgumentError(argument, "name a field of a table", spec, cure)
    return {**spec, first: with_value(spec.get(first), rest, value, argument)}


def _table(type_name: str, declared: Any) -> dict[str, Any]:
    fields = dataclasses.fields(declared)
    return {"type": type_name} | {field.name: getattr(declared, field.name) for field in fields}


def _type_name(declared: Any, argument: str) -> str:
    for kind in registry.kinds():
        for name, cls in registry.items(kind).items():
            if type(declared) is cls:
                return name
    raise ArgumentError(argument, "name a field of a declared object", declared)
