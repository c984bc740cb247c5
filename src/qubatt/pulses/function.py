"""Pulse made of any Python function of time."""

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
    """f(t) = function(t), for any Python function that returns a real number.

    It has no name on the command line. Results store the name of the function only, which tells
    what was run but cannot run it again.

    Parameters
    ----------
    function : callable
        Called with the time; returns a finite real number.
    edges : sequence of float
        Times at which the function or its derivative jumps, or around which it changes too fast
        to be found by an integrator that steps over smooth stretches.
    """

    function: Callable[[float], float]
    edges: Sequence[float] = ()

    def __post_init__(self) -> None:
        cure = "For example lambda t: math.exp(-t)."
        if not callable(self.function):
            raise ArgumentError("function", "be a function of time", self.function, cure)
        if not _takes_one(self.function):
            requirement = "take the time as its one argument"
            raise ArgumentError("function", requirement, self.function, cure)
        given = self.edges if np.size(self.edges) else []
        edges = np.unique(check_array("edges", given)).tolist() if np.size(given) else []
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
        """Return what is stored of it with a result."""
        edges = {"edges": list(self.edges)} if self.edges else {}
        return {"type": "function", "name": self.name} | edges


def _name_of(function: Callable[..., Any]) -> str:
    """Return ``module.name`` of a function, or of the class of a callable object."""
    if isinstance(function, partial):
        return f"functools.partial({_name_of(function.func)})"
    from_text = function if hasattr(function, "__name__") else type(function)
    name = getattr(from_text, "__qualname__", None) or from_text.__name__
    module = getattr(from_text, "__module__", None)
    return f"{module}.{name}" if module else str(name)


def _takes_one(function: Callable[..., Any]) -> bool:
    """Return whether a function can be called with one argument, as far as it says so."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # some built-in functions do not say
        return True
    try:
        signature.bind(0.0)
    except TypeError:
        return False
    return True
