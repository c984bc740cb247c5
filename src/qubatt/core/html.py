"""Declared objects and formulas as HTML, for notebooks."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape


def formula(latex: str) -> str:
    """Return a LaTeX formula as HTML that notebooks typeset."""
    return f"<div>$${escape(latex, quote=False)}$$</div>"


def object_html(title: str, latex: str, rows: Sequence[tuple[str, str, str]]) -> str:
    """Return a declared object as HTML with its name, formula, fields and their meanings."""
    cells = "".join(
        f"<tr><td><code>{escape(name)}</code></td><td>{escape(value)}</td>"
        f"<td style='text-align:left'>{escape(meaning)}</td></tr>"
        for name, value, meaning in rows
    )
    head = "<tr><th>field</th><th>value</th><th style='text-align:left'>meaning</th></tr>"
    math = formula(latex) if latex else ""
    return f"<div><b>{escape(title)}</b>{math}<table>{head}{cells}</table></div>"
