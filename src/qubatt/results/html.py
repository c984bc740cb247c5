"""Results as HTML for notebooks."""

from __future__ import annotations

from html import escape

import xarray as xr

from qubatt.core.html import formula
from qubatt.results.checks import status_text
from qubatt.results.status import one_status, status_counts
from qubatt.results.summary import summary

GOOD, BAD = "#1a7f37", "#b35900"
"""Colours for the status ``ok`` and for all other statuses."""


def html(dataset: xr.Dataset, view: str) -> str:
    """Return a result as HTML: status, Hamiltonian, summary, and all variables."""
    parts = [_status(dataset)]
    if hamiltonian := str(dataset.attrs.get("hamiltonian", "")):
        parts.append(formula(hamiltonian))
    text = escape(summary(dataset))
    parts.append(
        f"<pre style='font-family:monospace;line-height:1.35;overflow-x:auto'>{text}</pre>"
    )
    parts.append(f"<details><summary>All variables and attributes</summary>{view}</details>")
    return f"<div>{''.join(parts)}</div>"


def _status(dataset: xr.Dataset) -> str:
    """Return the status as a coloured line, or an empty string if there is no status."""
    text = status_text(dataset)
    if not text:
        return ""
    statuses = {*status_counts(dataset)} or {one_status(dataset)}
    colour = GOOD if statuses == {"ok"} else BAD
    return f"<div><b style='color:{colour}'>status: {escape(text)}</b></div>"
