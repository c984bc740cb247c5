"""Piecewise constant pulses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import qubatt as qb


def test_values_hold_from_their_time_to_the_next() -> None:
    """The left end belongs to a piece, the right one does not; outside is zero."""
    pulse = qb.PiecewisePulse([0.5, 1.0, 3.0], [2.0, -1.0])
    found = {t: pulse(t) for t in (-1.0, 0.49, 0.5, 0.99, 1.0, 2.99, 3.0, 100.0)}
    assert found == {
        -1.0: 0.0,
        0.49: 0.0,
        0.5: 2.0,
        0.99: 2.0,
        1.0: -1.0,
        2.99: -1.0,
        3.0: 0.0,
        100.0: 0.0,
    }
    assert pulse.breaks() == (0.5, 1.0, 3.0)


def test_lists_tuples_and_arrays_build_the_same() -> None:
    """Numbers are kept as tuples, so that pulses are values like all declared things."""
    pulse = qb.PiecewisePulse((0.0, 1.0, 2.0), (1.0, 0.5))
    assert qb.PiecewisePulse([0, 1, 2], [1, 0.5]) == pulse
    assert qb.PiecewisePulse(np.arange(3), np.array([1.0, 0.5])) == pulse
    assert len({pulse, qb.PiecewisePulse([0, 1, 2], [1, 0.5])}) == 1
    assert qb.PiecewisePulse([0, 1], 3.0) == qb.PiecewisePulse([0, 1], [3.0])


@pytest.mark.parametrize(
    ("times", "values", "message"),
    [
        ([0, 2, 1], [1, 2], "`times` must ascend strictly, but is [2.0, 1.0]. Sort the times."),
        ([0, 1, 1], [1, 2], "`times` must ascend strictly, but is [1.0, 1.0]. Sort the times."),
        (
            [0.0, 1.0, 2.0],
            [1.0, 2.0, 3.0],
            "`values` must contain 2 values, one fewer than times, but is [1.0, 2.0, 3.0].",
        ),
        (
            [1.0],
            [1.0],
            "`times` must contain at least two times, but is [1.0]. A pulse needs a start and an"
            " end.",
        ),
        ("0/1/2", [1, 2], "`times` must hold real numbers, but is '0/1/2'."),
        ([0, 1], ["a"], "`values` must hold real numbers, but is ['a']."),
        ([0, 1], [], "`values` must hold at least one value, but is []."),
        ([0, np.nan], [1], "`times` must be finite, but is nan. Look at entry 1."),
        ([0, np.inf], [1], "`times` must be finite, but is inf. Look at entry 1."),
    ],
)
def test_bad_input(times: Any, values: Any, message: str) -> None:
    """One sentence names the argument, what it must be, and what it was."""
    with pytest.raises(qb.ArgumentError) as caught:
        qb.PiecewisePulse(times, values)
    assert str(caught.value) == f"Argument {message}"
