"""Pulse defined by a Python function of time."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from qubatt.core.check import check_array, plain_number
from qubatt.core.errors import ArgumentError
from qubatt.pulses.pulse import Pulse


@dataclass(frozen=True)
class FunctionPulse(Pulse):
    """Pulse f(t) = function(t) for a Python function that returns a real number.

    It is available in Python only. Results store only the name of the function, which identifies
    the pulse but does not allow a rerun.

    Parameters
    ----------
    function : callable
        Function of the time in 1/ω_ref that returns a finite real number, in the unit of the
        modulated parameter.
    edges : sequence of float
        Times at which the function or its derivative jumps, or near which it varies so fast that
        an adaptive integrator could miss the variation.

    Raises
    ------
    ArgumentError
        If `function` cannot be called with the time as its only argument, or if `edges` are not
        numbers.

    Examples
    --------
    >>> import qubatt as qb
    >>> step = qb.FunctionPulse(lambda t: 1.0 if t < 2.0 else 0.0, edges=[2.0])
    >>> step(1.0), step(3.0)
    (1.0, 0.0)
    """

    function: Callable[[float], float]
    edges: Sequence[float] = ()

    def __post_init__(self) -> None:
        cure = "Example: lambda t: math.exp(-t)."
        if not callable(self.function):
            raise ArgumentError("function", "be a function of time", self.function, cure)
        if not _takes_one(self.function):
            requirement = "take the time as its only argument"
            raise ArgumentError("function", requirement, self.function, cure)
        edges = np.unique(check_array("edges", self.edges)).tolist() if np.size(self.edges) else []
        object.__setattr__(self, "edges", tuple(edges))

    def __call__(self, time: float) -> float:
        """Return f(t).

        Raises
        ------
        ArgumentError
            If the function does not return a finite real number.
        """
        value = self.function(time)
        try:
            return float(plain_number(value))
        except ValueError as error:
            raise ArgumentError(f"{self.name}({time!r})", str(error), value) from None

    def breaks(self) -> tuple[float, ...]:
        """Return the edges."""
        return tuple(self.edges)

    @property
    def name(self) -> str:
        """Module and name of the function."""
        return _name_of(self.function)

    def parameters(self) -> dict[str, Any]:
        """Return the parameters stored with a result."""
        edges = {"edges": list(self.edges)} if self.edges else {}
        return {"type": "function", "name": self.name} | edges


def _name_of(function: Callable[..., Any]) -> str:
    """Return ``module.name`` of a function, or of the class of a callable object."""
    if isinstance(function, partial):
        return f"functools.partial({_name_of(function.func)})"
    named = function if hasattr(function, "__name__") else type(function)
    name = getattr(named, "__qualname__", None) or named.__name__
    module = getattr(named, "__module__", None)
    return f"{module}.{name}" if module else str(name)


def _takes_one(function: Callable[..., Any]) -> bool:
    """Return whether a function accepts one argument, according to its signature."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # some built-in functions have no signature
        return True
    try:
        signature.bind(0.0)
    except TypeError:
        return False
    return True
