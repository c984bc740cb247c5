"""Scalar coordinates of a result: parameters, status, certificate and engine.

They repeat attributes, because `xarray.concat` stacks coordinates and keeps the attributes of its
first argument alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import xarray as xr

from qubatt.results.contents import CERTIFICATE_PREFIX, json_attribute
from qubatt.results.text import object_text

STATUS, PARAMETERS, ENGINE = "status", "parameters", "engine"
"""Names of coordinates that repeat the attribute of the same name."""

CHARGER, DISSIPATORS = "charger", "dissipators"
"""Names of coordinates that describe the charger state and the environment in words."""

ROLE = "describes"
"""Attribute that marks a coordinate of this module; its value is what the coordinate describes."""


def with_scalar_coordinates(dataset: xr.Dataset) -> xr.Dataset:
    """Return a result with its parameters, status, certificate and engine as scalar coordinates.

    Numbers of the battery have the names of its fields, ``n_atoms`` for example, or
    ``battery_n_atoms`` where a variable or dim has that name; numbers of the certificate are
    called ``certificate_…``.
    """
    parameters = json_attribute(dataset, PARAMETERS)
    if not isinstance(parameters, dict) or "battery" not in parameters:
        return dataset
    scalars: dict[str, tuple[Any, str]] = {
        STATUS: (str(dataset.attrs.get(STATUS, "")), STATUS),
        PARAMETERS: (dataset.attrs[PARAMETERS], PARAMETERS),
        ENGINE: (str(dataset.attrs.get(ENGINE, "{}")), ENGINE),
    }
    taken = {*map(str, dataset.variables), *map(str, dataset.dims), *scalars}
    for name, value in _battery_numbers(parameters["battery"]).items():
        scalars[f"battery_{name}" if name in taken else name] = (value, f"battery.{name}")
    if parameters.get("charger"):
        scalars[CHARGER] = (object_text(parameters["charger"]), "charger")
    texts = map(object_text, parameters.get("environment") or [])
    scalars[DISSIPATORS] = ("; ".join(texts), "environment")
    for name, number in (json_attribute(dataset, "certificate") or {}).items():
        value = float("nan") if number is None else float(number)
        scalars[CERTIFICATE_PREFIX + name] = (value, "certificate")
    return dataset.assign_coords(
        {
            name: xr.Variable((), value, {ROLE: described})
            for name, (value, described) in scalars.items()
        }
    )


def _battery_numbers(battery: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a battery that are numbers."""
    return {
        name: value
        for name, value in battery.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }


def is_descriptive(coordinate: xr.DataArray) -> bool:
    """Return whether a coordinate comes from `with_scalar_coordinates`."""
    return ROLE in coordinate.attrs


def decoded(text: Any) -> Any:
    """Return a text decoded from JSON; None where it is damaged."""
    try:
        return json.loads(str(text))
    except ValueError:
        return None
