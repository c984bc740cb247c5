"""States in which a charger can start."""

from qubatt.states.charger import ChargerState
from qubatt.states.fock import FockState

__all__ = ["ChargerState", "FockState"]
