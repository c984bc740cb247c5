"""What formulas of a study may use, and that it is what stands at the point."""

from __future__ import annotations

from typing import Any

import pytest

from qubatt.core.errors import ArgumentError
from qubatt.sweeps import Study


def study(**sweep: Any) -> Study:
    """Return a Dicke battery of two atoms with something that varies."""
    return Study(
        battery={"type": "dicke", "n_atoms": 2, "coupling": 0.5, "max_photons": 8},
        charger={"type": "fock", "photons": 3},
        environment=[{"type": "cavity-loss", "rate": 0.25}],
        run={"type": "charge", "t_end": 2.0},
        sweep=sweep,
    )


def cutoffs(**sweep: Any) -> list[int]:
    """Return the cut-offs of all points."""
    return [point.battery.max_photons for point in study(**sweep).points]


def test_renamed_parameters_are_not_taken_from_the_table() -> None:
    """The coupling is called otherwise on its axis; 0.5 stands in the table, and counts no more."""
    axis = {"values": [0.1, 0.2], "name": "g_c"}
    for name in ("coupling", "g_c"):
        assert cutoffs(**{"battery.coupling": axis, "battery.max_photons": f"100 * {name}"}) == [
            10,
            20,
        ]


def test_labels_are_not_taken_for_values() -> None:
    """A number that is a label stands for a value, which counts."""
    for labels in (["weak", "strong"], [1, 2]):
        axis = {"values": [0.1, 0.2], "labels": labels}
        found = cutoffs(**{"battery.coupling": axis, "battery.max_photons": "100 * coupling"})
        assert found == [10, 20]


def test_fixed_numbers_of_all_tables_may_be_used() -> None:
    """Charger, environment, run."""
    formula = "10 * charger_photons + 4 * cavity_loss_rate + 50 * t_end"
    assert cutoffs(**{"battery.n_atoms": [1, 2], "battery.max_photons": formula}) == [131, 131]


def test_what_is_replaced_as_a_whole_is_not_known() -> None:
    """Its fields in the table are not those at the points."""
    with pytest.raises(ArgumentError, match="charger_photons is not a numerical parameter"):
        _ = study(
            **{"charger": ["fock:1", "fock:2"], "battery.max_photons": "4 + charger_photons"}
        ).points
