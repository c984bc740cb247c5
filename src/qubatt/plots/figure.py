"""Make and store figures, without touching matplotlib's global state."""

from __future__ import annotations

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
    "mathtext.fontset": "dejavusans",
}
"""Settings of every figure."""


def styled(**changes: Any) -> AbstractContextManager[None]:
    """Return a context in which matplotlib draws in the style of this package."""
    return matplotlib.rc_context(STYLE | changes)


SUFFIXES = (".png", ".pdf", ".svg")


def new_figure(
    columns: int = 1, rows: int = 1, panel: tuple[float, float] = (4.2, 3.1), **axes: Any
) -> tuple[Figure, list[Axes]]:
    """Return a figure of rows × columns panels of the given size in inches, and its axes."""
    with styled():
        figure = Figure(figsize=(panel[0] * columns, panel[1] * rows), layout="constrained")
        grid = figure.subplots(rows, columns, squeeze=False, **axes)
    return figure, list(grid.ravel())


def save_figure(figure: Figure, path: str | Path) -> Path:
    """Write a figure as PNG (200 dpi), PDF or SVG by its suffix, whole or not at all.

    Raises
    ------
    ArgumentError
        If the suffix is another one, or the place cannot be written to.
    """
    path = Path(path)
    if path.suffix.lower() not in SUFFIXES:
        raise ArgumentError("plot", f"end in one of {', '.join(SUFFIXES)}", str(path))
    metadata = {"CreationDate": None} if path.suffix == ".pdf" else {}

    def write(part: Path) -> None:
        with styled():
            figure.savefig(part, dpi=200, metadata=metadata)

    return write_whole(path, write)
