"""Charging power."""

from qubatt.core.realization import Observable
from qubatt.merits.merit import Merit

POWER = Merit(
    name="power",
    long_name="charging power",
    units="omega_ref^2",
    definition="P(t) = dE/dt = Tr[ρ(t) L†(H_B)], exact, not a difference quotient",
    operator=lambda realization: Observable(
        realization.adjoint(realization.H_B), realization.pulsed_adjoint(realization.H_B)
    ),
)
