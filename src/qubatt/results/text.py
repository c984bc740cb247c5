"""Plain text of results: lines of limited width, columns, numbers, declared objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from textwrap import shorten, wrap
from typing import Any

WIDTH = 96
"""Maximum number of characters in a line."""


def lines_of(name: str, text: str, max_lines: int = 3) -> list[str]:
    """Return "name: text", wrapped and shortened to at most `max_lines` lines."""
    options = {"subsequent_indent": "    ", "max_lines": max_lines, "placeholder": " ..."}
    return wrap(f"{name}: {text}", WIDTH, **options)  # type: ignore[arg-type]  # options of `wrap`


def aligned(rows: Sequence[Sequence[str]], left: Sequence[int] = (0,)) -> list[str]:
    """Return rows of text as lines with aligned columns; the columns in `left` are left-aligned."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) if k in left else cell.rjust(width)
            for k, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def number_text(value: Any, digits: int = 6) -> str:
    """Return a value as text, and a float with the given number of significant digits."""
    return f"{value:.{digits}g}" if isinstance(value, float) else str(value)


def object_text(parameters: Any, name: str | None = None) -> str:
    """Return a declared object as text: its type, or the given name, and its fields."""
    if not isinstance(parameters, Mapping):
        return str(parameters)
    fields = ", ".join(_assignments({k: v for k, v in parameters.items() if k != "type"}))
    parts = [str(parameters.get("type", "")) if name is None else name, fields]
    return " ".join(part for part in parts if part)


def _assignments(parameters: Mapping[str, Any]) -> Iterator[str]:
    for name, value in parameters.items():
        if isinstance(value, dict) and "sha256" in value:
            yield f"{name}={'x'.join(map(str, value['shape']))} matrix"
        elif isinstance(value, list) and any(isinstance(part, dict) for part in value):
            yield f"{name}={len(value)}"
        elif isinstance(value, dict):
            inner = ", ".join(_assignments({k: v for k, v in value.items() if k != "type"}))
            yield shorten(f"{name}={value.get('type', '')}({inner})", WIDTH, placeholder=" ...")
        elif isinstance(value, float):
            yield f"{name}={value:g}"
        elif value not in (None, []):
            yield f"{name}={shorten(str(value), 40, placeholder=' ...')}"
