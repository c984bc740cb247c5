"""Scalar coordinates of a result: parameters, status, certificate and engine.

They repeat attributes, because `xarray.concat` stacks coordinates but keeps only the attributes of
the first Dataset.
"""

from __future__ import annotations

import json
import math
from collections.abc import Container, Mapping
from typing import Any

import xarray as xr

from qubatt.core.field_units import description_and_units
from qubatt.results.contents import CERTIFICATE_PREFIX, json_attribute
from qubatt.results.dims import ROLE
from qubatt.results.text import object_text

STATUS, PARAMETERS, ENGINE = "status", "parameters", "engine"
"""Names of coordinates that repeat the attribute of the same name."""

CHARGER, DISSIPATORS = "charger", "dissipators"
"""Names of coordinates that describe the charger state and the environment in words."""


def with_scalar_coordinates(dataset: xr.Dataset) -> xr.Dataset:
    """Return a result with its parameters, status, certificate and engine as scalar coordinates.

    See `scalar_coordinates`; a Dataset without battery parameters is returned unchanged.
    """
    parameters = json_attribute(dataset, PARAMETERS)
    if not isinstance(parameters, dict) or "battery" not in parameters:
        return dataset
    numbers = json_attribute(dataset, "certificate") or {}
    taken = {*map(str, dataset.variables), *map(str, dataset.dims)}
    scalars = scalar_coordinates(dataset.attrs, parameters, numbers, taken)
    return dataset.assign_coords({name: ((), *entry) for name, entry in scalars.items()})


def scalar_coordinates(
    attributes: Mapping[str, Any],
    parameters: Mapping[str, Any],
    certificate: Mapping[str, Any],
    taken: Container[str],
) -> dict[str, tuple[Any, dict[str, str]]]:
    """Return the values and attributes of the scalar coordinates of a result.

    Battery parameters have the names of their fields, for example ``n_atoms``, or
    ``battery_n_atoms`` if a variable or dim already has that name; numbers of the certificate are
    named ``certificate_…``. Energies and frequencies have the same units as the axes of a study.

    Parameters
    ----------
    attributes : mapping
        Attributes of the result.
    parameters, certificate : mapping
        Decoded contents of the attributes of the same names.
    taken : container of str
        Names of variables and dims, which coordinates must not reuse.
    """
    scalars: dict[str, tuple[Any, dict[str, str]]] = {
        STATUS: (attributes.get(STATUS, ""), {ROLE: STATUS}),
        PARAMETERS: (attributes[PARAMETERS], {ROLE: PARAMETERS}),
        ENGINE: (attributes.get(ENGINE, "{}"), {ROLE: ENGINE}),
    }
    battery = parameters["battery"]
    for name, value in _battery_numbers(battery).items():
        free = name if name not in taken and name not in scalars else f"battery_{name}"
        _, units = description_and_units("battery", str(battery.get("type")), name)
        scalars[free] = (value, {ROLE: f"battery.{name}"} | ({"units": units} if units else {}))
    if parameters.get("charger"):
        scalars[CHARGER] = (object_text(parameters["charger"]), {ROLE: "charger"})
    texts = map(object_text, parameters.get("environment") or [])
    scalars[DISSIPATORS] = ("; ".join(texts), {ROLE: "environment"})
    for name, number in flat_certificate(certificate).items():
        scalars[CERTIFICATE_PREFIX + name] = (number, {ROLE: "certificate"})
    return scalars


CUTOFF_ERROR = "cutoff_error"
"""Certificate entry with the error that the photon cut-off causes in each merit."""

METHODS = "cutoff_methods"
"""Certificate entry with the methods by which the error of each merit was determined."""

TOLERANCE = "cutoff_tolerance"
"""Certificate entry with the tolerance of these errors; as a parameter it is not a coordinate."""

VALID_UNTIL = "cutoff_valid_until"
"""Certificate entry with the last time at which all errors are small, if there is such a time.

It is not a coordinate, because `xarray.concat` joins only coordinates that all parts have.
"""


def flat_certificate(certificate: Mapping[str, Any]) -> dict[str, float | str]:
    """Return the numbers and strings in a certificate, with NaN for an unknown number.

    ``cutoff_error_energy`` is the error of the energy, and so on; limits, statuses and methods
    of individual merits are omitted, and so are `VALID_UNTIL` and `TOLERANCE`.
    """
    errors = certificate.get(CUTOFF_ERROR) or {}
    numbers = {
        name: value
        for name, value in certificate.items()
        if not isinstance(value, dict) and name not in (VALID_UNTIL, TOLERANCE)
    }
    numbers |= {f"{CUTOFF_ERROR}_{name}": error for name, error in errors.items()}
    return {
        name: value if isinstance(value, str) else math.nan if value is None else float(value)
        for name, value in numbers.items()
    }


def _battery_numbers(battery: Mapping[str, Any]) -> dict[str, Any]:
    """Return the numerical fields of a battery."""
    return {
        name: value
        for name, value in battery.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }


def is_descriptive(coordinate: xr.DataArray) -> bool:
    """Return whether a coordinate comes from `with_scalar_coordinates`."""
    return ROLE in coordinate.attrs


def decoded(text: Any) -> Any:
    """Return text decoded from JSON, or None if it is invalid."""
    try:
        return json.loads(str(text))
    except ValueError:
        return None
