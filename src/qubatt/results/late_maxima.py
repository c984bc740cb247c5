"""Maxima that lie at the last time of a run, where the curve may still rise."""

from __future__ import annotations

import json
from collections.abc import Container, Mapping
from typing import Any

import numpy as np
import xarray as xr

STILL_RISING = "still_rising"
"""Name of the attribute of a run, or of the variable of many runs, that lists late maxima."""

SEPARATOR = ", "
"""Separator of the names in the variable."""

LONG_NAME = "maxima at the last time"
"""Description of the variable."""


def names_in(attributes: Mapping[str, Any]) -> list[str]:
    """Return the names of the late maxima from the attributes of a run; empty if there are none."""
    try:
        names = json.loads(attributes[STILL_RISING])
    except (KeyError, TypeError, ValueError):
        return []
    return list(map(str, names)) if isinstance(names, list) else []


def names_text(attributes: Mapping[str, Any], variables: Container[Any]) -> str:
    """Return the names of the variables that are late maxima of a run, joined into one string."""
    return SEPARATOR.join(name for name in names_in(attributes) if name in variables)


def late_maxima(dataset: xr.Dataset, name: str) -> xr.DataArray | None:
    """Return a mask of the points at which a maximum lies at the last time; None if there is none.

    Parameters
    ----------
    dataset : Dataset
        Results of a study, or of several runs joined by `concat`.
    name : str
        Name of a maximum, such as ``maximum_energy``, or of its time.
    """
    if STILL_RISING not in dataset.variables:
        return None
    texts = dataset[STILL_RISING].reset_coords(drop=True).astype(str)
    distinct, index = np.unique(texts.to_numpy(), return_inverse=True)
    late = np.array([name in text.split(SEPARATOR) for text in distinct.tolist()], dtype=bool)
    mask = texts.copy(data=late[index].reshape(texts.shape))
    return mask if bool(mask.any()) else None
