"""Names of the merits that a run requests."""

from __future__ import annotations

import functools

from qubatt.core.declaration import fields_of
from qubatt.core.errors import ArgumentError
from qubatt.merits.selection import ALL, to_merit
from qubatt.sweeps.study.point import RunSpec

DEFAULT = "default"
"""Placeholder for the default merits of a battery."""


def merit_names(run: RunSpec) -> tuple[str, ...]:
    """Return the merits that a run requests, in canonical spelling.

    Raises
    ------
    ArgumentError
        If one of the merits does not exist.
    """
    merits = run.usual if run.merits is None else run.merits
    if merits is None:
        return (DEFAULT,)
    if not merits:
        raise ArgumentError(
            "run.merits", "contain at least one name", merits, "See `qubatt list merit`."
        )
    return _all_normalized((merits,) if isinstance(merits, str) else tuple(merits))


@functools.cache
def _all_normalized(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name if name == ALL else _normalized(name) for name in names))


@functools.cache
def _normalized(text: str) -> str:
    """Return the name of a merit with its non-default parameters."""
    merit = to_merit(text)
    if merit in merit.variants():
        return merit.name
    parameters = [
        f"{field}={getattr(merit, field)!r}"
        for field, info in fields_of(type(merit)).items()
        if getattr(merit, field) != info.default
    ]
    return f"{merit.kind}:{','.join(parameters)}"
