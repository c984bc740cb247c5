"""Named objects with their arguments, written as text: ``name:value,field=value``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from qubatt.core.declaration import STORED_IF_CHANGED, fields_of
from qubatt.core.errors import MISSING, ArgumentError
from qubatt.core.registry import registry


def from_text(kind: str, text: str, argument: str | None = None) -> Any:
    """Build a registered object from ``name:value,value`` or ``name:field=value,…``.

    Parameters
    ----------
    kind : str
        Kind in the registry.
    text : str
        Text to parse; several numbers of one field are written as ``0/1/2``.
    argument : str, optional
        Name of the argument in errors about the name, by default the kind.

    Raises
    ------
    ArgumentError
        If the name or a field does not exist, or if a value is invalid.
    """
    name, _, rest = text.partition(":")
    cls = _registered(kind, name, argument)
    types = {field: entry.annotation for field, entry in fields_of(cls).items()}
    args: list[Any] = []
    kwargs: dict[str, Any] = {}
    for part in rest.split(",") if rest else []:
        field, equals, given = part.rpartition("=")
        field = field.strip().replace("-", "_")
        if equals and field in kwargs:
            raise ArgumentError(field, "be given once", text)
        if equals:
            kwargs[field] = field_value(field, types.get(field), given)
        elif kwargs:
            cure = f"Fields are: {', '.join(types)}."
            raise ArgumentError(
                kind, "list values without names before those with names", text, cure
            )
        else:
            field = list(types)[len(args)] if len(args) < len(types) else ""
            args.append(field_value(field, types.get(field), part))
    try:
        return cls(*args, **kwargs)
    except ArgumentError as error:
        if not (error.value is MISSING or isinstance(error.value, str)):
            raise
        cure = error.cure if error.requirement.startswith("be left out") else ""
        cure = f"{cure} Write, for example, {written_form(name, cls)}.".strip()
        raise ArgumentError(error.argument, error.requirement, error.value, cure) from None


def _registered(kind: str, name: str, argument: str | None) -> Any:
    """Return the class of that name; errors correct other spellings such as ``CavityLoss``."""
    try:
        return registry.get(kind, name, argument)
    except ArgumentError as error:
        words = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", re.split(r"[=( ]", name.strip())[0])
        plain = words.replace("_", "-").lower()
        if plain not in (entries := registry.items(kind)):
            raise
        cure = f"Write, for example, {written_form(plain, entries[plain])}."
        raise ArgumentError(error.argument, error.requirement, name, cure) from None


def written_form(name: str, cls: type[Any]) -> str:
    """Return example strings of a class: with required fields only, and with all fields by name."""
    fields = {
        field: (entry.is_required(), _written(entry.examples[0]))
        for field, entry in fields_of(cls).items()
        if entry.examples and entry.json_schema_extra != STORED_IF_CHANGED
    }
    required = ",".join(text for is_required, text in fields.values() if is_required)
    short = f"{name}:{required}" if required else name
    if all(is_required for is_required, _ in fields.values()):
        return short
    return f"{short} or {name}:" + ",".join(f"{k}={text}" for k, (_, text) in fields.items())


def _written(value: Any) -> str:
    """Return a number, a name or several numbers as text."""
    return "/".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def to_declared(kind: str, value: Any, argument: str | None = None) -> Any:
    """Return the object described by a string such as ``"fock:2"``, or any other value unchanged.

    Raises
    ------
    ArgumentError
        As in `from_text`.
    """
    return from_text(kind, value, argument or kind) if isinstance(value, str) else value


def plain_types(annotation: Any) -> Iterator[Any]:
    """Yield the types that a field accepts, without ``None`` and annotations."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from plain_types(get_args(annotation)[0])
    elif origin in (Union, UnionType):
        for part in get_args(annotation):
            yield from plain_types(part)
    elif annotation is not type(None):
        yield origin or annotation


def field_value(field: str, annotation: Any, text: str) -> Any:
    """Return the value of a field of that type from its text.

    Numbers are converted, and ``0/1/2`` yields several numbers; a field that accepts functions of
    time also accepts the name of a pulse with its arguments, as in ``gaussian:0.5,5,1``.

    Raises
    ------
    ArgumentError
        If there is no such pulse, or if its arguments are invalid.
    """
    types = set(plain_types(annotation))
    if Sequence in types:
        return [number_or_text(part.strip()) for part in text.split("/")]
    parsed = number_or_text(text.strip())
    if Callable not in types or not isinstance(parsed, str):
        return parsed
    is_pulse = ":" in parsed or parsed in registry.items("pulse")
    return from_text("pulse", parsed, field) if is_pulse else parsed


def number_or_text(text: str) -> int | float | str:
    """Return the text as a number if possible, otherwise unchanged."""
    for convert in (int, float):
        try:
            return convert(text)
        except ValueError:
            continue
    return text
