"""Checks at the border: times, counts and arrays of numbers."""

from __future__ import annotations

import numpy as np
import pytest

from qubatt.core.check import check_array, check_count, check_times
from qubatt.core.errors import ArgumentError


def test_times_become_a_float_array() -> None:
    """Lists, ranges, integer arrays and scalars become one-dimensional float64."""
    for times in ([0, 1, 2], range(3), np.arange(3, dtype=np.int8), (0.0, 1.0, 2.0)):
        checked = check_times(times)
        assert checked.dtype == np.float64
        np.testing.assert_array_equal(checked, [0.0, 1.0, 2.0])
    np.testing.assert_array_equal(check_times(2), [2.0])
    np.testing.assert_array_equal(check_times(np.float32(0.5)), [0.5])


def test_times_do_not_alias_the_argument() -> None:
    """Changing the caller's array later changes nothing."""
    times = np.array([0.0, 1.0])
    checked = check_times(times)
    times[0] = 7.0
    assert checked[0] == 0.0


@pytest.mark.parametrize(
    ("times", "message"),
    [
        ([], "Argument `times` must hold at least one value, but is []."),
        (
            [-1.0, 0.0],
            "Argument `times` must be non-negative, but is -1.0. The battery is empty at time 0.",
        ),
        (
            [0.0, 2.0, 1.0, 0.5],
            "Argument `times` must ascend strictly, but is [2.0, 1.0]."
            " Sort the times and drop repeated ones (numpy.unique does both).",
        ),
        (
            [0.0, 1.0, 1.0],
            "Argument `times` must ascend strictly, but is [1.0, 1.0]."
            " Sort the times and drop repeated ones (numpy.unique does both).",
        ),
        ([0.0, np.nan, np.inf], "Argument `times` must be finite, but is nan. Look at entry 1."),
        ([0.0, 1.0, np.inf], "Argument `times` must be finite, but is inf. Look at entry 2."),
        ([[0.0, 1.0]], "Argument `times` must have at most one dimension, but is '2-dimensional'."),
        ("fast", "Argument `times` must hold real numbers, but is 'fast'."),
        (None, "Argument `times` must hold real numbers, but is None."),
        (["0", "1"], "Argument `times` must hold real numbers, but is ['0', '1']."),
        ([True, False], "Argument `times` must hold real numbers, but is [True, False]."),
        ([0.0, 1j], "Argument `times` must hold real numbers, but is [0.0, 1j]."),
        (
            [[0.0], [1.0, 2.0]],
            "Argument `times` must hold real numbers, but is [[0.0], [1.0, 2.0]].",
        ),
        ([0, 10**400], "Argument `times` must hold real numbers, but is [0, 1"),
    ],
)
def test_bad_times_are_named(times: object, message: str) -> None:
    """The message is one sentence with the offending value, then the cure."""
    with pytest.raises(ArgumentError) as caught:
        check_times(times)
    assert str(caught.value).startswith(message)


def test_counts_keep_their_dimension() -> None:
    """A scalar stays a scalar, a list becomes an array; both are integers."""
    scalar, several = check_count("n_atoms", 3), check_count("n_atoms", [1.0, 2.0])
    assert (scalar.ndim, several.ndim) == (0, 1)
    assert scalar.dtype == several.dtype == np.int64
    assert scalar == 3
    np.testing.assert_array_equal(several, [1, 2])


@pytest.mark.parametrize("count", [np.int32(4), np.uint8(4), np.float64(4.0), np.array(4), 4.0])
def test_numpy_scalars_count(count: object) -> None:
    """Anything that is a whole number counts, whatever its type."""
    assert check_count("n_atoms", count) == 4


@pytest.mark.parametrize(
    ("count", "message"),
    [
        (2.5, "Argument `n_atoms` must be a whole number, but is 2.5."),
        ([1, 0], "Argument `n_atoms` must be at least 1, but is 0."),
        (-3, "Argument `n_atoms` must be at least 1, but is -3."),
        (np.nan, "Argument `n_atoms` must be finite, but is nan. Look at entry 0."),
        (True, "Argument `n_atoms` must hold real numbers, but is True."),
        ("3", "Argument `n_atoms` must hold real numbers, but is '3'."),
        ([], "Argument `n_atoms` must hold at least one value, but is []."),
    ],
)
def test_bad_counts_are_named(count: object, message: str) -> None:
    """Counts refuse fractions, zero, booleans and strings."""
    with pytest.raises(ArgumentError) as caught:
        check_count("n_atoms", count)
    assert str(caught.value) == message


def test_array_names_the_argument_it_was_told() -> None:
    """The same check serves every argument."""
    with pytest.raises(ArgumentError, match="Argument `interaction` must be finite, but is -inf"):
        check_array("interaction", [1.0, -np.inf])
    np.testing.assert_array_equal(check_array("interaction", [-1, 2]), [-1.0, 2.0])


def test_a_boolean_among_numbers_is_refused() -> None:
    """A boolean is no number, in company neither."""
    with pytest.raises(ArgumentError):
        check_array("times", [True, 2.0])
