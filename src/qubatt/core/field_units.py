"""Descriptions and units of declared fields, for the labels of axes."""

from __future__ import annotations

import functools
import re

from qubatt.core.declaration import fields_of
from qubatt.core.registry import registry
from qubatt.core.spec_string import plain_types

DIMENSIONLESS = ("n_thermal",)
"""Real fields of batteries and dissipators that are neither energies nor rates."""


@functools.cache
def description_and_units(kind: str, name: str, field: str) -> tuple[str, str]:
    """Return the description of a field and its units; empty strings if they are unknown.

    Energies and rates of batteries and dissipators are in units of ω_ref, unless the description
    names other units.

    Parameters
    ----------
    kind, name : str
        Kind and name of the class in the registry, such as ``"battery"`` and ``"driven"``.
    field : str
        Name of the field.
    """
    cls = registry.items(kind).get(name)
    entry = None if cls is None else fields_of(cls).get(field)
    if entry is None:
        return "", ""
    text, _, rest = (entry.description or "").split(";")[0].partition(", in units of ")
    units = rest.split(",")[0].replace("ω", "omega")
    if not units and kind in ("battery", "environment") and field not in DIMENSIONLESS:
        units = "omega_ref" if float in plain_types(entry.annotation) else ""
    return re.split("[,:] ", text)[0], units  # explanations are too long for a label
