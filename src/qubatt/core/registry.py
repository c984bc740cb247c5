"""The registry of named objects: batteries, environments, engines, merits and others.

Tests, command line, documentation and reports iterate over it; a new entry takes one file and
one registration.
"""

from __future__ import annotations

import re
from typing import Any

from qubatt.core.errors import ArgumentError, suggest


class Registry:
    """Named entries, grouped by kind (``"battery"``, ``"environment"``, ``"merit"``, …)."""

    def __init__(self) -> None:
        self._entries: dict[str, dict[str, Any]] = {}
        self._reserved: dict[tuple[str, str], str] = {}
        self._names: dict[int, str] = {}

    def add(self, kind: str, name: str, entry: Any) -> None:
        """Register `entry` under `name`, which must be unique within its kind.

        Raises
        ------
        ValueError
            If the name is taken or does not consist of lower-case words joined by ``-`` or ``_``.
        """
        if not re.fullmatch(r"[a-z][a-z0-9]*([-_][a-z0-9]+)*", name):
            raise ValueError(f"{kind} name {name!r} must be lower-case words joined by - or _")
        group = self._entries.setdefault(kind, {})
        if name in group or (kind, name) in self._reserved:
            raise ValueError(f"{kind} {name!r} is already registered")
        group[name] = entry
        self._names.setdefault(id(entry), name)

    def reserve(self, kind: str, name: str, cure: str) -> None:
        """Reserve a name for an object that is built only in Python, with a hint that errors show.

        Results store such an object under its name, but it cannot be built from a command line or
        file, so it is not listed among the entries.
        """
        self._reserved[kind, name] = cure

    def get(self, kind: str, name: str, argument: str | None = None) -> Any:
        """Return the entry of a kind and name; errors name `argument`, by default `kind`.

        Raises
        ------
        ArgumentError
            If there is no such entry; the message suggests the nearest names.
        """
        group = self._entries.get(kind, {})
        if name not in group:
            cure = self._reserved.get((kind, name)) or suggest(str(name), group)
            raise ArgumentError(argument or kind, f"name a registered {kind}", name, cure)
        return group[name]

    def name_of(self, kind: str, entry: Any) -> str:
        """Return the name under which `entry` is registered."""
        name = self._names.get(id(entry))
        if name is None or self._entries.get(kind, {}).get(name) is not entry:
            raise KeyError(f"{entry!r} is not a registered {kind}")
        return name

    def any_name_of(self, entry: Any) -> str | None:
        """Return the name under which `entry` is registered in any kind, or None."""
        return self._names.get(id(entry))

    def items(self, kind: str) -> dict[str, Any]:
        """Return all entries of one kind, by name, in the order of registration."""
        return dict(self._entries.get(kind, {}))

    def kinds(self) -> tuple[str, ...]:
        """Return the kinds that have entries."""
        return tuple(self._entries)


registry = Registry()
