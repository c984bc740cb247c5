"""From a battery to a labelled Dataset: charging over time, steady states, self-discharge."""

from qubatt.charging.discharge import discharge
from qubatt.charging.run import charge
from qubatt.charging.steady import steady_state

__all__ = ["charge", "discharge", "steady_state"]
