"""Solution of an engine: expectation values at the output times, and their errors."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from qubatt.core.check import FloatArray
from qubatt.core.observable import Observable
from qubatt.core.space import Basis

ErrorKind = Literal["bound", "statistical", "uncontrolled"]
"""Kind of the error of a method: bounded by the tolerance, statistical, or uncontrolled."""


class Integrals(NamedTuple):
    """Time integrals of expectation values, q_k = ∫⟨O⟩ dt over consecutive intervals.

    Attributes
    ----------
    edges : array, shape (K + 1,)
        Limits of the intervals, ascending, from 0 to the last output time; the engine chooses
        them.
    values : mapping of str to array, shape (K,)
        The integrals over the intervals, by the labels of the observables.
    """

    edges: FloatArray
    values: Mapping[str, FloatArray]


@dataclass(frozen=True)
class Solution:
    """Result of an engine.

    Attributes
    ----------
    times : array, shape (T,)
        Output times, in inverse units of the reference frequency.
    moments : mapping of str to array, shape (T,)
        Real expectation values of the requested observables, by their labels.
    trace : array, shape (T,)
        Tr ρ(t), which is 1 up to errors of the method.
    error_estimate : float
        Largest estimate over the run of ‖ρ_computed − ρ‖ (Frobenius norm).
    tolerance : float
        Largest `error_estimate` at which a run counts as converged.
    statistics : mapping
        Engine, basis, dimension, steps and other counts of the engine.
    basis : mapping of str to str
        The basis of every factor that has several bases.
    smallest_eigenvalue : float
        Smallest eigenvalue of ρ at the last output time; NaN if it is too costly to compute.
    states : array, shape (S, D, D), or None
        Density matrices at the output times for which they were requested.
    battery_states : array, shape (T, d, d), or None
        Reduced density matrices of the battery, if they were requested.
    error : {"bound", "statistical", "uncontrolled"}
        Kind of `error_estimate`: controlled by the tolerance, statistical, or uncontrolled.
    standard_errors : mapping of str to array, shape (T,)
        Standard errors of the moments, from engines whose error is statistical.
    samples, seed : int or None
        Number of samples and seed of the random numbers, from such engines.
    integrals : Integrals or None
        Time integrals of the observables `Task.integrated`; None if there are none, or if the
        engine does not compute them.
    """

    times: FloatArray
    moments: Mapping[str, FloatArray]
    trace: FloatArray
    error_estimate: float
    tolerance: float
    statistics: Mapping[str, Any] = field(default_factory=dict)
    smallest_eigenvalue: float = math.nan
    states: NDArray[np.complex128] | None = None
    battery_states: NDArray[np.complex128] | None = None
    basis: Mapping[str, Basis] = field(default_factory=dict)
    error: ErrorKind = "bound"
    standard_errors: Mapping[str, FloatArray] = field(default_factory=dict)
    samples: int | None = None
    seed: int | None = None
    integrals: Integrals | None = None

    def of(self, observable: Observable) -> FloatArray:
        """Return the expectation values of an observable, shape ``(T,)``."""
        return self.moments[observable.label]

    @property
    def trace_drift(self) -> float:
        """Largest |Tr ρ − 1| over the run."""
        return float(np.max(np.abs(self.trace - 1.0)))

    @property
    def converged(self) -> bool:
        """Whether all numbers are finite, with trace drift and error bound within tolerance."""
        finite = all(np.all(np.isfinite(values)) for values in self.moments.values())
        error = self.error_estimate if self.error == "bound" else 0.0
        return finite and max(error, self.trace_drift) <= self.tolerance
