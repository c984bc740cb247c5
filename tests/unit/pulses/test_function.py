"""Python functions as pulses."""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np
import pytest

import qubatt as qb
from qubatt.core.declaration import parameters_of


def ramp(time: float, slope: float = 2.0) -> float:
    """Return slope · t."""
    return slope * time


class Step:
    """A callable object."""

    def __call__(self, time: float) -> float:
        """Return 0 before t = 1, then 1."""
        return float(time >= 1.0)


def test_values_are_those_of_the_function() -> None:
    """NumPy numbers become Python numbers."""
    assert qb.FunctionPulse(ramp)(1.5) == 3.0
    assert qb.FunctionPulse(Step())(1.5) == 1.0
    value = qb.FunctionPulse(np.cos)(0.3)
    assert value == pytest.approx(math.cos(0.3), rel=1e-15)
    assert type(value) is float


def test_edges_are_the_breaks() -> None:
    """Sorted, each once; none by default."""
    assert qb.FunctionPulse(ramp).breaks() == ()
    assert qb.FunctionPulse(Step(), edges=[2, 1.0, 1.0]).breaks() == (1.0, 2.0)
    assert qb.FunctionPulse(ramp, edges=np.array([1.0])) == qb.FunctionPulse(ramp, (1.0,))


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (ramp, f"{__name__}.ramp"),
        (Step(), f"{__name__}.Step"),
        (math.sin, "math.sin"),
        (np.sin, "numpy.sin"),
        (functools.partial(ramp, slope=1.0), f"functools.partial({__name__}.ramp)"),
        (lambda t: t, f"{__name__}.<lambda>"),
    ],
)
def test_parameters_name_the_function(function: Any, name: str) -> None:
    """Module and name, and edges where there are some."""
    stored = {"type": "function", "name": name}
    assert parameters_of(qb.FunctionPulse(function)) == stored
    assert parameters_of(qb.FunctionPulse(function, [1])) == stored | {"edges": [1.0]}


@pytest.mark.parametrize("function", [3.0, "ramp", None])
def test_what_cannot_be_called(function: Any) -> None:
    """A number or a name is no function."""
    with pytest.raises(qb.ArgumentError, match="Argument `function` must be a function of time"):
        qb.FunctionPulse(function)


@pytest.mark.parametrize("function", [lambda: 1.0, lambda t, u: t + u, lambda *, t: t])
def test_functions_of_something_else(function: Any) -> None:
    """None, two, or only named arguments: seen before the run."""
    with pytest.raises(qb.ArgumentError, match="must take the time as its only argument"):
        qb.FunctionPulse(function)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (math.nan, "be finite, but is nan"),
        ("1", "be a number, but is '1'"),
        (1j, "be a number, but is 1j"),
        (None, "be a number, but is None"),
        (np.array([1.0, 2.0]), "be a number, but is array"),
    ],
)
def test_values_that_are_no_real_numbers(value: Any, words: str) -> None:
    """The message tells function, time and value."""

    def wrong(_: float) -> Any:
        return value

    with pytest.raises(qb.ArgumentError) as caught:
        qb.FunctionPulse(wrong)(0.5)
    assert f"wrong(0.5)` must {words}" in str(caught.value)


def test_errors_within_the_function_are_left_alone() -> None:
    """What a user's function raises is theirs to see."""

    def broken(_: float) -> float:
        raise TypeError("mine")

    with pytest.raises(TypeError, match="mine"):
        qb.FunctionPulse(broken)(0.5)


@pytest.mark.parametrize("edges", [["a"], [math.nan], [[1.0], [2.0]]])
def test_bad_edges(edges: Any) -> None:
    """Edges are finite numbers."""
    with pytest.raises(qb.ArgumentError, match="Argument `edges` must"):
        qb.FunctionPulse(ramp, edges)
