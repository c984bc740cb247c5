"""Standard figures of results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

import xarray as xr
from matplotlib.figure import Figure

from qubatt.core.call import explained_call
from qubatt.core.errors import ArgumentError, suggest
from qubatt.core.float_errors import usual_float_errors
from qubatt.plots.page_layout import draw_courses, draw_families, draw_heat
from qubatt.plots.panel import Panel, group, one_each
from qubatt.plots.power_law import draw_laws
from qubatt.plots.selection import TIMES, along, dims_of, fixed
from qubatt.results.contents import entries, is_check, is_text
from qubatt.results.dims import is_run_dim

MAIN_VARIABLES = ("energy", "power", "mean_photons", "*ergotropy*", "work", "heat", "efficiency")
"""Variables that are drawn by default if a parameter was varied."""

MAX_PANELS = 12
"""Largest number of panels on a page."""

MIN_MAP_SIDE = 5
"""Smallest number of values that each of two parameters needs for a map instead of curves."""


@explained_call
@usual_float_errors
def plot(
    dataset: xr.Dataset,
    variables: str | Iterable[str] | None = None,
    x: str | None = None,
    family: str | None = None,
    y: str | None = None,
    at: Mapping[str, Any] | None = None,
    scaling: bool = False,
) -> Figure:
    """Return a figure of a result, sized for a journal column or page.

    Parameters
    ----------
    dataset : xarray.Dataset
        Result of `charge`, `discharge`, `recharge` or a study, or several results of `charge` or
        `steady_state` joined by `concat`.
    variables : str or iterable of str, optional
        Variables to draw. Default: all variables of a single run, or the main variables of
        several runs.
    x : str, optional
        Dimension on the horizontal axis, or a coordinate along it. Default: time, the number of
        atoms if `scaling` is true, or the last numeric dimension.
    family : str, optional
        Dimension that labels the curves, with a legend for up to eight curves and a colour bar
        for more.
    y : str, optional
        Dimension on the vertical axis of a map. By default two dimensions other than time with at
        least five values each are drawn as a map.
    at : mapping, optional
        Fixed values of other dimensions, such as ``{"n_atoms": 4}``.
    scaling : bool
        Whether to use logarithmic axes and to draw the power law that `qubatt.scaling` fits to
        the points with status ok.

    Returns
    -------
    matplotlib.figure.Figure
        Its `savefig` embeds fonts, and its attribute `caption` contains definitions. A strip below
        the panels shows the status and the certificate; doubtful ranges are hatched, and doubtful
        points are hollow; triangles mark maxima at the last time, where the curve may still rise.

    Raises
    ------
    ArgumentError
        If the data has no dimension or too many dimensions to draw, or if a name is unknown.

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
    if at is not None and not isinstance(at, Mapping):
        raise ArgumentError("at", "map names to values", at)
    dataset = along(fixed(dataset, at or {}), (x, family, y))
    numbers = _chosen(dataset, variables)
    if variables is None and x not in TIMES and len(_dims(dataset, numbers)) > 2:
        numbers = {k: array for k, array in numbers.items() if not _is_timed(array)} or numbers
    dims = _dims(dataset, numbers)
    for argument, dim in {"x": x, "family": family, "y": y}.items():
        if dim is not None and dim not in dims:
            raise ArgumentError(argument, "be a dimension of the data", dim, suggest(dim, dims))
    if family is not None and y is not None:
        cure = "Use `family` for curves or `y` for a map."
        raise ArgumentError("y", "not be combined with family", y, cure)
    if x is not None and x in (family, y):
        raise ArgumentError("x", "differ from family and y", x)
    free = [dim for dim in dims if dim not in (family, y)] or dims
    x = x or _horizontal(dataset, free, scaling=scaling)
    rest = [dim for dim in dims if dim != x]
    if len(rest) > 1:
        others = {dim: dataset[dim].to_numpy()[0].item() for dim in rest if dim in dataset.dims}
        dim, value = next(iter(others.items()), ("n_atoms", 4))
        cure = (
            f"Fix others by at={{{dim!r}: {value!r}}} (--at {dim}={value}) or by dataset.sel(...)."
        )
        raise ArgumentError("dataset", "have one or two dimensions to draw", dims, cure)
    numbers = _over(numbers, x, rest, named=variables is not None)
    if scaling:
        if y is not None:
            raise ArgumentError("y", "not be combined with scaling", y, "Use `family` instead.")
        return draw_laws(dataset, *_first(one_each(numbers)), x, *rest)
    if not rest:
        return draw_courses(dataset, *_first(group(numbers)))
    is_chosen = variables is not None or "study" in dataset.attrs
    panels = _first(one_each(_main(numbers, named=is_chosen)))
    if y is not None and {*TIMES} & {x, y} - {*dataset.dims}:
        cure = "Draw curves by omitting `y`."
        raise ArgumentError("y", "be omitted if the points have different times", y, cure)
    as_map = y is not None or (family is None and _is_fine(numbers, x, rest[0]))
    draw = draw_heat if as_map else draw_families
    return draw(dataset, *panels, x, rest[0])


