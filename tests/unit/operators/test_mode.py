"""Operators of a mode that is cut off at a highest Fock level."""

from __future__ import annotations

import numpy as np
import pytest

from qubatt.core.errors import UnsupportedError
from qubatt.operators import Mode


def test_annihilation_by_definition() -> None:
    """a|n⟩ = √n |n − 1⟩, index 0 is the vacuum, max_photons is the highest level kept."""
    mode = Mode(3)
    assert mode.in_basis("symmetric").dim == mode.in_basis("full").dim == 4
    a = mode.in_basis("full").operators["a"].toarray()
    expected = np.zeros((4, 4))
    expected[0, 1], expected[1, 2], expected[2, 3] = 1.0, np.sqrt(2), np.sqrt(3)
    np.testing.assert_allclose(a, expected, atol=1e-15)
    np.testing.assert_array_equal(mode.in_basis("full").operators["a+"].toarray(), a.T)


def test_commutator_is_one_below_the_cutoff() -> None:
    """[a, a†] = 1 except in the last level, where the cut-off shows."""
    a = Mode(6).in_basis("full").operators["a"].toarray()
    np.testing.assert_allclose(
        a @ a.T - a.T @ a, np.diag([1.0, 1.0, 1.0, 1.0, 1.0, 1.0, -6.0]), atol=1e-14
    )


def test_number_and_projectors() -> None:
    """n counts, P_ground and P_top pick the lowest and the highest level."""
    named = Mode(2).in_basis("full").operators
    np.testing.assert_array_equal(named["n"].toarray(), np.diag([0.0, 1.0, 2.0]))
    np.testing.assert_array_equal(named["P_ground"].toarray(), np.diag([1.0, 0.0, 0.0]))
    np.testing.assert_array_equal(named["P_top"].toarray(), np.diag([0.0, 0.0, 1.0]))


def test_a_mode_has_no_single_particles() -> None:
    """Local scope on a mode is refused by the operator's name."""
    with pytest.raises(UnsupportedError, match="A mode has no single-particle part of 'a'"):
        Mode(2).in_basis("full").local_operators("a")


@pytest.mark.parametrize(("at_once", "top"), [(1, [0, 0, 0, 1]), (2, [0, 0, 1, 1])])
def test_top_levels_are_those_from_which_a_step_leads_above(at_once: int, top: list[int]) -> None:
    """Where photons come in pairs the highest level may be of the wrong parity."""
    named = Mode(3, photons_at_once=at_once).in_basis("symmetric").operators
    np.testing.assert_array_equal(named["P_top"].toarray(), np.diag(np.array(top, dtype=float)))
