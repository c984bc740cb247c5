"""Labels of axes from declared fields."""

from __future__ import annotations

import pytest

from qubatt.core.field_units import description_and_units


@pytest.mark.parametrize(
    ("field", "label", "units"),
    [
        ("interaction", "Exchange g between the atoms", "omega_ref"),
        ("coupling", "Atom–cavity coupling g_c", "omega_c"),
        ("max_photons", "Photon cut-off", ""),
        ("n_atoms", "Number of atoms N", ""),
        ("unknown", "", ""),
    ],
)
def test_labels_leave_out_explanations(field: str, label: str, units: str) -> None:
    """A longer label does not fit below a panel."""
    assert description_and_units("battery", "dicke", field) == (label, units)
