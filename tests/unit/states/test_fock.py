"""Fock states of the charger."""

from __future__ import annotations

import numpy as np
import pytest

import qubatt as qb


@pytest.mark.parametrize("photons", [0, 2, 5])
def test_ket_has_one_entry(photons: int) -> None:
    """|n⟩ is 1 at index n, and may be the highest level kept."""
    np.testing.assert_array_equal(qb.FockState(photons).state(5), np.eye(6)[photons])


def test_state_above_the_cutoff_is_refused_with_a_cure() -> None:
    """The message says the cut-off and a better one."""
    with pytest.raises(qb.ArgumentError) as caught:
        qb.FockState(6).state(5)
    assert str(caught.value) == (
        "Argument `photons` must be at most max_photons = 5, but is 6."
        " Set max_photons to 12 or more."
    )
