"""The dense engine: one exponential per spacing, and a limit that it names."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg as la

import qubatt as qb
from qubatt.core.problem import Problem
from qubatt.core.realization import realize
from qubatt.engines.dense import MAX_DENSE_DIM, superoperator
from solving import solve


def test_refuses_above_its_limit_by_name() -> None:
    """41 states are one too many; the message says what to use instead."""
    times = np.array([0.0])
    solve(qb.DenseEngine(), qb.DrivenBattery(MAX_DENSE_DIM - 1, 1.0).problem(), times, {})
    with pytest.raises(qb.UnsupportedError) as caught:
        solve(qb.DenseEngine(), qb.DrivenBattery(MAX_DENSE_DIM, 1.0).problem(), times, {})
    assert str(caught.value) == (
        "The dense engine supports at most 40 basis states, not 41."
        ' Use engine "exact", "matrix" or "auto".'
    )


@pytest.mark.parametrize(
    ("times", "exponentials"),
    [
        ([0.0], 0),
        ([1.0], 1),
        (np.linspace(0, 7, 71), 1),
        (np.linspace(3, 7, 41), 2),
        ([0.0, 1.0, 1.5, 2.5], 2),
        ([0.0, 1.0, 2.0 + 1e-9], 2),  # close, but more than rounding
    ],
)
def test_one_exponential_per_spacing(
    times: list[float], exponentials: int, spin_problem: Problem
) -> None:
    """Rounding of evenly spaced times costs nothing extra."""
    solution = solve(qb.DenseEngine(), spin_problem, np.array(times), {})
    assert solution.statistics["engine"] == "dense"
    assert solution.statistics["exponentials"] == exponentials


def test_many_steps_equal_one_exponential(spin_problem: Problem) -> None:
    """Stepping through 500 times ends where one exponential over the whole time does."""
    realization = realize(spin_problem)
    whole = la.expm(superoperator(realization) * 5.0) @ realization.rho_0.ravel()
    solution = solve(qb.DenseEngine(), spin_problem, np.linspace(0, 5, 501), {}, states=True)
    np.testing.assert_allclose(solution.states[-1].ravel(), whole, atol=1e-13)
    assert solution.error_estimate < 1e-12
