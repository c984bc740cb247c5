"""Summary of a result as plain text: parameters, main numbers, certificate."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import shorten, wrap

import xarray as xr

from qubatt.results.checks import check_lines
from qubatt.results.contents import CERTIFICATE_PREFIX, entries, extreme, units_of
from qubatt.results.parameters import axis_lines, description
from qubatt.results.text import WIDTH, aligned, number_text

MAX_LINES = 25
"""Default maximum number of lines of a summary."""


def summary(dataset: xr.Dataset, max_lines: int | None = MAX_LINES) -> str:
    """Return the contents of a result as plain text.

    Parameters
    ----------
    dataset : Dataset
        Result of any computation, a selection from it, or several joined results.
    max_lines : int, optional
        Maximum number of lines; None shows every variable.
    """
    numbers = {k: v for k, v in entries(dataset).items() if not k.startswith(CERTIFICATE_PREFIX)}
    curves = {name: array for name, array in numbers.items() if array.dims}
    scalars = {name: array for name, array in numbers.items() if not array.dims}
    head, foot = [*description(dataset), *axis_lines(dataset)], check_lines(dataset)
    body = _curve_lines(curves) if curves else _scalar_lines(scalars)
    if curves and scalars:
        texts = ", ".join(f"{name}\xa0{_value_text(array)}" for name, array in scalars.items())
        most = 4 if max_lines is not None else None
        foot = wrap(texts, WIDTH, subsequent_indent="  ", max_lines=most, placeholder=" ...") + foot
    available = len(body) if max_lines is None else max(max_lines - len(head) - len(foot), 4)
    if len(body) > available:
        omitted = ", ".join(line.split()[0] for line in body[available - 1 :])
        body = [*body[: available - 1], shorten(f"... and {omitted}", WIDTH, placeholder=" ...")]
    return "\n".join([*head, *body, *foot]).replace("\xa0", " ")


def _scalar_lines(scalars: Mapping[str, xr.DataArray]) -> list[str]:
    """Return one line for each variable without dims."""
    rows = [[name, f"{array.item() + 0.0:.6g}", units_of(array)] for name, array in scalars.items()]
    return aligned(rows, left=(0, 2)) if rows else []


def _value_text(array: xr.DataArray) -> str:
    """Return a number with its units, joined by a non-breaking space."""
    return f"{array.item() + 0.0:.6g}\xa0{units_of(array)}".strip()


def _curve_lines(curves: Mapping[str, xr.DataArray]) -> list[str]:
    """Return one line for each array, with its extremes and its last value over time."""
    timed = {name for name, array in curves.items() if _is_timed(array)}
    dims = {array.dims for array in curves.values()}
    shared = f"at {next(iter(dims))[0]}" if len(dims) == 1 and len(next(iter(dims))) == 1 else ""
    shared = "at time" if len(timed) == len(curves) else shared
    header = ["", "smallest", "largest", shared or "at", *(["last"] if timed else []), ""]
    rows = [header]
    for name, array in curves.items():
        least, most = (extreme(array + 0.0, largest=largest) for largest in (False, True))
        if least is None or most is None:
            rows.append([name, "undefined", *[""] * (len(header) - 2)])
            continue
        point = ", ".join(
            f"{'' if shared else dim} {number_text(most.coordinates[str(dim)], 5)}".strip()
            for dim in array.dims
        )
        last = [f"{array.to_numpy()[-1] + 0.0:.6g}" if name in timed else ""] if timed else []
        rows.append(
            [name, f"{least.value:.6g}", f"{most.value:.6g}", point, *last, units_of(array)]
        )
    return aligned(rows, left=(0, 3, len(header) - 1))


def _is_timed(array: xr.DataArray) -> bool:
    """Return whether an array is a single curve over time, which has a last value."""
    return array.dims in (("time",), ("state_time",)) and array.size > 0
