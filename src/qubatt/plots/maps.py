"""Maps of functions of two parameters, one cell per point."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.cm import ScalarMappable
from matplotlib.patches import Rectangle

from qubatt.core.check import FloatArray
from qubatt.plots.axis_range import set_logarithmic
from qubatt.plots.curves import axis_label
from qubatt.plots.figure import styled
from qubatt.plots.selection import places_of
from qubatt.results.contents import is_text

MAX_VECTOR_CELLS = 10_000
"""Largest number of cells of a map stored as vector graphics; larger maps are stored as bitmaps."""


def draw_map(
    axes: Axes, values: xr.DataArray, x: str, y: str, *, xlabel: str, ylabel: str, top: float
) -> None:
    """Draw a small map with a number in each cell, dark for small values.

    Parameters
    ----------
    values : DataArray, dims (y, x) in any order
        Integers between 0 and `top`.
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


def draw_change(
    axes: Axes,
    values: xr.DataArray,
    x: str,
    y: str,
    *,
    xlabel: str,
    ylabel: str,
    doubtful: xr.DataArray | None = None,
    logarithmic: Sequence[str] = (),
) -> None:
    """Draw an increase in blue and a decrease in red, separated by a line at zero change.

    Parameters
    ----------
    values : DataArray, dims (y, x) in any order
        Change of a quantity; ``long_name`` and ``units`` label the colour bar, which is white at
        0.
    doubtful : DataArray of bool, optional
        Cells to hatch.
    logarithmic : sequence of str
        Dimensions with a logarithmic axis.
    """
    grid = values.transpose(y, x)
    top = float(np.nanmax(np.abs(grid), initial=0.0)) or 1.0
    with styled(**{"axes.grid": False}):
        mesh = _draw_cells(axes, grid, logarithmic, cmap="RdBu", vmin=-top, vmax=top)
        draw_zero(axes, values, x, y)
        if doubtful is not None:
            _hatch(axes, doubtful.transpose(y, x), logarithmic)
        axes.grid(visible=False)
        axes.set_xlabel(xlabel)
        axes.set_ylabel(ylabel)
        bar = axes.get_figure().colorbar(mesh, ax=axes)  # type: ignore[union-attr]  # drawn in
        bar.set_label(axis_label(values))


def draw_values(
    axes: Axes,
    values: xr.DataArray,
    x: str,
    y: str,
    *,
    doubtful: xr.DataArray | None = None,
    logarithmic: Sequence[str] = (),
) -> ScalarMappable:
    """Draw a quantity as a function of two parameters, dark for small values even in greyscale.

    Parameters
    ----------
    values : DataArray, dims (y, x) in any order
        Values to draw; cells with NaN are white.
    doubtful : DataArray of bool, optional
        Cells to fade and hatch.
    logarithmic : sequence of str
        Dimensions with a logarithmic axis.

    Returns
    -------
    ScalarMappable
        Mesh for a colour bar.
    """
    grid = values.transpose(y, x)
    with styled(**{"axes.grid": False}):
        mesh = _draw_cells(axes, grid, logarithmic, cmap="cividis")
        if doubtful is not None:
            _hatch(axes, doubtful.transpose(y, x), logarithmic, veil=True)
        axes.grid(visible=False)
    return mesh


def _draw_cells(
    axes: Axes, grid: xr.DataArray, logarithmic: Sequence[str], **colours: Any
) -> ScalarMappable:
    """Draw one cell around each point of a grid with dimensions (y, x)."""
    y, x = map(str, grid.dims)
    x_edges, y_edges = (_edges_of(grid, dim, logarithmic) for dim in (x, y))
    finite = np.ma.masked_invalid(grid.to_numpy())
    mesh = axes.pcolormesh(
        x_edges, y_edges, finite, rasterized=grid.size > MAX_VECTOR_CELLS, **colours
    )
    mesh.set_edgecolor("face")  # no seams in PDF
    sides: tuple[tuple[str, Literal["x", "y"], Axis], ...]
    sides = ((x, "x", axes.xaxis), (y, "y", axes.yaxis))
    for dim, side, axis in sides:
        if dim in logarithmic:
            set_logarithmic(axes, side)
        elif is_text(grid[dim]):
            axis.set_ticks(places_of(grid[dim]), [str(word) for word in grid[dim].to_numpy()])
    return mesh


def _hatch(
    axes: Axes, doubtful: xr.DataArray, logarithmic: Sequence[str], veil: bool = False
) -> None:
    """Hatch doubtful cells, merging neighbours in a row."""
    y, x = map(str, doubtful.dims)
    x_edges, y_edges = (_edges_of(doubtful, dim, logarithmic) for dim in (x, y))
    face = {"facecolor": (1.0, 1.0, 1.0, 0.6)} if veil else {"fill": False}
    for row, cells in enumerate(doubtful.to_numpy().astype(int)):
        ends = np.flatnonzero(np.diff(cells, prepend=0, append=0)).reshape(-1, 2)
        for first, last in ends:
            corner = x_edges[first], y_edges[row]
            size = x_edges[last] - corner[0], y_edges[row + 1] - corner[1]
            axes.add_patch(Rectangle(corner, *size, hatch="////", linewidth=0, **face))


def draw_zero(axes: Axes, values: xr.DataArray, x: str, y: str, linestyle: str = "solid") -> None:
    """Draw the zero contour if the values change sign."""
    grid = values.transpose(y, x)
    if float(grid.min()) < 0.0 < float(grid.max()):
        axes.contour(
            grid[x], grid[y], grid, levels=[0.0], colors="black", linestyles=linestyle, linewidths=1
        )


def _edges_of(grid: xr.DataArray, dim: str, logarithmic: Sequence[str]) -> FloatArray:
    return _edges(places_of(grid[dim]), dim in logarithmic)


def _edges(centres: FloatArray, logarithmic: bool) -> FloatArray:
    """Return the edges of cells around ascending values, one more than there are values."""
    positions = np.log(centres) if logarithmic else centres
    if len(positions) == 1:
        positions = np.array([positions[0] - 0.5, positions[0] + 0.5])
        return np.exp(positions) if logarithmic else positions
    between = 0.5 * (positions[1:] + positions[:-1])
    first, last = 2 * positions[0] - between[0], 2 * positions[-1] - between[-1]
    edges = np.concatenate([[first], between, [last]])
    return np.exp(edges) if logarithmic else edges
