"""How the figures of zhang2024 are drawn."""

from __future__ import annotations

from collections.abc import Sequence

import xarray as xr
from matplotlib.figure import Figure

from qubatt.plots import add_inset, draw_curves, draw_map, new_figure

INSET = (0.0, 2.0)
"""Times that the insets of the paper enlarge."""

Panels = Sequence[tuple[str, xr.DataArray]]
"""Titles and data of panels."""


def draw_energy(panels: Panels, until: float, unit: str, inset: bool = True) -> Figure:
    """Draw E(t) per atom for every g, one panel per entry, with the inset of the paper."""
    figure, axes = new_figure(columns=len(panels), panel=(5.2, 3.6))
    for place, (title, energy) in zip(axes, panels, strict=True):
        shown = energy.sel(time=slice(0.0, until))
        draw_curves(
            place,
            shown,
            "time",
            "g",
            label="$g = {:g}$",
            order=range(shown.sizes["g"] - 1, -1, -1),
            xlabel=f"charging time ${unit} t$",
            ylabel=f"stored energy $E(t)\\,/\\,(N{unit})$",
        )
        low, high = float(shown.min()), float(shown.max())
        room = 0.75 if inset else 0.1
        place.set_ylim(low - 0.05 * (high - low), high + room * (high - low))
        place.legend(loc="upper right" if inset else "best", ncols=1)
        if inset:
            add_inset(place, (0.1, 0.63, 0.52, 0.34), INSET)
        place.set_title(title, loc="left")
    return figure


def draw_region(panels: Panels, x: str, y: str, xlabel: str, ylabel: str, top: int) -> Figure:
    """Draw, for each panel, how many of the claims hold at every point of a scan."""
    figure, axes = new_figure(columns=len(panels), panel=(2.6, 2.8))
    for place, (title, count) in zip(axes, panels, strict=True):
        draw_map(place, count, x, y, xlabel=xlabel, ylabel=ylabel, top=top)
        place.set_title(f"{title}: claims that hold, of {top}", loc="left", size=8)
    return figure
