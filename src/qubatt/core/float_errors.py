"""Floating-point errors: settings of `numpy.seterr` do not affect qubatt."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import numpy as np

P = ParamSpec("P")
R = TypeVar("R")


def usual_float_errors(function: Callable[P, R]) -> Callable[P, R]:
    """Run a public function with NumPy's defaults: underflow is silent, other errors warn.

    Coefficients of series and Boltzmann weights are expected to underflow to 0;
    ``numpy.seterr(all="raise")`` would turn this into an error.
    """

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        with np.errstate(divide="warn", over="warn", under="ignore", invalid="warn"):
            return function(*args, **kwargs)

    return call
