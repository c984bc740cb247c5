"""``qubatt list``: names of batteries, charger states, merits and other registered objects."""

from __future__ import annotations

import inspect
import shutil
from collections.abc import Sequence
from importlib import import_module
from textwrap import fill
from typing import Annotated, Any

import typer

from qubatt.cli.command import Command

KIND_MODULES = {
    "battery": "models",
    "charger": "states",
    "engine": "engines",
    "environment": "environment",
    "merit": "merits",
    "paper": "papers",
    "pulse": "pulses",
    "run": "sweeps",
    "steady-solver": "engines",
}
"""Packages that register the entries of each kind; only those of listed kinds are imported."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("list", cls=Command)(_list)


def _list(
    kind: Annotated[
        str | None,
        typer.Argument(
            metavar="KIND", help=f"{', '.join(list(KIND_MODULES)[:-1])} or {list(KIND_MODULES)[-1]}"
        ),
    ] = None,
) -> None:
    """List batteries, environments, merits, papers and other named objects."""
    from qubatt.core.errors import ArgumentError
    from qubatt.core.registry import registry
    from qubatt.merits.selection import all_merits

    if kind is not None and kind not in KIND_MODULES:
        raise ArgumentError("kind", f"be one of {', '.join(sorted(KIND_MODULES))}", kind)
    if kind is None:
        _print_kinds()
        return
    import_module(f"qubatt.{KIND_MODULES[kind]}")
    typer.echo(f"{kind}:")
    entries = all_merits() if kind == "merit" else registry.items(kind)
    for name, entry in entries.items():
        typer.echo(f"  {name + _fields(name, entry):<46} {_summary(entry)}")
        if kind == "merit":
            typer.echo(f"    {entry.definition}")


def _print_kinds() -> None:
    """Print the names of all entries by kind, and the command that lists one kind in detail."""
    from qubatt.core.registry import registry
    from qubatt.merits.selection import all_merits

    width = max(map(len, KIND_MODULES)) + 2
    columns = shutil.get_terminal_size().columns
    for kind in sorted(KIND_MODULES):
        import_module(f"qubatt.{KIND_MODULES[kind]}")
        names = ", ".join(all_merits() if kind == "merit" else registry.items(kind))
        options: Any = {"break_on_hyphens": False, "subsequent_indent": " " * width}
        typer.echo(fill(f"{kind:<{width}}{names}", max(columns, 40), **options))
    typer.echo("\nDetails of one kind: qubatt list KIND, for example qubatt list merit")


def _fields(name: str, entry: object) -> str:
    """Return the fields of a declared class or a merit in the text form that follows its name."""
    from qubatt.core.declaration import fields_of
    from qubatt.core.spec_string import plain_types
    from qubatt.merits import Merit
    from qubatt.models import Battery

    if isinstance(entry, Merit):  # none after a name that includes them
        entry = type(entry) if name == entry.kind else None
    if isinstance(entry, type) and issubclass(entry, Battery):
        return "" if entry.has_text_form else " (from Python)"
    if not isinstance(entry, type):
        return ""
    fields = []
    for field, info in fields_of(entry).items():
        several = "=0/1/…" if Sequence in plain_types(info.annotation) else ""
        fields.append(f"{field}{several}" if info.is_required() else f"{field}={info.default}")
    return ":" + ",".join(fields) if fields else ""


def _summary(entry: Any) -> str:
    """Return a one-line description of an entry."""
    from qubatt.core.bibliography import BIBLIOGRAPHY
    from qubatt.merits import Merit

    if isinstance(entry, Merit):
        costly = ", needs the full state" if entry.needs == "full state" else ""
        return f"{entry.long_name} ({entry.units}{costly})"
    if not isinstance(entry, type):  # a paper
        return str(BIBLIOGRAPHY[entry.key])
    return (inspect.getdoc(entry) or "").split("\n")[0]
