"""How closely an engine must agree with something exact: its kind of error decides.

A bound is kept to what is promised; a statistical error to standard errors of its own; of an
uncontrolled approximation only limits are known, and it stays inside the spectrum.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from qubatt.core.problem import Problem
from qubatt.core.registry import registry
from qubatt.core.solution import ErrorKind, Solution
from qubatt.engines import Engine
from solving import task

STANDARD_ERRORS = 4.0
"""Standard errors by which a sampled value may be off, one in sixteen thousand."""


def engine_named(name: str) -> Engine:
    """Return a registered engine with its defaults."""
    engine: Engine = registry.get("engine", name)()
    return engine


def engines_for(problem: Problem, error: ErrorKind | None = None) -> list[str]:
    """Return the names of the engines that can solve a problem, of one kind of error if named."""
    wanted = task(problem, [0.0, 1.0])
    return [
        name
        for name, cls in registry.items("engine").items()
        if error in (None, cls.error) and not cls().unsupported(wanted)
    ]


def assert_moments_agree(
    engine: Engine,
    found: Solution,
    expected: Mapping[str, np.ndarray],
    atol: Mapping[str, float],
    spectra: Mapping[str, tuple[float, float]],
) -> None:
    """Moments by label agree with exact ones as the engine's kind of error says.

    `atol` holds what a bound may be off by, `spectra` the smallest and largest eigenvalues.
    """
    for label, values in expected.items():
        off = np.abs(found.moments[label] - values)
        if engine.error == "bound":
            assert off.max() <= atol[label], f"{label} differs by {off.max():.1e}"
        elif engine.error == "statistical":
            errors = found.standard_errors[label]
            assert found.samples is not None
            assert np.all(off <= STANDARD_ERRORS * errors + atol[label]), f"{label} is off"
        else:
            low, high = spectra[label]
            slack = 1e-6 * max(high - low, 1e-300)
            assert np.all(found.moments[label] >= low - slack), f"{label} is below its spectrum"
            assert np.all(found.moments[label] <= high + slack), f"{label} is above its spectrum"
