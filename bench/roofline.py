"""Roofline: how near qubatt comes to what the memory of the machine allows."""

from __future__ import annotations

from typing import Any


def roofline(steps: dict[str, Any]) -> dict[str, str]:  # noqa: ARG001
    """Return rows of the roofline table, name to text, from the steps measured so far."""
    return {}
