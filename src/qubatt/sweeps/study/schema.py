"""JSON schema of study files, for editors."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import TypeAdapter
from pydantic.errors import PydanticInvalidForJsonSchema
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

import qubatt.sweeps.study.study  # noqa: F401  # registers the types used in studies
from qubatt.core.declaration import fields_of
from qubatt.core.registry import registry
from qubatt.sweeps.study.axis_values import RANGE_KEYS

NUMBER_SCHEMA = {"type": "number"}

SCHEMA_BOUNDS = {
    "ge": "minimum",
    "gt": "exclusiveMinimum",
    "le": "maximum",
    "lt": "exclusiveMaximum",
}
"""JSON-schema names of bounds, for fields whose type is validated before their bounds."""


def study_schema() -> dict[str, Any]:
    """Return the JSON schema of study files, derived from the declared classes.

    Only the type of a table is required, because parameters that vary may be omitted.
    """
    kinds = {kind: _kind(kind) for kind in ("battery", "charger", "environment", "run")}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "qubatt study",
        "type": "object",
        "properties": {
            "title": {"type": "string"},
            "description": {"type": "string"},
            "battery": kinds["battery"],
            "charger": kinds["charger"],
            "environment": {"type": "array", "items": kinds["environment"]},
            "run": kinds["run"],
            "sweep": _sweep(),
        },
        "required": ["battery"],
        "additionalProperties": False,
    }


def _kind(kind: str) -> dict[str, Any]:
    """Return the schema of a kind: a table of any of its types, or a string."""
    tables = [
        _table(name, cls)
        for name, cls in registry.items(kind).items()
        if getattr(cls, "has_text_form", True)
    ]
    return {"anyOf": [*tables, {"type": "string"}]}


def _table(name: str, cls: type[Any]) -> dict[str, Any]:
    properties: dict[str, Any] = {"type": {"const": name}}
    for field, info in fields_of(cls).items():
        schema = _field(info.annotation, info.metadata)
        properties[field] = schema | {"description": info.description or ""}
        if not info.is_required() and info.default is not None:
            properties[field]["default"] = info.default
    return {
        "title": name,
        "description": (cls.__doc__ or "").strip().split("\n")[0],
        "type": "object",
        "properties": properties,
        "required": ["type"],
        "additionalProperties": False,
    }


def _field(annotation: Any, metadata: Any) -> dict[str, Any]:
    """Return the schema of a field; an amplitude is a number, or a pulse as string or table."""
    try:
        annotated: Any = Annotated[(annotation, *metadata)] if metadata else annotation
        schema = TypeAdapter(annotated).json_schema(schema_generator=_Quiet)
    except PydanticInvalidForJsonSchema:
        return {"anyOf": [NUMBER_SCHEMA, {"type": "string"}, {"type": "object"}]}
    return {SCHEMA_BOUNDS.get(name, name): part for name, part in schema.items()}


class _Quiet(GenerateJsonSchema):
    """Schema generator that emits no warnings about functions."""

    def emit_warning(self, kind: Any, detail: str) -> None:
        """Emit no warning."""

    def function_plain_schema(self, schema: Any) -> JsonSchemaValue:  # noqa: ARG002
        """Return the schema of a field validated by a function: a number, string or table."""
        return {"anyOf": [NUMBER_SCHEMA, {"type": "string"}, {"type": "object"}]}


def _sweep() -> dict[str, Any]:
    values = {"type": "array", "minItems": 1}
    spans = {
        "start": NUMBER_SCHEMA,
        "stop": NUMBER_SCHEMA,
        "count": {"type": "integer", "minimum": 1},
        "step": NUMBER_SCHEMA,
        "spacing": {"enum": ["linear", "logarithmic"]},
    }
    assert set(spans) == set(RANGE_KEYS)
    texts = {"name": {"type": "string"}, "label": {"type": "string"}}
    table = {
        "type": "object",
        "properties": spans | texts | {"values": values, "labels": values},
        "additionalProperties": False,
    }
    groups = {"type": "array", "items": {"type": "array", "items": {"type": "string"}}}
    return {
        "type": "object",
        "properties": {"together": groups},
        "additionalProperties": {"anyOf": [values, table, {"type": "string"}]},
    }
