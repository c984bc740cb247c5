"""From a battery to a labelled Dataset: charging over time, steady states, self-discharge."""

from qubatt.charging.charge import charge
from qubatt.charging.cost import cost
from qubatt.charging.discharge import discharge
from qubatt.charging.steady_state import steady_state

__all__ = ["charge", "cost", "discharge", "steady_state"]
