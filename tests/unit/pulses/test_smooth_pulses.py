"""Constant, Gaussian and sinusoidal pulses: values, breaks, bad input."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad

import qubatt as qb

TIMES = np.linspace(-3.0, 12.0, 31).tolist()


def test_values_are_the_formulas() -> None:
    """Each formula, written out with NumPy."""
    t = np.array(TIMES)
    expected = {
        qb.ConstantPulse(0.7): np.full_like(t, 0.7),
        qb.GaussianPulse(0.5, 5.0, 1.5): 0.5 * np.exp(-((t - 5.0) ** 2) / 4.5),
        qb.SinePulse(1.2, 2.0, 0.3, -0.4): -0.4 + 1.2 * np.sin(2.0 * t + 0.3),
    }
    for pulse, values in expected.items():
        np.testing.assert_allclose([pulse(time) for time in TIMES], values, atol=1e-15)


def test_breaks() -> None:
    """None but around a Gaussian, whose pieces hold all of its area but 1e-15."""
    assert qb.ConstantPulse(1.0).breaks() == ()
    assert qb.SinePulse(1.0, 2.0).breaks() == ()
    pulse = qb.GaussianPulse(2.0, 5.0, 0.25)
    assert pulse.breaks() == (3.0, 4.0, 5.0, 6.0, 7.0)
    pieces = pairwise(pulse.breaks())
    area = sum(quad(pulse, *piece, epsabs=1e-15)[0] for piece in pieces)
    assert area == pytest.approx(2.0 * 0.25 * math.sqrt(2 * math.pi), rel=1e-14)


def test_extreme_gaussians_neither_overflow_nor_divide_by_zero() -> None:
    """Far away is zero, the centre is the amplitude, for the narrowest width too."""
    pulse = qb.GaussianPulse(2.0, 1.0, 5e-324)
    assert (pulse(0.0), pulse(1.0), pulse(1e300)) == (0.0, 2.0, 0.0)


@pytest.mark.parametrize(
    ("cls", "arguments", "message"),
    [
        (qb.ConstantPulse, ["1"], "Argument `value` must be a number, but is '1'."),
        (qb.ConstantPulse, [math.inf], "Argument `value` must be finite, but is inf."),
        (qb.GaussianPulse, [math.nan, 1, 1], "Argument `amplitude` must be finite, but is nan."),
        (qb.GaussianPulse, [1, 1, 0], "Argument `width` must be positive, but is 0."),
        (qb.GaussianPulse, [1, 1, -2.0], "Argument `width` must be positive, but is -2.0."),
        (
            qb.GaussianPulse,
            [1, 1],
            "Argument `width` must be given. Standard deviation in time, for example width=1.5.",
        ),
        (qb.SinePulse, [1, True], "Argument `frequency` must be a number, but is True."),
        (qb.SinePulse, [1, 2, math.nan], "Argument `phase` must be finite, but is nan."),
    ],
)
def test_bad_input(cls: type[Any], arguments: list[Any], message: str) -> None:
    """One sentence names the argument, what it must be, and what it was."""
    with pytest.raises(qb.ArgumentError) as caught:
        cls(*arguments)
    assert str(caught.value) == message
