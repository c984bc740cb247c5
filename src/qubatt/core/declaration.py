"""One decorator that makes a user-facing class frozen, validated and registered."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable
from typing import Any, TypeVar, dataclass_transform

from pydantic import ConfigDict, Field, ValidationError
from pydantic.dataclasses import dataclass as pydantic_dataclass
from pydantic.fields import FieldInfo

from qubatt.core.check import explain
from qubatt.core.docstring import with_sections
from qubatt.core.errors import MISSING, ArgumentError
from qubatt.core.registry import registry

T = TypeVar("T")

STORED_IF_CHANGED: dict[str, Any] = {"stored": "if changed"}
"""`json_schema_extra` of a field that results store only if it differs from its default.

It is used for fields added to a class later, so that keys of earlier results stay valid.
"""


@dataclass_transform(frozen_default=True, field_specifiers=(Field,))
def declare(kind: str, name: str) -> Callable[[type[T]], type[T]]:
    """Make a class a frozen, validated dataclass and register it as `kind` `name`.

    The fields are the only declaration: validation, command-line options, study files
    and stored parameters derive from it. Each field has ``Field(description=…, examples=[…])``.

    Parameters
    ----------
    kind : str
        Kind in the registry: ``"battery"``, ``"charger"``, ``"environment"``, ``"pulse"``,
        ``"engine"``, ``"steady-solver"``, …
    name : str
        Name used on the command line and in files.
    """

    def decorate(cls: type[T]) -> type[T]:
        made: Any = pydantic_dataclass(frozen=True, config=ConfigDict(extra="forbid"))(cls)
        plain_init = made.__init__

        @functools.wraps(plain_init)
        def checked_init(self: Any, *args: Any, **kwargs: Any) -> None:
            fields = fields_of(made)
            if len(args) > len(fields):
                requirement = f"be at most {len(fields)} in number ({', '.join(fields)})"
                requirement = requirement if fields else f"be left out of {name}"
                raise ArgumentError("arguments", requirement, args)
            named = dict(zip(fields, args, strict=False))
            for twice in named.keys() & kwargs.keys():
                raise ArgumentError(twice, "be given once", kwargs[twice])
            try:
                plain_init(self, **named, **kwargs)
            except ValidationError as error:
                raise explain(error, fields) from None

        made.__init__ = checked_init
        made.__doc__ = with_sections(cls, fields_of(made))
        registry.add(kind, name, made)
        return made  # type: ignore[no-any-return]  # pydantic's decorator is typed as Any here

    return decorate


def parameters_of(declared: Any) -> dict[str, Any]:
    """Return type and fields of a declared object, ready for JSON.

    Returns
    -------
    dict
        ``{"type": registered name, field: value, …}``, with declared objects among the values
        as dicts of the same form. Other values may have a method ``parameters()``.
    """
    if callable(to_parameters := getattr(type(declared), "parameters", None)):
        return dict(to_parameters(declared))
    name = registry.any_name_of(type(declared))
    if name is None:
        cure = "Put @declare(kind, name) above its class."
        raise ArgumentError(type(declared).__name__, "be declared", MISSING, cure)
    stored = {
        field: _ready(value)
        for field, optional, default in _stored_fields(type(declared))  # type: ignore[arg-type]
        for value in [getattr(declared, field)]
        if not optional or value != default
    }
    return {"type": name} | stored


@functools.cache
def _stored_fields(cls: Any) -> tuple[tuple[str, bool, Any], ...]:
    """Return the name of each field, whether it is stored only if changed, and its default."""
    fields = fields_of(cls)
    return tuple(
        (
            field.name,
            fields[field.name].json_schema_extra == STORED_IF_CHANGED,
            fields[field.name].default,
        )
        for field in dataclasses.fields(cls)
    )


def _ready(value: Any) -> Any:
    """Return the value of a field, ready for JSON."""
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, list | tuple):
        return [_ready(part) for part in value]
    return parameters_of(value)


def fields_of(cls: type[Any]) -> dict[str, FieldInfo]:
    """Return the declared fields of a class, by name, with type, default and description."""
    return dict(cls.__pydantic_fields__)


def example_of(cls: type[T]) -> T:
    """Build a small valid instance from the first example of every field."""
    examples = {name: field.examples for name, field in fields_of(cls).items()}
    return cls(**{name: values[0] for name, values in examples.items() if values})
