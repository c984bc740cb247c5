"""Docstring sections of declared classes, generated from their fields and citations."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from qubatt.core.bibliography import BIBLIOGRAPHY

BOUNDS = {"gt": ">", "ge": "≥", "lt": "<", "le": "≤"}

RAISES = """Raises
------
ArgumentError
    If a parameter is missing, unknown or invalid; the message names it."""


def with_sections(cls: type[Any], fields: Mapping[str, FieldInfo]) -> str | None:
    """Return the docstring of a class with sections Parameters, Raises and References.

    The sections precede the examples. A class without a docstring remains without one.
    """
    text = cls.__dict__.get("__doc__")
    if not text:
        return None
    parts = []
    if fields:
        entries = [_entry(name, field) for name, field in fields.items()]
        parts = ["\n".join(["Parameters", "----------", *entries]), RAISES]
    if keys := getattr(cls, "citations", ()):
        sources = [
            textwrap.fill(f"- {key}: {BIBLIOGRAPHY[key]}.", 94, subsequent_indent="  ")
            for key in keys
        ]
        parts.append("\n".join(["References", "----------", *sources]))
    block = "\n\n".join(parts).replace("\n", "\n    ").replace("\n    \n", "\n\n")
    description, header, examples = text.partition("\n    Examples\n    --------\n")
    ending = f"{header}{examples}" if header else "\n    "
    return f"{description.rstrip()}\n\n    {block}\n{ending}" if block else str(text)


def _entry(name: str, field: FieldInfo) -> str:
    """Return the entry of one field for the section "Parameters"."""
    details = [_type_text(field.annotation)]
    bounds = [
        f"{sign} {getattr(item, key):.15g}"
        for item in field.metadata
        for key, sign in BOUNDS.items()
        if isinstance(getattr(item, key, None), int | float)
    ]
    details += [" and ".join(bounds)]
    details += [] if field.is_required() else [f"default: {field.default!r}"]
    shown = ", ".join(detail for detail in details if detail)
    head = f"{name} : {shown}" if shown else name
    return f"{head}\n    {field.description}."


def _type_text(annotation: Any) -> str:
    """Return a type annotation in words, or an empty string for `Any`."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _type_text(get_args(annotation)[0])
    if origin is Literal:
        return " or ".join(map(repr, get_args(annotation)))
    if origin in (Union, UnionType):
        return " or ".join(map(_type_text, get_args(annotation)))
    if origin is Callable:
        return "function of time"
    if annotation is type(None):
        return "None"
    return "" if annotation is Any else getattr(origin or annotation, "__name__", "")
