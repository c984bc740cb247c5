"""Parameters, certificate and engine of any result, including joined results and studies."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr

from qubatt.results.contents import CERTIFICATE_PREFIX, json_attribute
from qubatt.results.coordinates import (
    CUTOFF_ERROR,
    ENGINE,
    PARAMETERS,
    STATUS,
    decoded,
    flat_certificate,
)
from qubatt.results.dims import varied_parameters
from qubatt.results.status import one_status


def certificate(dataset: xr.Dataset) -> dict[str, Any]:
    """Return the status of a result and the numbers behind it.

    Parameters
    ----------
    dataset : xarray.Dataset
        Result of `charge`, `steady_state`, `discharge` or `sweep`, a selection from it, or several
        joined results.

    Returns
    -------
    dict
        ``status``, then numbers by name, such as ``error_estimate``, None for an unknown one.
        For joined results and studies, nested lists with one entry per part, in the order of the
        dims of ``dataset["status"]``. Empty for a Dataset without a certificate. ``cutoff_error``
        is a dict with the error of each merit that the photon cut-off causes; single results also
        have ``cutoff_limit``, ``cutoff_status``, ``cutoff_methods``, the
        ``cutoff_tolerance``, and ``cutoff_valid_until``, the last time
        before these errors become too large, if they do.

    Examples
    --------
    >>> import qubatt as qb
    >>> battery = qb.DrivenBattery(n_atoms=2, drive=1.0)
    >>> run = qb.charge(battery, times=[0.0, 1.0], environment="collective-decay:0.5")
    >>> qb.certificate(run)["status"]
    'ok'
    """
    numbers: dict[str, Any] = {
        str(name).removeprefix(CERTIFICATE_PREFIX): _known(array.to_numpy().tolist())
        for name, array in dataset.variables.items()
        if str(name).startswith(CERTIFICATE_PREFIX)
    }
    stored = json_attribute(dataset, "certificate")
    stored = stored if isinstance(stored, dict) else {}
    whole = not numbers or numbers == _known_numbers(stored)
    numbers = stored if whole else _nested(numbers)
    if STATUS in dataset.variables and dataset[STATUS].ndim:
        return {"status": dataset[STATUS].to_numpy().tolist(), **numbers}
    status = one_status(dataset)
    return {"status": status, **numbers} if status else numbers


def _known_numbers(stored: dict[str, Any]) -> dict[str, Any]:
    """Return the scalar coordinates that belong to a stored certificate.

    `xarray.concat` keeps the attribute of the first part, so that a later part, selected from the
    joined result, has coordinates that differ from it.
    """
    return {name: _known(number) for name, number in flat_certificate(stored).items()}


def _nested(numbers: dict[str, Any]) -> dict[str, Any]:
    """Return the numbers, with the errors of all merits collected in one dict."""
    prefix = f"{CUTOFF_ERROR}_"
    errors = {
        name.removeprefix(prefix): v for name, v in numbers.items() if name.startswith(prefix)
    }
    others = {name: value for name, value in numbers.items() if not name.startswith(prefix)}
    return others | ({CUTOFF_ERROR: errors} if errors else {})


def parameters(dataset: xr.Dataset) -> dict[str, Any]:
    """Return the parameters of a result.

    Parameters
    ----------
    dataset : xarray.Dataset
        Result of `charge`, `steady_state`, `discharge`, `recharge` or `sweep`, a selection from
        it, or several joined results.

    Returns
    -------
    dict
        ``battery``, ``charger`` and ``environment``, each with its ``type`` and fields. For joined
        results, a parameter that differs between the parts is a nested list with one entry per
        part. For a study, the tables of the study, with the axes under ``sweep``. Empty for a
        Dataset without parameters.

    Examples
    --------
    >>> import qubatt as qb
    >>> battery = qb.DrivenBattery(n_atoms=2, drive=1.0)
    >>> end = qb.steady_state(battery, environment="collective-decay:0.5")
    >>> qb.parameters(end)["environment"]
    [{'type': 'collective-decay', 'rate': 0.5, 'n_thermal': 0.0}]
    """
    if isinstance(study := json_attribute(dataset, "study"), dict):
        return study
    return _decoded_parts(dataset, PARAMETERS)


def engine_of(dataset: xr.Dataset) -> dict[str, Any]:
    """Return the report of the engine on a run: engine name, basis, dimension, steps, products.

    Parameters
    ----------
    dataset : xarray.Dataset
        Result of `charge`, `steady_state` or `discharge`, a selection from it, or several joined
        results.

    Returns
    -------
    dict
        Entries of the report, by name. For joined results, an entry that differs between the parts
        is a nested list. Empty for a Dataset without a report.

    Examples
    --------
    >>> import qubatt as qb
    >>> battery = qb.DrivenBattery(n_atoms=2, drive=1.0)
    >>> qb.engine_of(qb.charge(battery, times=[0.0, 1.0]))["engine"]
    'dense'
    """
    return _decoded_parts(dataset, ENGINE)


def _decoded_parts(dataset: xr.Dataset, name: str) -> dict[str, Any]:
    """Return a decoded JSON coordinate with merged parts, or else the attribute of that name."""
    if name not in dataset.coords:
        entry = None if varied_parameters(dataset) else json_attribute(dataset, name)
        return entry if isinstance(entry, dict) else {}
    texts = dataset.coords[name].to_numpy()
    distinct = {text: decoded(text) or {} for text in {*texts.ravel().tolist()}}
    if texts.ndim == 0:
        return dict(distinct[texts.item()])
    merged = merge_parts([distinct[text] for text in texts.ravel().tolist()], texts.shape)
    return merged if isinstance(merged, dict) else {"parts": merged}


def merge_parts(parts: Sequence[Any], shape: Sequence[int]) -> Any:
    """Return the parts merged into one, with a nested list for each entry that differs."""
    first = parts[0]
    if all(part == first for part in parts):
        return first
    if all(isinstance(part, dict) and part.keys() == first.keys() for part in parts):
        same_type = len({str(part.get("type")) for part in parts}) == 1
        if same_type:
            return {key: merge_parts([part[key] for part in parts], shape) for key in first}
    if all(isinstance(part, list) and len(part) == len(first) for part in parts) and all(
        isinstance(entry, dict) for part in parts for entry in part
    ):
        return [merge_parts(entries, shape) for entries in zip(*parts, strict=True)]
    array = np.empty(len(parts), dtype=object)
    array[:] = [json.loads(json.dumps(part)) for part in parts]
    return array.reshape(shape).tolist()


def _known(numbers: Any) -> Any:
    """Return numbers with None in place of NaN, and counts as integers."""
    if isinstance(numbers, list):
        return [_known(number) for number in numbers]
    if isinstance(numbers, float):
        if math.isnan(numbers):
            return None
        return int(numbers) if numbers >= 1.0 and numbers.is_integer() else numbers
    return numbers
