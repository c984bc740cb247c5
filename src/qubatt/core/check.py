"""Argument types and checks, shared by all declarations and functions."""

from __future__ import annotations

import math
import numbers
from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import BeforeValidator, Field, ValidationError

from qubatt.core.errors import MISSING, ArgumentError, suggest

FloatArray = NDArray[np.float64]


def plain_number(value: Any, *, requirement: str = "be a number") -> Any:
    """Convert NumPy scalars to Python numbers, and refuse values that are not numbers.

    Raises
    ------
    ValueError
        If the value is not a number or not finite; the message states the requirement.
    """
    if isinstance(value, np.generic) or (isinstance(value, np.ndarray) and value.ndim == 0):
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise ValueError(requirement)
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("be finite")
    return value


_Plain = BeforeValidator(plain_number)

Real = Annotated[float, _Plain]
"""A finite real number."""

NonNegative = Annotated[float, _Plain, Field(ge=0)]
"""A finite real number ≥ 0: rates, occupations."""

Positive = Annotated[float, _Plain, Field(gt=0)]
"""A finite real number > 0: frequencies, tolerances."""

MAX_COUNT = 10**6
"""Largest accepted number of atoms or photons, far above the capacity of any engine."""

MAX_TIMES = 10**7
"""Largest accepted number of output times."""

Count = Annotated[int, _Plain, Field(ge=1, le=MAX_COUNT)]
"""A whole number ≥ 1, such as a number of atoms or a photon cut-off."""

Level = Annotated[int, _Plain, Field(ge=0, le=MAX_COUNT)]
"""A whole number ≥ 0, such as the number of photons in a Fock state."""


AUTO = "'auto'"
"""String in the annotation of a field whose value can be determined automatically."""


def _cutoff(value: Any) -> Any:
    """Return a whole number ≥ 1, or ``"auto"``."""
    if isinstance(value, str) and value == "auto":
        return value
    number = plain_number(value, requirement='be a whole number or "auto"')
    if number != int(number):
        raise ValueError('be a whole number or "auto"')
    if not 1 <= number <= MAX_COUNT:
        raise ValueError("be at least 1" if number < 1 else f"be at most {MAX_COUNT}")
    return int(number)


Cutoff = Annotated[int | Literal["auto"], BeforeValidator(_cutoff)]
"""Highest Fock level, or ``"auto"`` if `charge` or `steady_state` is to determine it."""


def known_cutoff(cutoff: Cutoff) -> int:
    """Return the photon cut-off after checking that it is a number.

    Raises
    ------
    ArgumentError
        If the cut-off is ``"auto"``.
    """
    if cutoff == "auto":
        cure = (
            'Only charge and steady_state determine it; see the attribute "cutoff" of their result.'
        )
        raise ArgumentError("max_photons", "be a number in this call", cutoff, cure)
    return cutoff


_REQUIREMENTS = {
    "finite_number": "be finite",
    "float_type": "be a number",
    "float_parsing": "be a number",
    "int_type": "be a whole number",
    "int_parsing": "be a whole number",
    "int_from_float": "be a whole number",
    "string_type": "be a name",
}


def explain(error: ValidationError, fields: Mapping[str, Any]) -> ArgumentError:
    """Turn a pydantic error into the one-sentence error of this package.

    Parameters
    ----------
    error : ValidationError
        Error raised by pydantic; only its first problem is reported.
    known : mapping
        The existing arguments by name, from which the nearest one is suggested.
    """
    problems = error.errors(include_url=False)
    unknown = [entry for entry in problems if entry["type"].startswith("unexpected")]
    problem = (unknown or problems)[0]
    kind, context = problem["type"], problem.get("ctx", {})
    location = [str(part) for part in problem["loc"]] or ["arguments"]
    name, value = location[0], problem["input"]
    if kind == "unexpected_keyword_argument":
        requirement = "be left out, because there is no such field"
        return ArgumentError(name, requirement, MISSING, suggest(name, fields))
    if kind.startswith("missing"):
        choices = get_args(getattr(fields.get(name), "annotation", None))  # of a Literal
        names = [repr(choice) for choice in choices if isinstance(choice, str)]
        one_of = f"be one of {', '.join(names[:-1])} or {names[-1]}" if names else "be given"
        return ArgumentError(name, one_of, MISSING, _example(name, fields.get(name)))
    if kind == "greater_than_equal":
        bound = context["ge"]
        requirement = "be non-negative" if bound == 0 else f"be at least {bound}"
    elif kind == "greater_than":
        requirement = "be positive" if context["gt"] == 0 else f"be above {context['gt']}"
    elif kind == "less_than_equal":
        requirement = f"be at most {context['le']}"
    elif kind == "literal_error":
        requirement = f"be one of {context['expected']}"
    elif kind == "value_error":
        cause = context["error"]
        if isinstance(cause, ArgumentError):
            return cause
        requirement = str(cause)
    elif kind == "is_instance_of" and context.get("class") == "Sequence":
        requirement = "be a list"
    else:
        requirement = _REQUIREMENTS.get(kind, f"be valid ({problem['msg']})")
    return ArgumentError(name, requirement, value)


