"""Numbers and tables in Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median


def number(value: float) -> str:
    """Return a number with three digits, without exponent where it can be read."""
    if value and not 1e-4 <= abs(value) < 1e6:
        return f"{value:.1e}"
    if abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:#.3g}".rstrip(".")


def spread(seconds: Sequence[float]) -> str:
    """Return median, minimum and maximum."""
    return f"{number(median(seconds))} ({number(min(seconds))}–{number(max(seconds))})"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table; nothing without rows."""
    if not rows:
        return ""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in line) + " |"
        for line in lines
    )
