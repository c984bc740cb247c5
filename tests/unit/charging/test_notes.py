"""Notes on results that are correct and could mislead."""

from __future__ import annotations

import json

import numpy as np
import pytest

import qubatt as qb

TIMES = np.linspace(0.0, 20.0, 101)


def test_a_maximum_at_the_last_time_is_marked() -> None:
    """The energy of a resonant drive rises until the pulse area is π."""
    battery = qb.DrivenBattery(n_atoms=1, drive=1.0, detuning=0.0)
    merits = ["energy", "maximum_energy", "maximum_energy_time", "maximum_power"]
    short, whole = (
        qb.charge(battery, times=np.linspace(0.0, end, 41), merits=merits) for end in (2.0, 4.0)
    )
    assert json.loads(short.attrs["still_rising"]) == ["maximum_energy", "maximum_energy_time"]
    assert "may still rise: maximum_energy, maximum_energy_time" in str(short)
    assert "still_rising" not in whole.attrs
    assert "may still rise" not in str(whole)


def test_a_cold_bath_that_heats_is_explained() -> None:
    """4 rises to 4.094 with repulsion, and not without; a warm bath needs no explanation."""
    repelling, free = (qb.DrivenBattery(n_atoms=4, drive=0.0, interaction=g) for g in (1.0, 0.0))
    heated = qb.discharge(repelling, times=TIMES, environment="collective-decay:0.05")
    assert float(heated.remaining_energy.max()) == pytest.approx(4.094, abs=1e-3)
    assert "The stored energy rises although all baths are at zero temperature" in str(heated)
    cooled = qb.discharge(free, times=TIMES, environment="collective-decay:0.05")
    assert "note" not in cooled.attrs
    warm = qb.discharge(repelling, times=TIMES, environment=qb.CollectiveDecay(0.05, 0.5))
    assert "note" not in warm.attrs


def test_jumps_of_the_battery_itself_are_not_called_none() -> None:
    """A battery made of matrices may have jumps and no environment."""
    down = np.array([[0.0, 1.0], [0.0, 0.0]])
    battery = qb.CustomBattery(np.diag([0.0, 1.0]), (down + down.T) / 2, [(0.1, down)])
    assert "none besides the jumps of the battery" in str(qb.charge(battery, times=TIMES))


def test_a_kind_of_merits_names_its_variants() -> None:
    """`ergotropy` alone is not guessed."""
    battery = qb.DrivenBattery(n_atoms=1, drive=1.0)
    with pytest.raises(
        qb.ArgumentError, match=r"They are: ergotropy_symmetric \(.*\), ergotropy_full"
    ):
        qb.charge(battery, times=TIMES, merits="ergotropy")
