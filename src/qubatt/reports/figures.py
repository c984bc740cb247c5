"""Standard figures of a study, chosen by the dimensions of its data."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from qubatt.core.errors import ArgumentError
from qubatt.plots import plot
from qubatt.results.dims import axes_of
from qubatt.results.tables import merit_arrays

MAX_FIGURES = 8
"""Largest number of figures on a page."""

MAX_LAWS = 5
"""Largest number of values of a second axis for which power laws are drawn."""

LAW_AXIS = "n_atoms"


@dataclass(frozen=True)
class Shown:
    """A figure on the page: its title and its PNG."""

    title: str
    image: bytes


def standard_figures(dataset: xr.Dataset) -> list[Shown]:
    """Return figures that show merits along one or two axes, power laws in N, and time curves.

    Further axes are fixed at their first and last values for merits, and at their middle values
    for all other figures.
    """
    axes = [axis for axis in axes_of(dataset) if dataset.sizes[axis] > 1]
    arrays = merit_arrays(dataset)
    merits = [name for name, array in arrays.items() if {*array.dims} <= {*axes_of(dataset)}]
    curves = [name for name in arrays if name not in merits]
    figures: list[Shown] = []
    for title, draw in _wanted(dataset, axes, merits, curves):
        if len(figures) == MAX_FIGURES:
            break
        try:
            figure = draw()
        except ArgumentError:  # there are no positive or no finite values
            continue
        figures.append(Shown(title, _png(figure)))
    return figures


def _wanted(
    dataset: xr.Dataset, axes: Sequence[str], merits: list[str], curves: list[str]
) -> Iterator[tuple[str, Any]]:
    """Yield the title and the drawing function of each figure, most important first."""
    if merits and axes:
        data = _part(dataset, merits)
        longest = sorted(axes, key=lambda axis: -dataset.sizes[axis])[:2]
        others = [axis for axis in axes if axis not in longest]
        ends = [dataset[axis].to_numpy()[[0, -1]].tolist() for axis in others]
        for values in product(*ends):
            at = dict(zip(others, values, strict=True))
            title = f"Figures of merit versus {' and '.join(_name(data, a) for a in longest)}"
            yield _at(title, dataset, at), lambda at=at: plot(data, at=at)
        if LAW_AXIS in axes and dataset.sizes[LAW_AXIS] >= 3:
            rest = [axis for axis in axes if axis != LAW_AXIS]
            at = _middle(dataset, rest[1:])
            few = _thinned(data, rest[:1])
            title = f"Power laws in the {_name(data, LAW_AXIS)}"
            yield _at(title, dataset, at), lambda: plot(few, at=at, scaling=True)
    if curves:
        data = _part(dataset, curves)
        families: list[str | None] = [*axes]
        for axis in families or [None]:
            at = _middle(dataset, [other for other in axes if other != axis])
            title = "Curves over time" + (f" by {_name(data, axis)}" if axis else "")
            yield (
                _at(title, dataset, at),
                lambda axis=axis, at=at: plot(data, x="time", family=axis, at=at),
            )


def _part(dataset: xr.Dataset, names: list[str]) -> xr.Dataset:
    """Return selected variables with the status of the points."""
    return dataset[[*names, *(["status"] if "status" in dataset.data_vars else [])]]


def _thinned(dataset: xr.Dataset, axes: Sequence[str]) -> xr.Dataset:
    """Return a few values of each axis, including the first and the last."""
    for axis in axes:
        size = dataset.sizes[axis]
        indices = np.linspace(0, size - 1, min(size, MAX_LAWS)).round().astype(int)
        dataset = dataset.isel({axis: indices})
    return dataset


def _middle(dataset: xr.Dataset, axes: Sequence[str]) -> dict[str, Any]:
    return {axis: dataset[axis].to_numpy()[dataset.sizes[axis] // 2].item() for axis in axes}


def _name(dataset: xr.Dataset, axis: str) -> str:
    text = str(dataset[axis].attrs.get("long_name", axis))
    return text[:1].lower() + text[1:] if text[1:2].islower() else text  # within a sentence


def _at(title: str, dataset: xr.Dataset, at: Mapping[str, Any]) -> str:
    """Return a title with the fixed values."""
    parts = [
        f"{_name(dataset, axis)} {value:g}" if not isinstance(value, str) else value
        for axis, value in at.items()
    ]
    return f"{title}, at {', '.join(parts)}" if parts else title


def _png(figure: Figure) -> bytes:
    target = io.BytesIO()
    figure.savefig(target, format="png")
    return target.getvalue()
