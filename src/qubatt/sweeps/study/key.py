"""Keys of results: hashes of all parameters that determine a result, in canonical form."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from typing import Any

from qubatt.core.declaration import fields_of, parameters_of
from qubatt.core.registry import registry
from qubatt.models import Battery
from qubatt.pulses import FunctionPulse
from qubatt.sweeps.study.function_hash import function_hash

NUMERICS_VERSION = 1
"""Version of the numerics; incremented when results change, which invalidates earlier results."""

KEY_LENGTH = 32
"""Number of hexadecimal digits of a key."""


def hash_texts(*texts: str) -> str:
    """Return a hash of strings and of the version of the numerics."""
    joined = "\n".join([f"qubatt {NUMERICS_VERSION}", *texts])
    return hashlib.sha256(joined.encode()).hexdigest()[:KEY_LENGTH]


def to_text(content: Any) -> str:
    """Return JSON with sorted keys."""
    return json.dumps(content, sort_keys=True, allow_nan=False)


def key_content(declared: Any) -> Any:
    """Return the parameters of a declared object, with hashes of its functions of time."""
    content = canonical(parameters_of(declared))
    pulses = list(vars(declared).values()) if dataclasses.is_dataclass(declared) else []
    if isinstance(declared, Battery) and not declared.has_text_form:
        pulses = [term.pulse for term in declared.charging_terms()]
        order = [name for name, _ in declared.dims]  # type: ignore[attr-defined]
        if order != sorted(order):  # the text has sorted keys and would lose the order
            content["order"] = order
    hashes = [function_hash(f.function) for f in pulses if isinstance(f, FunctionPulse)]
    return {**content, "functions": hashes} if hashes else content


def canonical(parameters: Any) -> Any:
    """Return parameters with numbers as floats, without added fields that have their defaults.

    A field added in a later version carries ``json_schema_extra={"added": True}``. With its default
    value the physics is that of earlier versions, so the key must not change either.
    """
    if isinstance(parameters, list):
        return [canonical(part) for part in parameters]
    if isinstance(parameters, int | float) and not isinstance(parameters, bool):
        return float(parameters) + 0.0  # 4 becomes 4.0 and −0 becomes 0
    if not isinstance(parameters, dict):
        return parameters
    later = _later_fields(parameters.get("type"))
    return {
        name: canonical(value)
        for name, value in parameters.items()
        if name not in later or value != later[name]
    }


def _later_fields(type_name: Any) -> dict[str, Any]:
    """Return the fields that later versions added to a registered type, with their defaults."""
    defaults = {}
    for kind in ("battery", "charger", "environment", "pulse", "run"):
        cls = registry.items(kind).get(type_name) if isinstance(type_name, str) else None
        for field, info in (fields_of(cls) if cls is not None else {}).items():
            if isinstance(info.json_schema_extra, dict) and info.json_schema_extra.get("added"):
                defaults[field] = info.default
    return defaults
