"""Checks of a result as text: status, certificate, worst values over all points."""

from __future__ import annotations

import math
from textwrap import wrap

import xarray as xr

from qubatt.results.contents import (
    CERTIFICATE_PREFIX,
    Extreme,
    extreme,
    is_check,
    json_attribute,
)
from qubatt.results.coordinates import CUTOFF_ERROR, TOLERANCE
from qubatt.results.dims import varied_parameters
from qubatt.results.late_maxima import STILL_RISING, late_maxima, names_in
from qubatt.results.reading import certificate
from qubatt.results.status import MEANINGS, one_status, status_counts
from qubatt.results.text import WIDTH, lines_of, number_text

SHOWN_ERRORS = 4
"""Number of merits whose cut-off errors a summary shows, those nearest to their limits."""


def worst_checks(dataset: xr.Dataset) -> dict[str, Extreme | None]:
    """Return the worst value of each check over all points; None if no value is known.

    For eigenvalues this is the smallest value, for all other checks the largest absolute value.
    """
    worst: dict[str, Extreme | None] = {}
    for name, array in dataset.variables.items():
        if is_check(str(name)) and array.dtype.kind in "iuf":
            smallest = "eigenvalue" in str(name)
            values = dataset[name] if smallest else abs(dataset[name])
            worst[str(name)] = extreme(values, largest=not smallest)
    return worst


def certificate_text(dataset: xr.Dataset) -> str:
    """Return the numbers in the certificate, or their worst values over many points, as text."""
    if varied_parameters(dataset):
        return ""
    numbers = {
        name: value
        for name, value in certificate(dataset).items()
        if name not in ("status", "cutoff_method", TOLERANCE) and not isinstance(value, dict)
    }
    if any(isinstance(value, list) for value in numbers.values()):
        numbers = {
            name.removeprefix(CERTIFICATE_PREFIX): _whole(worst.value)
            for name, worst in worst_checks(dataset).items()
            if worst is not None and name.startswith(CERTIFICATE_PREFIX)
        }
    texts = []
    for name, value in numbers.items():
        shown = f"{value:.1e}" if isinstance(value, float) else value
        texts.append(f"{name} {'not known' if value is None else shown}")
    return ", ".join(texts)


def cutoff_text(dataset: xr.Dataset) -> str:
    """Return as text the errors that the cut-off causes in merits; empty if there are none."""
    known = certificate(dataset)
    errors = known.get(CUTOFF_ERROR)
    if varied_parameters(dataset) or not errors or not known.get("cutoff_relative_error"):
        return ""  # without a cut-off, or with one that is exact
    limits = known.get("cutoff_limit") or {}
    single = {name: error for name, error in errors.items() if not isinstance(error, list)}

    def severity(name: str) -> float:
        error = single[name]
        return math.inf if error is None else error / limits.get(name, 1.0)

    worst = sorted(single, key=severity, reverse=True)
    texts = [
        f"{name} {'not known' if single[name] is None else f'{single[name]:.1e}'}"
        for name in worst[:SHOWN_ERRORS]
    ]
    if len(worst) > SHOWN_ERRORS:
        texts.append(f"less in {len(worst) - SHOWN_ERRORS} others")
    return f"errors by the cut-off ({known.get('cutoff_method')}): {', '.join(texts)}"


def _whole(number: float) -> float | int:
    """Return counts, which a grid stores as floats, as integers."""
    return int(number) if number >= 1.0 and float(number).is_integer() else number


def status_text(dataset: xr.Dataset) -> str:
    """Return the status with its meaning, or the number of points for each status."""
    if counts := status_counts(dataset):
        several = " points" if [*counts.values()][-1] > 1 else ""
        return "; ".join(f"{status} at {count}" for status, count in counts.items()) + several
    if parameters := varied_parameters(dataset):
        names = ", ".join(parameters)
        return f"known for only one part; parts differ in {names}: join results with qb.concat"
    status = one_status(dataset)
    return f"{status} ({MEANINGS[status]})" if status in MEANINGS else status


def check_lines(dataset: xr.Dataset) -> list[str]:
    """Return lines on the reliability of a result: uniqueness, cut-off, notes, certificate."""
    lines = []
    if "uniqueness" in dataset.attrs:
        lines += lines_of("steady state", str(dataset.attrs["uniqueness"]))
    cutoff = json_attribute(dataset, "cutoff")
    if isinstance(cutoff, dict) and "chosen" in cutoff:
        lines += lines_of("max_photons", f"{cutoff['chosen']}, determined automatically")
    if bool(dataset.get("ambiguous", xr.DataArray(False)).any()):
        note = (
            "Some points have degenerate levels, at which work, heat and efficiency depend on how"
            " ties are broken (here by ascending H_0)."
        )
        lines += wrap(note, WIDTH, subsequent_indent="  ")
    if text := late_text(dataset):
        lines += lines_of("at the last time, may still rise", text)
    if "note" in dataset.attrs:
        lines += wrap(str(dataset.attrs["note"]), WIDTH, subsequent_indent="  ")
    if text := status_text(dataset):
        lines += lines_of("status", text)
    if errors := cutoff_text(dataset):
        lines += wrap(errors, WIDTH, initial_indent="  ", subsequent_indent="  ")
    if numbers := certificate_text(dataset):
        lines += wrap(numbers, WIDTH, initial_indent="  ", subsequent_indent="  ")
    return lines


def late_text(dataset: xr.Dataset) -> str:
    """Return the maxima at the last time, with their number of points if there are several."""
    if STILL_RISING in dataset.variables:
        masks = {name: late_maxima(dataset, str(name)) for name in dataset.data_vars}
        counts = {
            name: f" at {int(mask.sum())} of {mask.size} points" if mask.ndim else ""
            for name, mask in masks.items()
            if mask is not None
        }
        return ", ".join(f"{name}{count}" for name, count in counts.items())
    if varied_parameters(dataset):
        return ""
    names = names_in(dataset.attrs)
    return ", ".join(name for name in names if name in dataset and not dataset[name].ndim)


def status_rows(dataset: xr.Dataset) -> list[tuple[str, str, str]]:
    """Return each status with its number of points and its meaning."""
    counts = status_counts(dataset)
    return [(name, str(count), MEANINGS.get(name, "")) for name, count in counts.items()]


def certificate_rows(dataset: xr.Dataset) -> list[tuple[str, str, str]]:
    """Return the worst value of each check, and the point at which it occurs."""
    rows = []
    for name, worst in worst_checks(dataset).items():
        label = name.removeprefix(CERTIFICATE_PREFIX).replace("_", " ")
        value, point = extreme_text(worst, digits=2)
        rows.append((label if "smallest" in label else f"largest {label}", value, point))
    return rows


def extreme_text(worst: Extreme | None, digits: int = 5) -> tuple[str, str]:
    """Return a value and its coordinates as text."""
    if worst is None:
        return "undefined", ""
    at = ", ".join(f"{name} = {number_text(label)}" for name, label in worst.coordinates.items())
    return f"{worst.value:.{digits}g}", f"at {at}" if at else ""