def _example(name: str, field: Any) -> str:
    """Return a sentence with the description of a field and an example value."""
    if field is None or not (field.description and field.examples):
        return ""
    automatic = f' With {name}="auto" it is determined.' if AUTO in str(field.annotation) else ""
    return f"{field.description}, for example {name}={field.examples[0]!r}.{automatic}"


def check_array(argument: str, values: ArrayLike) -> FloatArray:
    """Return `values` as a float array of at most one dimension, all finite, not empty.

    Raises
    ------
    ArgumentError
        If an entry is not a finite real number; the message names the first one.
    """
    try:
        raw = np.asarray(values)
        mixed = isinstance(values, list | tuple) and any(isinstance(v, bool) for v in values)
        if raw.dtype.kind not in "iuf" or mixed:
            raise TypeError
        array = raw.astype(np.float64)
    except (TypeError, ValueError):
        raise ArgumentError(argument, "hold real numbers", values) from None
    if array.ndim > 1:
        raise ArgumentError(argument, "have at most one dimension", f"{array.ndim}-dimensional")
    if array.size == 0:
        raise ArgumentError(argument, "hold at least one value", [])
    finite = np.isfinite(array)
    if not finite.all():
        bad = np.flatnonzero(~finite.ravel())
        worst = float(array.ravel()[bad[0]])
        raise ArgumentError(argument, "be finite", worst, f"Look at entry {bad[0]}.")
    return array


def _length(values: Any) -> int:
    """Return the number of entries of a sequence, 1 for a number."""
    return len(values) if hasattr(values, "__len__") else 1


def check_times(times: ArrayLike, argument: str = "times") -> FloatArray:
    """Return output times: one-dimensional, finite, ≥ 0 and strictly ascending.

    Raises
    ------
    ArgumentError
        If the times violate a requirement; the message names the first invalid time.
    """
    if (count := getattr(times, "size", None) or _length(times)) > MAX_TIMES:
        cure = "Fewer times suffice: merits of the energy curve are interpolated between them."
        raise ArgumentError(argument, f"hold at most {MAX_TIMES:,} values", count, cure)
    array = np.atleast_1d(check_array(argument, times))
    if array[0] < 0:
        cure = "The battery is empty at time 0."
        raise ArgumentError(argument, "be non-negative", float(array[0]), cure)
    falls = array[1:] <= array[:-1]
    if falls.any():
        falling = np.flatnonzero(falls)
        first = array[falling[0] : falling[0] + 2].tolist()
        cure = "Sort the times and drop repeated ones (numpy.unique does both)."
        raise ArgumentError(argument, "ascend strictly", first, cure)
    return array


def check_count(argument: str, values: ArrayLike) -> NDArray[np.int64]:
    """Return whole numbers ≥ 1 as an integer array of at most one dimension.

    Raises
    ------
    ArgumentError
        If an entry is not a whole number ≥ 1; the message names the first one.
    """
    array = check_array(argument, values)
    for value in np.atleast_1d(array):
        if value != np.floor(value):
            raise ArgumentError(argument, "be a whole number", float(value))
        if value < 1:
            raise ArgumentError(argument, "be at least 1", int(value))
        if value > MAX_COUNT:
            raise ArgumentError(argument, f"be at most {MAX_COUNT}", float(value))
    return array.astype(np.int64)
