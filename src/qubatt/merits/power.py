"""Charging power."""

from qubatt.merits.merit import Merit

POWER = Merit(
    name="power",
    long_name="charging power",
    units="omega_ref^2",
    definition="P(t) = dE/dt = Tr[ρ(t) L†(H_B)], exact, not a difference quotient",
    operator=lambda realization: realization.adjoint(realization.H_B),
)
