"""Report of a reproduction as a self-contained HTML page."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from qubatt.core.bibliography import BIBLIOGRAPHY
from qubatt.core.version import versions
from qubatt.pages import render_page
from qubatt.papers.claim import Claim
from qubatt.papers.paper import Paper, Parameter, Table


@dataclass(frozen=True)
class FigurePage:
    """Contents of the report for one figure."""

    name: str
    anchor: str
    title: str
    caption: str
    images: tuple[Path, ...]
    parameters: tuple[Parameter, ...]
    tables: tuple[Table, ...]
    claims: tuple[Claim, ...]


def render(paper: Paper, readings: Sequence[str], pages: Sequence[FigurePage]) -> str:
    """Return the HTML of the report, with embedded images."""
    return render_page(
        "qubatt.papers",
        "report.html.j2",
        paper=paper,
        citation=BIBLIOGRAPHY[paper.key],
        readings={name: paper.readings[name] for name in readings},
        pages=pages,
        claims=[claim for page in pages for claim in page.claims],
        versions=versions(),
        date=datetime.date.today().isoformat(),
    )
