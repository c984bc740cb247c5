"""The standard picture of a result."""

from __future__ import annotations

import xarray as xr
from matplotlib.figure import Figure

from qubatt.core.errors import ArgumentError
from qubatt.plots.curves import draw_curves
from qubatt.plots.figure import new_figure

SHOWN = ("energy", "power", "mean_photons", "ergotropy", "work", "efficiency")
"""Variables that have a panel, in this order."""


def plot(dataset: xr.Dataset) -> Figure:
    """Return a figure with one panel per main variable of a charging or recharging result.

    Parameters
    ----------
    dataset : Dataset
        From `qubatt.charge` or `qubatt.recharge`, with at most two dims.

    Returns
    -------
    matplotlib.figure.Figure
        Curves over time (or β, or the last dim); a second dim becomes a family of curves.

    Raises
    ------
    ArgumentError
        If there is nothing to draw over, or there are more than two dims.
    """
    if not isinstance(dataset, xr.Dataset):
        raise ArgumentError("dataset", "be an xarray.Dataset", dataset)
    names = [name for name in SHOWN if name in dataset]
    dims = list(dataset[names[0]].dims) if names else []
    if not 1 <= len(dims) <= 2:
        cure = "Select values of the others first, with dataset.sel(...) or dataset.isel(...)."
        raise ArgumentError("dataset", "have one or two dims to draw over", dims, cure)
    x = str(dims[-1])
    family = str(dims[0]) if len(dims) == 2 else None
    figure, panels = new_figure(columns=len(names))
    for axes, name in zip(panels, names, strict=True):
        draw_curves(axes, dataset[name], x, family, label=f"{family} = {{:g}}")
    return figure
