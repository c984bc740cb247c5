"""HTML pages from templates, with escaped text and embedded pictures."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import jinja2

PNG_RESOLUTION = 200
"""Resolution of the PNG files on pages, in dots per inch."""


def render_page(package: str, template: str, **content: Any) -> str:
    """Return the HTML page of a template, which may extend ``page.html.j2`` of this package.

    Parameters
    ----------
    package : str
        Package with a folder ``templates``, for example ``"qubatt.papers"``.
    template : str
        File name of the template in this folder.
    **content : object
        Variables of the template; a missing variable is an error.
    """
    environment = jinja2.Environment(
        loader=jinja2.ChoiceLoader(
            [jinja2.PackageLoader(name, "templates") for name in (package, "qubatt.pages")]
        ),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["embedded"] = _embedded
    environment.filters["shown_width"] = _shown_width
    return environment.get_template(template).render(**content)


def _bytes(image: Path | bytes) -> bytes:
    return image if isinstance(image, bytes) else image.read_bytes()


def _embedded(image: Path | bytes) -> str:
    """Return a PNG as a data URL."""
    return "data:image/png;base64," + base64.b64encode(_bytes(image)).decode("ascii")


def _shown_width(image: Path | bytes) -> int:
    """Return the display width of a PNG in CSS pixels, slightly larger than its print size."""
    pixels = int.from_bytes(_bytes(image)[16:20], "big")
    return round(pixels / PNG_RESOLUTION * 96 * 1.3)
