"""Verdicts, and the words in which a region is described."""

import json

import numpy as np
import pytest
import xarray as xr

from qubatt.papers.claim import describe_region, judge


def grid(values):
    """Return a boolean array over reading and N."""
    return xr.DataArray(
        np.array(values),
        dims=["reading", "n_atoms"],
        coords={"reading": ["R1", "R2"], "n_atoms": [2, 4, 6]},
    )


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ([[True] * 3] * 2, "holds"),
        ([[True, True, False], [True] * 3], "holds where"),
        ([[False] * 3] * 2, "fails"),
    ],
)
def test_verdict_counts_all_points(values, verdict):
    """A claim holds only where every point agrees, and fails only where none does."""
    claim = judge("X", "statement", grid(values), "evidence")
    assert claim.verdict == verdict
    assert claim.numbers["holding"] == np.sum(values)


def test_region_names_the_exceptions_by_reading():
    """The shorter of the two lists, exceptions or cases, is written out."""
    text = describe_region(grid([[True, True, False], [False, True, False]]))
    assert text == "R1: at 2 of 3 points (not for N = 6); R2: at 1 of 3 points (only for N = 4)"


def test_readings_that_agree_share_a_sentence():
    """Equal descriptions are merged."""
    assert describe_region(grid([[True] * 3] * 2)) == "R1, R2: at all points"


def test_long_regions_are_summarised_by_axis():
    """Many points are described by the values for which all hold."""
    holds = xr.DataArray(
        np.arange(40).reshape(8, 5) >= 20,
        dims=["n_atoms", "kappa"],
        coords={"n_atoms": range(1, 9), "kappa": [0.1, 0.2, 0.3, 0.4, 0.5]},
    )
    assert describe_region(holds) == "at 20 of 40 points (always for N = 5, 6, 7, 8)"


def test_claims_are_strict_json():
    """NumPy numbers become plain ones, NaN and infinities null."""
    numbers = {
        "a": np.float64(1.5),
        "b": float("nan"),
        "c": np.array([1, 2]),
        "d": {2: np.int64(3)},
    }
    claim = judge("X", "s", grid([[True] * 3] * 2), "e", numbers)
    content = json.loads(json.dumps(claim.to_dict(), allow_nan=False))
    assert content["numbers"]["a"] == 1.5
    assert content["numbers"]["b"] is None
    assert content["numbers"]["c"] == [1, 2]
    assert content["numbers"]["d"] == {"2": 3}
