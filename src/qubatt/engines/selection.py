"""Which engine solves a problem, when none is named."""

from __future__ import annotations

from typing import cast

import numpy as np

from qubatt.core.check import FloatArray
from qubatt.core.errors import ArgumentError
from qubatt.core.problem import Problem
from qubatt.core.realization import choose_basis
from qubatt.core.registry import registry
from qubatt.engines.dense import DenseEngine
from qubatt.engines.engine import Engine
from qubatt.engines.exact import ExactEngine

DENSE_DIM = 20
"""Largest D for which one exponential of the superoperator is the quickest way."""


def select_engine(engine: str | Engine, problem: Problem, times: FloatArray) -> Engine:
    """Return the engine: the one given, the one named, or for ``"auto"`` the quickest exact one.

    ``"auto"`` takes `DenseEngine` for at most 20 states and evenly spaced times, `ExactEngine`
    otherwise.

    Raises
    ------
    ArgumentError
        If no engine has that name.
    """
    if isinstance(engine, Engine):
        return engine
    if engine != "auto":
        if not isinstance(engine, str):
            raise ArgumentError("engine", 'be "auto", a name or an engine', engine)
        return cast(Engine, registry.get("engine", engine)())
    dim = problem.space.dim(choose_basis(problem))
    steps = np.diff(times, prepend=0.0)
    even = np.ptp(steps[1:]) <= 1e-9 * times[-1] if len(steps) > 1 else True
    steady = all(term.pulse is None for term in problem.charging_terms)
    return DenseEngine() if dim <= DENSE_DIM and even and steady else ExactEngine()
