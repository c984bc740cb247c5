"""Maps of values over two parameters, one cell per point."""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.axes import Axes

from qubatt.plots.figure import styled


def draw_map(
    axes: Axes, values: xr.DataArray, x: str, y: str, *, xlabel: str, ylabel: str, top: float
) -> None:
    """Draw a small map with the number written into each cell, dark for small values.

    Parameters
    ----------
    values : DataArray, dims (y, x) in any order
        Whole numbers between 0 and `top`.
    top : float
        Value of the lightest cell.
    """
    grid = values.transpose(y, x).to_numpy()
    with styled(**{"axes.grid": False}):
        axes.imshow(grid, origin="lower", aspect="auto", cmap="cividis", vmin=0, vmax=top)
        axes.set_xticks(range(grid.shape[1]), [f"{value:g}" for value in values[x].to_numpy()])
        axes.set_yticks(range(grid.shape[0]), [f"{value:g}" for value in values[y].to_numpy()])
        axes.grid(visible=False)
        for (row, column), value in np.ndenumerate(grid):
            shade = "black" if value > 0.6 * top else "white"
            axes.text(column, row, f"{value:g}", ha="center", va="center", color=shade, size=7)
        axes.set_xlabel(xlabel)
        axes.set_ylabel(ylabel)
