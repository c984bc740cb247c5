"""The standard picture of a result."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from typing import Any

import xarray as xr
from matplotlib.figure import Figure

from qubatt.core.errors import ArgumentError, suggest
from qubatt.core.summary import entries
from qubatt.plots.panel import CHECKS, Panel, group, one_each
from qubatt.plots.sheet import draw_courses, draw_families, draw_heat

MAIN = ("energy", "power", "mean_photons", "*ergotropy*", "work", "heat", "efficiency")
"""Variables that have a panel each where a parameter was varied, unless others are named."""

MOST_PANELS = 12
"""Panels that a page has room for."""

FINE = 5
"""Values of both parameters from which on a map says more than curves."""

TIMES = ("time", "state_time")


def plot(
    dataset: xr.Dataset,
    variables: str | Iterable[str] | None = None,
    x: str | None = None,
    family: str | None = None,
    y: str | None = None,
) -> Figure:
    """Return a picture of a result, of the width of a column or a page of a journal.

    Parameters
    ----------
    dataset : Dataset
        From `charge` or `recharge`, or put together from several of `charge` or `steady_state`.
    variables : str or iterable of str, optional
        What to draw; by default all that a single run has, or the main ones of several.
    x : str, optional
        Dim along the horizontal axis; by default time, or the last one.
    family : str, optional
        Dim with one curve per entry: with a legend up to eight, with a colour bar beyond.
    y : str, optional
        Dim along the vertical axis of a map. Two dims with five values or more and no time become
        a map by themselves.

    Returns
    -------
    matplotlib.figure.Figure
        Its `savefig` embeds fonts and its attribute `caption` defines what is shown. Beneath the
        panels stands how far the result can be trusted; what should not be is hatched.

    Raises
    ------
    ArgumentError
        If there is nothing to draw over, there are too many dims, or a name is unknown.

    Examples
    --------
    >>> import qubatt as qb
    >>> run = qb.charge(qb.DrivenBattery(n_atoms=2, drive=1.0), times=[0.0, 0.5, 1.0])
    >>> figure = qb.plot(run, variables="energy")
    >>> figure.axes[0].get_ylabel()
    'stored energy ($\\\\omega_\\\\mathrm{ref}$)'
    """
    if not isinstance(dataset, xr.Dataset):
        raise ArgumentError("dataset", "be an xarray.Dataset", dataset)
    bare = {dim: range(size) for dim, size in dataset.sizes.items() if dim not in dataset.coords}
    dataset = dataset.assign_coords(bare)
    numbers = _chosen(dataset, variables)
    dims = _dims(dataset, numbers)
    given = {"x": x, "family": family, "y": y}
    for argument, dim in given.items():
        if dim is not None and dim not in dims:
            raise ArgumentError(argument, "be a dim of the data", dim, suggest(dim, dims))
    if family is not None and y is not None:
        raise ArgumentError("y", "be left out with family", y, "Curves, or a map.")
    if x is not None and x in (family, y):
        raise ArgumentError("x", "differ from family and y", x)
    x = x or _horizontal([dim for dim in dims if dim not in (family, y)] or dims)
    rest = [dim for dim in dims if dim != x]
    if len(rest) > 1:
        cure = "Select values of the others first, with dataset.sel(...) or dataset.isel(...)."
        raise ArgumentError("dataset", "have one or two dims to draw over", dims, cure)
    numbers = _over(numbers, x, rest, named=variables is not None)
    if not rest:
        return draw_courses(dataset, *_first(group(numbers)))
    panels = _first(one_each(_main(numbers, named=variables is not None)))
    as_map = y is not None or (family is None and _is_fine(numbers, x, rest[0]))
    draw = draw_heat if as_map else draw_families
    return draw(dataset, *panels, x, rest[0])


def _chosen(dataset: xr.Dataset, variables: str | Iterable[str] | None) -> dict[str, Any]:
    """Return what may be drawn, without dims of one value."""
    if variables is None:
        names = [str(name) for name in dataset.data_vars if name not in CHECKS]
        names = names or [str(name) for name in dataset.data_vars]
        if len(names) > 1 and not {*TIMES} & {*dataset.dims}:
            names = [name for name in names if name != "power"]  # 0 but for rounding, at rest
    else:
        names = [variables] if isinstance(variables, str) else list(variables)
        for name in names:
            if name not in dataset.data_vars:
                cure = suggest(str(name), map(str, dataset.data_vars))
                raise ArgumentError("variables", "be in the data", name, cure)
    chosen = dataset[names].map(lambda array: array * 1 if array.dtype == bool else array)
    for name in names:
        chosen[name].attrs = dict(dataset[name].attrs)
    single = [
        dim
        for dim, size in chosen.sizes.items()
        if size == 1 and len(chosen.sizes) > 1 and chosen[dim].dtype.kind in "iuf"
    ]
    found = entries(chosen.squeeze(single))
    if variables is not None:
        for name in names:
            if not any(entry.split("[")[0] == name and found[entry].dims for entry in found):
                cure = "Look at it with print(dataset)."
                raise ArgumentError("variables", "have dims to draw over", name, cure)
    return {name: array for name, array in found.items() if array.dims and array.size}


def _dims(dataset: xr.Dataset, numbers: dict[str, xr.DataArray]) -> list[str]:
    """Return the dims of what may be drawn; the times of states are no further one."""
    dims = list(dict.fromkeys(str(dim) for array in numbers.values() for dim in array.dims))
    if not dims:
        sizes = dataset.sizes.items()
        named = [dim for dim, size in sizes if size > 1 and dataset[dim].dtype.kind in "OSUT"]
        cure = (
            (
                f"These are single numbers for each {named[0]}: print(dataset) shows them, and"
                " dataset[name].to_series().plot.bar() draws one."
            )
            if named
            else (
                "These are single numbers, such as those of one steady state: print(dataset) shows"
                " them. Put several together, with xarray.concat, to draw them over a parameter."
            )
        )
        names = list(map(str, dataset.data_vars))
        raise ArgumentError("dataset", "hold curves with dims to draw over", names, cure)
    return [dim for dim in dims if dim != "state_time" or "time" not in dims]


def _horizontal(dims: Sequence[str]) -> str:
    """Return the dim along the horizontal axis: time, or the last one."""
    return next((dim for dim in dims if dim in TIMES), dims[-1])


def _over(
    numbers: dict[str, xr.DataArray], x: str, rest: list[str], named: bool
) -> dict[str, xr.DataArray]:
    """Leave out what does not have all the dims, unless it was asked for by name."""
    kept = {}
    for name, array in numbers.items():
        dims = {"time" if dim == "state_time" and x == "time" else str(dim) for dim in array.dims}
        if dims == {x, *rest}:
            kept[name] = array
        elif named:
            cure = f"It has {', '.join(sorted(dims))}: draw it by itself."
            raise ArgumentError("variables", f"have dims {', '.join([x, *rest])}", name, cure)
    return kept


def _main(numbers: dict[str, xr.DataArray], named: bool) -> dict[str, xr.DataArray]:
    """Return the main variables, all if there is none of them."""
    main = {
        name: array
        for name, array in numbers.items()
        if named or any(fnmatchcase(name, pattern) for pattern in MAIN)
    }
    return main or numbers


def _first(panels: list[Panel]) -> tuple[list[Panel], list[str]]:
    """Return the panels that a page has room for, and the names of what is left out."""
    left = [name for panel in panels[MOST_PANELS:] for name in panel.curves]
    return panels[:MOST_PANELS], list(dict.fromkeys(name.split("[")[0] for name in left))


def _is_fine(numbers: dict[str, xr.DataArray], x: str, y: str) -> bool:
    """Tell whether two parameters, none of them a time, have many values each."""
    first = next(iter(numbers.values()))
    numeric = all(first[dim].dtype.kind in "iuf" for dim in (x, y))
    return numeric and not {x, y} & {*TIMES} and min(first.sizes[x], first.sizes[y]) >= FINE
