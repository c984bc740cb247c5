"""Creation and storage of figures, without changes to matplotlib's global state."""

from __future__ import annotations

import io
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from qubatt.core.errors import ArgumentError
from qubatt.core.file import write_whole

STYLE: Any = {
    "font.size": 9.0,
    "axes.labelsize": 9.0,
    "axes.titlesize": 9.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "0.9",
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "legend.fontsize": 8.0,
    "lines.linewidth": 1.4,
    "pdf.fonttype": 42,
    "svg.hashsalt": "qubatt",
    "mathtext.fontset": "dejavusans",
}
"""Settings of all figures; fonts are embedded, and equal figures give identical files."""

RESOLUTION = 200
"""Resolution of PNG files and of bitmaps in other files, in dots per inch."""


def styled(**changes: Any) -> AbstractContextManager[None]:
    """Return a context in which matplotlib uses the style of this package."""
    return matplotlib.rc_context(STYLE | changes)


class Picture(Figure):
    """A figure that is drawn and saved in its own style and displayed in notebooks.

    Attributes
    ----------
    caption : str
        Description with definitions, which is saved in the metadata of files.
    style : dict
        Settings in addition to those of `STYLE`.
    """

    def __init__(self, *args: Any, style: dict[str, Any] | None = None, **options: Any) -> None:
        self.caption = ""
        self.style: dict[str, Any] = style or {}
        super().__init__(*args, **options)

    def savefig(self, fname: Any, **options: Any) -> None:
        """Save the figure as matplotlib does, in its own style and with its caption."""
        form = str(options.get("format") or Path(str(fname)).suffix[1:] or "png").lower()
        options.setdefault("dpi", RESOLUTION)
        options.setdefault("metadata", _metadata(form, self.caption))
        with styled(**self.style):
            super().savefig(fname, **options)

    def _repr_png_(self) -> bytes:
        """Return the figure as PNG for notebooks."""
        target = io.BytesIO()
        self.savefig(target, format="png")
        return target.getvalue()


def _metadata(form: str, caption: str) -> dict[str, Any]:
    """Return the metadata of a file: the caption, but no date."""
    options_by_format: dict[str, dict[str, Any]] = {
        "png": {"Description": caption},
        "pdf": {"CreationDate": None, "Subject": caption},
        "svg": {"Date": None, "Description": caption},
    }
    metadata = options_by_format.get(form, {})
    return {name: text for name, text in metadata.items() if text != ""}


SUFFIXES = (".png", ".pdf", ".svg")


def new_figure(
    columns: int = 1, rows: int = 1, panel: tuple[float, float] = (4.2, 3.1), **axes: Any
) -> tuple[Picture, list[Axes]]:
    """Return a figure with rows × columns panels of a given size in inches, and its axes."""
    with styled():
        figure = Picture(figsize=(panel[0] * columns, panel[1] * rows), layout="constrained")
        grid = figure.subplots(rows, columns, squeeze=False, **axes)
    return figure, list(grid.ravel())


def save_figure(figure: Figure, path: str | Path) -> Path:
    """Write a figure atomically as PNG (200 dpi), PDF or SVG, depending on the suffix.

    Raises
    ------
    ArgumentError
        If the suffix is not supported, or if the file cannot be written.
    """
    path = Path(path)
    if path.suffix.lower() not in SUFFIXES:
        raise ArgumentError("plot", f"end in one of {', '.join(SUFFIXES)}", str(path))

    metadata = _metadata(path.suffix.lower()[1:], getattr(figure, "caption", ""))

    def write(part: Path) -> None:
        with styled():
            figure.savefig(part, dpi=RESOLUTION, metadata=metadata)

    return write_whole(path, write)
