"""The report of a reproduction: one self-contained HTML page."""

from __future__ import annotations

import base64
import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import jinja2

from qubatt.core.bibliography import BIBLIOGRAPHY
from qubatt.core.version import versions
from qubatt.papers.claim import Claim
from qubatt.papers.paper import Paper, Parameter, Table


@dataclass(frozen=True)
class FigurePage:
    """What the report shows of one figure."""

    name: str
    anchor: str
    title: str
    caption: str
    images: tuple[Path, ...]
    parameters: tuple[Parameter, ...]
    tables: tuple[Table, ...]
    claims: tuple[Claim, ...]


def render(paper: Paper, readings: Sequence[str], pages: Sequence[FigurePage]) -> str:
    """Return the HTML of the report, with all images inside."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("qubatt.papers", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["embedded"] = _embedded
    environment.filters["shown_width"] = _shown_width
    return environment.get_template("report.html.j2").render(
        paper=paper,
        citation=BIBLIOGRAPHY[paper.key],
        readings={name: paper.readings[name] for name in readings},
        pages=pages,
        claims=[claim for page in pages for claim in page.claims],
        versions=versions(),
        date=datetime.date.today().isoformat(),
    )


def _embedded(path: Path) -> str:
    """Return an image as a data URL."""
    return "data:image/png;base64," + base64.b64encode(path.read_bytes()).decode("ascii")


def _shown_width(path: Path) -> int:
    """Return the width in CSS pixels at which a PNG of 200 dpi shows text a little enlarged."""
    pixels = int.from_bytes(path.read_bytes()[16:20], "big")
    return round(pixels / 200 * 96 * 1.3)
