"""A request makes every matrix once, for merits, engine and certificate together.

Two realisations belong to every certificate: more levels, which show the defect of the cut-off, and
the battery alone, whose spectrum sets the scale of energies.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest

import qubatt as qb
from qubatt.core.realization import Realization


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Count realisations and sums of operators."""
    counts: Counter[str] = Counter()
    begin, operator = Realization.__init__, Realization.operator

    def counted_begin(self: Realization, *args: Any, **options: Any) -> None:
        counts["realisations"] += 1
        begin(self, *args, **options)

    def counted_operator(self: Realization, *args: Any) -> Any:
        counts["sums"] += 1
        return operator(self, *args)

    monkeypatch.setattr(Realization, "__init__", counted_begin)
    monkeypatch.setattr(Realization, "operator", counted_operator)
    return counts


LOSS = [qb.CavityLoss(0.5)]


def test_default_merits_build_each_matrix_once(made: Counter[str]) -> None:
    """H_B, H and photons once, H and a†a also with more levels, H_B also alone."""
    battery, times = qb.DickeBattery(2, 0.4, 20), np.linspace(0, 5, 11)
    qb.charge(battery, times=times, environment=LOSS, certificate="bound")
    assert made == {"realisations": 4, "sums": 7}


def test_a_companion_needs_its_own_matrices_and_defect(made: Counter[str]) -> None:
    """Two more realisations; the scales are those of the run."""
    battery, times = qb.DickeBattery(2, 0.4, 20), np.linspace(0, 5, 11)
    qb.charge(battery, times=times, environment=LOSS, certificate="full")
    assert made["realisations"] == 7


def test_all_merits_need_the_battery_alone_and_one_atom_too(made: Counter[str]) -> None:
    """And nothing twice, however many merits ask for it."""
    battery = qb.DickeBattery(2, 0.4, 20)
    times = np.linspace(0, 5, 11)
    qb.charge(battery, times=times, environment=LOSS, merits="all", certificate="bound")
    assert made["realisations"] == 5
    assert made["sums"] <= 30


def test_states_of_light_share_it(made: Counter[str]) -> None:
    """Points of a study that differ in the charger state are propagated with one of them."""
    study = {
        "battery": {"type": "dicke", "n_atoms": 2, "coupling": 0.4, "max_photons": 20},
        "environment": ["cavity-loss:0.5"],
        "run": {"type": "charge", "t_end": 2.0, "points": 5, "certificate": "bound"},
        "sweep": {"charger": ["fock:1", "fock:2", "coherent:1"]},
    }
    data = qb.sweep(study)
    assert data.energy.shape == (3, 5)
    # each point has its own request and battery alone; one of them is propagated, with its defect
    assert made["realisations"] == 3 + 3 + 2
