"""Stored energy."""

from qubatt.merits.merit import Merit

ENERGY = Merit(
    name="energy",
    long_name="stored energy",
    units="omega_ref",
    definition="E(t) = Tr[ρ(t) H_B] − Tr[ρ(0) H_B], of all atoms together",
    operator=lambda realization: realization.H_B,
    relative=True,
)
