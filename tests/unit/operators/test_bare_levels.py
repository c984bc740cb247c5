"""Bare levels."""

import numpy as np
import pytest

import qubatt as qb
from qubatt.operators import Levels


@pytest.mark.parametrize("basis", ["symmetric", "full"])
def test_operators_are_the_same_in_every_basis(basis):
    """Number of the level, and projector on the first."""
    levels = Levels(3)
    assert levels.in_basis(basis).dim == 3
    assert hash(levels) == hash(Levels(3))
    np.testing.assert_array_equal(
        levels.in_basis(basis).operator(("n",)).toarray(), np.diag([0.0, 1.0, 2.0])
    )
    ground = levels.in_basis(basis).operator(("P_ground",)).toarray()
    np.testing.assert_array_equal(ground, np.diag([1.0, 0.0, 0.0]))


def test_there_are_no_particles():
    """Local decay has nothing to act on."""
    with pytest.raises(
        qb.UnsupportedError, match="A system of plain levels has no single-particle part"
    ):
        Levels(2).in_basis("full").local_operators("n")