def _chosen(dataset: xr.Dataset, variables: str | Iterable[str] | None) -> dict[str, Any]:
    """Return the arrays that may be drawn, without dimensions of length one."""
    if variables is None:
        every = [str(name) for name in dataset.data_vars]
        names = [name for name in every if not is_check(name)] or every
        if len(names) > 1 and not any(_is_timed(dataset[name]) for name in names):
            names = [name for name in names if name != "power"]  # 0 in steady states
    else:
        names = [variables] if isinstance(variables, str) else list(variables)
        for name in names:
            if name not in dataset.data_vars:
                cure = suggest(str(name), map(str, dataset.data_vars))
                raise ArgumentError("variables", "name variables of the data", name, cure)
    chosen = dataset[names].map(lambda array: array * 1 if array.dtype == bool else array)
    for name in names:
        chosen[name].attrs = dict(dataset[name].attrs)
    single = [
        dim
        for dim, size in chosen.sizes.items()
        if size == 1 and len(chosen.sizes) > 1 and not is_run_dim(chosen, dim)
    ]
    axes = [dim for dim in chosen.dims if not is_run_dim(chosen, dim)]
    arrays = entries(chosen.squeeze(single), keep=axes)
    if variables is not None:
        for name in names:
            if not any(entry.split("[")[0] == name and arrays[entry].dims for entry in arrays):
                cure = "Show single numbers by print(dataset)."
                raise ArgumentError("variables", "have a dimension to draw", name, cure)
    return {name: array for name, array in arrays.items() if array.dims and array.size}


def _dims(dataset: xr.Dataset, numbers: dict[str, xr.DataArray]) -> list[str]:
    """Return the dimensions of the arrays; ``state_time`` counts as a time."""
    dims = list(dict.fromkeys(dim for array in numbers.values() for dim in dims_of(array)))
    if not dims:
        sizes = dataset.sizes.items()
        named = [dim for dim, size in sizes if size > 1 and dataset[dim].dtype.kind in "OSUT"]
        cure = (
            (
                f"There is one number for each {named[0]}. Show them by print(dataset), or draw one"
                " variable by dataset[name].to_series().plot.bar()."
            )
            if named
            else (
                "There are only single numbers, as for one steady state. Show them by"
                " print(dataset), or join several results by qb.concat to draw them over a"
                " parameter."
            )
        )
        names = list(map(str, dataset.data_vars))
        raise ArgumentError("dataset", "contain variables with a dimension to draw", names, cure)
    return [dim for dim in dims if dim != "state_time" or "time" not in dims]


def _is_timed(array: xr.DataArray) -> bool:
    return bool({*TIMES} & {*dims_of(array)})


def _horizontal(dataset: xr.Dataset, dims: Sequence[str], *, scaling: bool) -> str:
    """Return the default horizontal dimension: time, atoms, or the last numeric dimension."""
    if scaling and "n_atoms" in dims:
        return "n_atoms"
    numeric = [dim for dim in dims if dim in TIMES or not is_text(dataset[dim])]
    return next((dim for dim in dims if dim in TIMES), (numeric or [*dims])[-1])


def _over(
    numbers: dict[str, xr.DataArray], x: str, rest: list[str], named: bool
) -> dict[str, xr.DataArray]:
    """Return the arrays with the dimensions to draw; a named variable must have them."""
    complete = {}
    for name, array in numbers.items():
        dims = {"time" if dim == "state_time" and x == "time" else dim for dim in dims_of(array)}
        if dims == {x, *rest}:
            complete[name] = array
        elif named:
            cure = f"Draw it separately, because its dimensions are {', '.join(sorted(dims))}."
            requirement = f"have the dimensions {', '.join([x, *rest])}"
            raise ArgumentError("variables", requirement, name, cure)
    return complete


def _main(numbers: dict[str, xr.DataArray], named: bool) -> dict[str, xr.DataArray]:
    """Return the main variables, or all variables if there are no main ones."""
    main = {
        name: array
        for name, array in numbers.items()
        if named or any(fnmatchcase(name, pattern) for pattern in MAIN_VARIABLES)
    }
    return main or numbers


def _first(panels: list[Panel]) -> tuple[list[Panel], list[str]]:
    """Return the panels that fit on a page, and the names of omitted variables."""
    omitted = [name for panel in panels[MAX_PANELS:] for name in panel.curves]
    return panels[:MAX_PANELS], list(dict.fromkeys(name.split("[")[0] for name in omitted))


def _is_fine(numbers: dict[str, xr.DataArray], x: str, y: str) -> bool:
    """Return whether two dimensions other than time have enough values for a map."""
    if {x, y} & {*TIMES}:
        return False
    first = next(iter(numbers.values()))
    worded = any(is_text(first[dim]) for dim in (x, y))
    return not worded and min(first.sizes[x], first.sizes[y]) >= MIN_MAP_SIDE
