"""Solution of an engine: expectation values at the output times, and their errors."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from qubatt.core.check import FloatArray
from qubatt.core.observable import Observable
from qubatt.core.space import Basis

ErrorKind = Literal["bound", "statistical", "uncontrolled"]
"""What the error of a method is: below its tolerance, that of samples, or not known."""


@dataclass(frozen=True)
class Solution:
    """Result of an engine.

    Attributes
    ----------
    times : array, shape (T,)
        Output times, in inverse units of the reference frequency.
    moments : mapping of str to array, shape (T,)
        Real expectation values of the observables asked for, by their labels.
    trace : array, shape (T,)
        Tr ρ(t); 1 but for rounding.
    error_estimate : float
        Estimate of ‖ρ_computed − ρ‖ (Frobenius norm), the largest over the run.
    tolerance : float
        Largest `error_estimate` of a run that counts as converged.
    statistics : mapping
        Engine, basis, dimension, steps and other counts of the engine.
    basis : mapping of str to str
        The basis of every factor that has a choice.
    smallest_eigenvalue : float
        Of ρ at the last output time; NaN where it would be too costly.
    states : array, shape (S, D, D), or None
        Density matrices at the output times for which they were asked for.
    battery_states : array, shape (T, d, d), or None
        Reduced density matrices of the battery, if they were asked for.
    error : {"bound", "statistical", "uncontrolled"}
        What `error_estimate` is: an estimate that keeps to a tolerance, or less than that.
    standard_errors : mapping of str to array, shape (T,)
        Standard errors of the moments, from engines whose error is statistical.
    samples, seed : int or None
        Number of samples and seed of the random numbers, from the same.
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

    def of(self, observable: Observable) -> FloatArray:
        """Return the expectation values of an observable, shape ``(T,)``."""
        return self.moments[observable.label]

    @property
    def trace_drift(self) -> float:
        """Largest |Tr ρ − 1| over the run."""
        return float(np.max(np.abs(self.trace - 1.0)))

    @property
    def converged(self) -> bool:
        """Whether all numbers are finite and trace drift and a bound keep to the tolerance."""
        finite = all(np.all(np.isfinite(values)) for values in self.moments.values())
        error = self.error_estimate if self.error == "bound" else 0.0
        return finite and max(error, self.trace_drift) <= self.tolerance
