"""Results of points that have more merits than a study requests."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Callable, Collection
from typing import Any

from qubatt.charging.cutoff_error import CutoffErrors
from qubatt.core.registry import registry
from qubatt.merits.selection import ALL, all_merits, to_merit
from qubatt.results.coordinates import CUTOFF_ERROR, METHODS, TOLERANCE
from qubatt.results.status import FAILED
from qubatt.sweeps.store.point_result import PointResult
from qubatt.sweeps.study.merit_names import DEFAULT


def is_requested(name: str, merits: Collection[str]) -> bool:
    """Whether a variable belongs to one of these merits, or to no merit."""
    kinds, variants = registry.items("merit"), all_merits()
    if ALL in merits or not any(name == kind or name.startswith(f"{kind}_") for kind in kinds):
        return True
    if DEFAULT in merits and name in variants and variants[name].default:
        return True
    return any(name == to_merit(text).name for text in merits if text not in (ALL, DEFAULT))


def with_merits(result: PointResult, merits: Collection[str]) -> PointResult:
    """Return a result whose status and certificate account only for the errors of these merits."""
    if result.status == FAILED or set(result.merit_names) <= set(merits):
        return result
    numbers = json.loads(result.attributes.get("certificate", "{}"))
    if TOLERANCE not in numbers:
        return result
    numbers = _with_merits(numbers, lambda name: is_requested(name, merits))
    status = result.status
    if status.startswith("cutoff"):
        statuses = {*numbers["cutoff_status"].values()} - {"ok"}
        status = max(statuses, default="sampled" if "samples" in numbers else "ok")
    attributes = dict(result.attributes) | {"status": status, "certificate": json.dumps(numbers)}
    return dataclasses.replace(result, status=status, attributes=attributes)


def _with_merits(numbers: dict[str, Any], keeps: Callable[[str], bool]) -> dict[str, Any]:
    """Return the numbers of a certificate for some of its merits."""
    names = (CUTOFF_ERROR, "cutoff_limit", "cutoff_status", METHODS)
    parts = {
        part: {name: one for name, one in numbers[part].items() if keeps(name)} for part in names
    }
    known = parts[CUTOFF_ERROR].items()
    errors = CutoffErrors(
        {name: math.inf if error is None else error for name, error in known},
        parts["cutoff_limit"],
        parts[METHODS],
        None,
        numbers[TOLERANCE],
    )
    relative = errors.relative if math.isfinite(errors.relative) else None
    return numbers | parts | {"cutoff_method": errors.method, "cutoff_relative_error": relative}
