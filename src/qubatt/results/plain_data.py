"""Results as plain, JSON-compatible data."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import xarray as xr

LABELS = ("units", "long_name", "definition")
"""Attributes of a variable that accompany its values."""


def to_plain(dataset: xr.Dataset) -> dict[str, Any]:
    """Return a Dataset as dicts and lists, with NaN as None and JSON attributes decoded."""
    content: dict[str, Any] = {"attributes": {}}
    for name, value in dataset.attrs.items():
        try:
            content["attributes"][name] = _finite(json.loads(value))
        except (TypeError, ValueError):
            content["attributes"][name] = _finite(value)
    for group, variables in (("coordinates", dataset.coords), ("variables", dataset.data_vars)):
        content[group] = {
            str(name): {"dims": list(array.dims), "values": _finite(array.to_numpy().tolist())}
            | {key: array.attrs[key] for key in LABELS if key in array.attrs}
            for name, array in variables.items()
        }
    return content


def _finite(value: Any) -> Any:
    """Return None in place of NaN and infinities, which JSON cannot hold."""
    if isinstance(value, np.generic | np.ndarray):
        value = value.tolist()
    if isinstance(value, dict):
        return {name: _finite(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [_finite(entry) for entry in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
