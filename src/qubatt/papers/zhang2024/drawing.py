"""Drawing functions shared by the figures of zhang2024."""

from __future__ import annotations

from collections.abc import Sequence

import xarray as xr
from matplotlib.figure import Figure

from qubatt.plots import CurveStyle, add_inset, draw_curves, draw_map, new_figure, styled

INSET = (0.0, 2.0)
"""Time range of the insets of the paper."""

Panels = Sequence[tuple[str, xr.DataArray]]
"""Titles and data of panels."""


OUTSIDE = {"loc": "upper left", "bbox_to_anchor": (1.0, 1.0)}
"""Legend to the right of the axes."""


def draw_energy(panels: Panels, until: float, unit: str, inset: bool = True) -> Figure:
    """Draw E(t) per atom for all g, one panel per entry of `panels`, with the paper's inset."""
    figure, axes = new_figure(columns=len(panels), panel=(4.8, 3.5))
    for panel, (title, energy) in zip(axes, panels, strict=True):
        shown = energy.sel(time=slice(0.0, until))
        draw_curves(
            panel,
            shown,
            "time",
            "g",
            curve_style=CurveStyle(
                label="$g = {:g}$",
                order=range(shown.sizes["g"] - 1, -1, -1),
                legend=OUTSIDE if panel is axes[-1] else {},
                xlabel=f"charging time ${unit} t$",
                ylabel=f"stored energy $E(t)\\,/\\,(N{unit})$",
            ),
        )
        panel.set_xlim(0.0, until)
        if inset:
            low, high = float(shown.min()), float(shown.max())
            panel.set_ylim(low - 0.05 * (high - low), high + 0.85 * (high - low))
            bounds = (0.12, 0.6, 0.85, 0.37)
            add_inset(panel, shown, "time", "g", bounds=bounds, limits=INSET)
        with styled():
            panel.set_title(title, loc="left")
    return figure


def draw_region(panels: Panels, x: str, y: str, xlabel: str, ylabel: str, top: int) -> Figure:
    """Draw the number of claims that hold at each point of a scan, for each panel."""
    columns = min(len(panels), 4)
    rows = -(-len(panels) // columns)
    figure, axes = new_figure(columns=columns, rows=rows, panel=(2.5, 2.5))
    for panel, (title, count) in zip(axes, panels, strict=False):
        draw_map(panel, count, x, y, xlabel=xlabel, ylabel=ylabel, top=top)
        with styled():
            panel.set_title(title, loc="left")
    for spare in axes[len(panels) :]:
        spare.set_visible(False)
    with styled():
        figure.suptitle(f"Number of claims that hold, of {top}", fontsize=9)
    return figure
