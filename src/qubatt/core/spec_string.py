"""Named things with their arguments, written as text: ``name:value,field=value``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from qubatt.core.declaration import fields_of
from qubatt.core.errors import ArgumentError
from qubatt.core.registry import registry


def from_text(kind: str, text: str, argument: str | None = None) -> Any:
    """Build a registered thing from ``name:value,value`` or ``name:field=value,…``.

    Parameters
    ----------
    kind : str
        Kind in the registry.
    text : str
        What was typed; a field of several numbers takes them as ``0/1/2``.
    argument : str, optional
        What errors about the name speak of, by default the kind.

    Raises
    ------
    ArgumentError
        If the name or a field does not exist, or a value is refused.
    """
    name, _, rest = text.partition(":")
    cls = registry.get(kind, name, argument)
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
            raise ArgumentError(kind, "name no plain value after a named one", text, cure)
        else:
            field = list(types)[len(args)] if len(args) < len(types) else ""
            args.append(field_value(field, types.get(field), part))
    return cls(*args, **kwargs)


def to_declared(kind: str, value: Any, argument: str | None = None) -> Any:
    """Return a declared object: a text such as ``"fock:2"`` built, anything else as it is.

    Raises
    ------
    ArgumentError
        As in `from_text`.
    """
    return from_text(kind, value, argument or kind) if isinstance(value, str) else value


def plain_types(annotation: Any) -> Iterator[Any]:
    """Yield the types that a field takes, without ``None`` and annotations."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from plain_types(get_args(annotation)[0])
    elif origin in (Union, UnionType):
        for part in get_args(annotation):
            yield from plain_types(part)
    elif annotation is not type(None):
        yield origin or annotation


def field_value(field: str, annotation: Any, text: str) -> Any:
    """Return the value of a field of that type.

    Numbers are read as such, several of them from ``0/1/2``; a field that takes functions of
    time takes the name of a pulse with its arguments, as in ``gaussian:0.5,5,1``.

    Raises
    ------
    ArgumentError
        If there is no such pulse, or its arguments are refused.
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
    """Return a number where the text is one."""
    for convert in (int, float):
        try:
            return convert(text)
        except ValueError:
            continue
    return text
