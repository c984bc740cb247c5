"""Figures of merit: which are computed, and why others cannot be."""

from __future__ import annotations

import numpy as np
import pytest

import qubatt as qb
from qubatt.core.realization import realize
from qubatt.merits import select_merits

CAVITY = qb.DickeBattery(2, 0.5, 4).problem()
DRIVEN = qb.DrivenBattery(2, 1.0).problem()


def names(merits: object) -> list[str]:
    """Return the names of merits."""
    return [merit.name for merit in merits]


def test_default_merits_are_the_ones_that_apply() -> None:
    """A battery without a cavity has no photons to count."""
    assert names(select_merits(None, CAVITY)) == [
        "energy",
        "power",
        "mean_photons",
        "cutoff_population",
    ]
    assert names(select_merits(None, DRIVEN)) == ["energy", "power"]


def test_named_merits_keep_their_order_and_come_once() -> None:
    """Only what was named, in that order, without repetition."""
    chosen = select_merits(["power", "empty_population", "power"], CAVITY)
    assert names(chosen) == ["power", "empty_population"]
    assert select_merits([], CAVITY) == ()


def test_unknown_merit_suggests_the_nearest() -> None:
    """The message quotes what was typed."""
    with pytest.raises(qb.ArgumentError) as caught:
        select_merits(["enrgy"], CAVITY)
    assert str(caught.value).endswith(
        "must name a registered merit, but is 'enrgy'. Best matches are: energy."
    )


@pytest.mark.parametrize("name", ["mean_photons", "cutoff_population"])
def test_merit_that_does_not_apply_says_why(name: str) -> None:
    """The missing factor is named."""
    with pytest.raises(qb.UnsupportedError) as caught:
        select_merits([name], DRIVEN)
    assert str(caught.value) == (
        f"Merit `{name}` needs a factor `cavity`, which this battery lacks."
    )


def test_operators_of_the_merits() -> None:
    """Each operator on the basis state |n = 4⟩|m = 1⟩, the last, and on the first."""
    realization = realize(CAVITY)
    last = {}
    first = {}
    for merit in select_merits(["mean_photons", "cutoff_population", "empty_population"], CAVITY):
        diagonal = merit.operator(realization).diagonal()
        first[merit.name], last[merit.name] = diagonal[0], diagonal[-1]
    assert first == {"mean_photons": 0.0, "cutoff_population": 0.0, "empty_population": 1.0}
    assert last == {"mean_photons": 4.0, "cutoff_population": 1.0, "empty_population": 0.0}


def test_power_is_the_adjoint_of_the_energy() -> None:
    """For ΩJ_x and H_B = ω_aJ_z, dE/dt = i[ΩJ_x, ω_aJ_z] = Ωω_a J_y."""
    problem = qb.DrivenBattery(2, drive=0.8, omega_atom=1.5).problem()
    (power,) = select_merits(["power"], problem)
    Jy = problem.space.factors["atoms"].operator("Jy", "symmetric").toarray()
    np.testing.assert_allclose(
        power.operator(realize(problem)).steady.toarray(), 1.2 * Jy, atol=1e-14
    )
