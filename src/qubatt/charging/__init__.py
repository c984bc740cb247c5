"""From a battery to a labelled Dataset: its charging over time, and its steady state."""

from qubatt.charging.run import charge
from qubatt.charging.steady import steady_state

__all__ = ["charge", "steady_state"]
