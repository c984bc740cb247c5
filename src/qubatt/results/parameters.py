"""Parameters of a result: the computed problem, its fixed and its varied parameters."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import xarray as xr

from qubatt.results.contents import CERTIFICATE_PREFIX, json_attribute, units_of
from qubatt.results.coordinates import ENGINE, PARAMETERS, STATUS, is_descriptive
from qubatt.results.reading import parameters as known_parameters
from qubatt.results.text import lines_of, number_text, object_text

STUDY_TABLES = ("battery", "charger", "environment", "run")
"""Tables of a study file that hold parameters."""


class StudyPart(NamedTuple):
    """One object of a study: its fixed parameters and the names of its varied parameters.

    Attributes
    ----------
    table : str
        Table of the study.
    name : str
        Displayed name: the name of the table, numbered if the table holds several objects.
    fixed : Any
        Fields with the same value at all points, nested as in the study; None if the whole object
        varies.
    varied : tuple of str
        Fields that vary.
    """

    table: str
    name: str
    fixed: Any
    varied: tuple[str, ...]


def study_parts(study: Mapping[str, Any]) -> Iterator[StudyPart]:
    """Yield the objects of a study, in the order of its tables."""
    varied = {name for name in study.get("sweep", {}) if name != "together"}
    for table in STUDY_TABLES:
        entry = study.get(table)
        if table == "environment" and isinstance(entry, list):
            if table in varied:
                yield StudyPart(table, table, None, ())
                continue
            for k, part in enumerate(entry):
                kind = part.get("type") if isinstance(part, dict) else None
                name = f"{table} {k + 1}" if len(entry) > 1 else table
                names = {f"{table}.{k}", f"{table}.{kind}", str(kind)}
                yield _study_part(table, name, part, names, varied)
        elif entry not in (None, "", []):
            yield _study_part(table, table, entry, {table}, varied)


def _study_part(
    table: str, name: str, entry: Any, names: Collection[str], varied: Collection[str]
) -> StudyPart:
    """Return one object of a study, to which the table ``sweep`` may refer by any of `names`."""
    if {*names} & {*varied}:
        return StudyPart(table, name, None, ())
    changing = {
        parameter.removeprefix(f"{prefix}.")
        for prefix in names
        for parameter in varied
        if parameter.startswith(f"{prefix}.")
    }
    fixed = _without(entry, changing) if isinstance(entry, dict) else entry
    return StudyPart(table, name, fixed, tuple(sorted(changing)))


def _without(fields: Mapping[str, Any], paths: Collection[str]) -> dict[str, Any]:
    """Return a table without the fields at the given dotted paths."""
    remaining: dict[str, Any] = {}
    for name, value in fields.items():
        if name not in paths:
            inner = {path.removeprefix(f"{name}.") for path in paths if path.startswith(f"{name}.")}
            remaining[name] = _without(value, inner) if isinstance(value, dict) else value
    return remaining


def fixed_rows(dataset: xr.Dataset) -> list[tuple[str, str]]:
    """Return the dotted names and values of the parameters that are the same at all points."""
    study = json_attribute(dataset, "study")
    if not isinstance(study, dict):
        return []
    return [row for part in study_parts(study) for row in _flat(part.name, part.fixed)]


def _flat(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """Yield one row for each non-empty entry of a table."""
    if isinstance(value, dict):
        for field, entry in value.items():
            yield from _flat(f"{name}.{field}", entry)
    elif value not in (None, "", []):
        texts = map(number_text, value) if isinstance(value, list) else [number_text(value)]
        yield name, ", ".join(texts)


def description(dataset: xr.Dataset) -> list[str]:
    """Return lines that describe the computed problem: battery, charger, environment."""
    if isinstance(study := json_attribute(dataset, "study"), dict):
        return _study_lines(study, str(dataset.attrs.get("title", "")))
    parameters = known_parameters(dataset)
    if not parameters:
        return [str(dataset.attrs.get("title") or "Result")]
    if "battery" not in parameters:
        return lines_of("Recharging", object_text(parameters, ""))
    title = "Steady state" if "uniqueness" in dataset.attrs else "Charging"
    initial = dataset.attrs.get("start", "")
    if initial:
        title = "Discharge"
    battery, charger = parameters["battery"], parameters.get("charger")
    if isinstance(battery, dict):
        lines = lines_of(f"{title} of {battery.get('type')}", object_text(battery, ""))
    else:
        lines = lines_of(f"{title} of several batteries", " | ".join(map(_text, battery)))
    if initial:
        lines += [f"  start: {initial if initial == 'full' else f'charged to time {initial}'}"]
    if charger and initial != "full":
        states = charger if isinstance(charger, list) else [charger]
        lines += lines_of("  charger", " | ".join(map(_text, states)))
    environment = _text(parameters.get("environment"))
    if environment == "none" and isinstance(battery, dict) and battery.get("jumps"):
        environment = "none besides the jumps of the battery"
    return [*lines, *lines_of("  environment", environment)]


def _text(parameters: Any) -> str:
    """Return one object, several simultaneous objects, or those of all joined parts as text."""
    if not isinstance(parameters, list):
        return object_text(parameters) if parameters else "none"
    joined = any(isinstance(entry, list) for entry in parameters)
    return (" | " if joined else "; ").join(map(_text, parameters)) or "none"


def _study_lines(study: Mapping[str, Any], title: str) -> list[str]:
    """Return lines with the fixed parameters of a study and the names of its varied parameters."""
    texts: dict[str, list[str]] = {"battery": [], "environment": [], "run": []}
    for part in study_parts(study):
        fields = part.fixed
        if part.table == "run" and isinstance(fields, dict):
            fields = {name: value for name, value in fields.items() if name != "merits"}
        text = "varied" if fields is None else object_text(fields)
        varied = [f"{name} varied" for name in sorted(part.varied)]
        texts.setdefault(part.table, []).append(", ".join([text, *varied]))
    axes = ", ".join(name for name in study.get("sweep", {}) if name != "together")
    kind = study.get("run", {}).get("type", "runs")
    lines = lines_of("Study", title or f"{kind} over {axes}")
    for table in (table for table in STUDY_TABLES if table in texts):
        lines += lines_of(f"  {table}", "; ".join(texts[table]) or "none")
    return lines


def axis_lines(dataset: xr.Dataset) -> list[str]:
    """Return lines with the coordinates and their ranges, in the order of the dims."""
    lines = []
    names = {str(name): None for name in dataset.coords}
    point_dims = dataset["status"].dims if "status" in dataset.variables else ()
    for name in dict.fromkeys([*(str(dim) for dim in point_dims if dim in names), *names]):
        coordinate = dataset.coords[name]
        if name in (STATUS, PARAMETERS, ENGINE) or name.startswith(CERTIFICATE_PREFIX):
            continue
        units, values = units_of(coordinate), coordinate.to_numpy()
        dims = ", ".join(map(str, coordinate.dims))
        along = "" if dims == name else f" along {dims}"
        if coordinate.ndim == 0:
            if not is_descriptive(coordinate):
                numeric = values.dtype.kind in "iuf"
                text = f"{values.item():g}" if numeric else str(values.item())
                lines += lines_of(f"  at {name}", f"{text} {units}".strip())
        elif coordinate.ndim == 1 and values.dtype.kind in "iuf" and np.isfinite(values).any():
            span = f"{np.nanmin(values):g} to {np.nanmax(values):g} {units}".strip()
            lines += lines_of(f"  {name}", f"{span}, {values.size} values{along}")
        elif coordinate.ndim == 1 and name in point_dims:
            lines += lines_of(f"  {name}", ", ".join(map(str, values)))
    return lines
