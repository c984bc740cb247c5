"""What is written of a thing, before it is built: tables, texts and objects; one value replaced."""

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
"""A table with a ``type`` and fields, or what cannot be taken apart."""


def read(kind: str, given: Any, argument: str | None = None) -> Spec:
    """Return the table of a thing that is given as one, as text, or built.

    Parameters
    ----------
    kind : str
        Kind in the registry.
    given : mapping, str or declared object
        ``{"type": "fock", "photons": 4}``, ``"fock:4"`` or ``qb.FockState(4)``.
    argument : str, optional
        What errors speak of, by default the kind.

    Raises
    ------
    ArgumentError
        If there is no such thing, or a field that it does not have.
    """
    argument = argument or kind
    if isinstance(given, str):
        given = from_text(kind, given, argument)
    if isinstance(given, Mapping):
        if "type" not in given:
            cure = f"One of: {', '.join(registry.items(kind))}."
            raise ArgumentError(f"{argument}.type", "be given", MISSING, cure)
        cls = registry.get(kind, given["type"], f"{argument}.type")
        known = fields_of(cls)
        for name in given:
            if name != "type" and name not in known:
                cure = suggest(str(name), known)
                raise ArgumentError(
                    f"{argument}.{name}", f"be a field of {given['type']}", MISSING, cure
                )
        return dict(given)
    for name, cls in registry.items(kind).items():
        if type(given) is cls and getattr(cls, "has_text_form", True):
            values = {field.name: getattr(given, field.name) for field in dataclasses.fields(given)}
            return {"type": name} | values
    return given


def build(kind: str, tree: Spec) -> Any:
    """Return the thing that a table stands for.

    Raises
    ------
    ArgumentError
        If a field is missing or its value is refused.
    """
    if not isinstance(tree, Mapping):
        return tree
    cls = registry.get(kind, tree["type"])
    known = fields_of(cls)
    return cls(**{name: _built(name, part, known) for name, part in tree.items() if name != "type"})


def _built(name: str, value: Any, known: Mapping[str, FieldInfo]) -> Any:
    """Return the value of a field: pulses from their tables, numbers from text."""
    if isinstance(value, str) and value == "auto":
        return value
    if isinstance(value, str) and name in known:
        return field_value(name, known[name].annotation, value)
    if isinstance(value, Mapping) and "type" in value:
        return build("pulse", value)
    return value


def with_value(tree: Spec, path: tuple[str, ...], value: Any, argument: str) -> Spec:
    """Return the tree with another value at a path.

    Raises
    ------
    ArgumentError
        If nothing has that place.
    """
    if not path:
        return value
    first, rest = path[0], path[1:]
    if dataclasses.is_dataclass(tree) and not isinstance(tree, type):
        tree = {"type": _type_of(tree, argument)} | {
            field.name: getattr(tree, field.name) for field in dataclasses.fields(tree)
        }
    if isinstance(tree, str) and tree.partition(":")[0] in registry.items("pulse"):
        tree = read("pulse", tree, argument)
    if not isinstance(tree, Mapping):
        cure = "Give it as a table with type and fields, or replace it as a whole."
        raise ArgumentError(argument, "name a field of a table", tree, cure)
    return {**tree, first: with_value(tree.get(first), rest, value, argument)}


def _type_of(thing: Any, argument: str) -> str:
    for kind in registry.kinds():
        for name, cls in registry.items(kind).items():
            if type(thing) is cls:
                return name
    raise ArgumentError(argument, "name a field of something declared", thing)
