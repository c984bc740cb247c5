"""States in which a charger can start."""

from qubatt.states.charger import ChargerState
from qubatt.states.coherent import CoherentState
from qubatt.states.fock import FockState
from qubatt.states.squeezed import SqueezedState
from qubatt.states.thermal import ThermalState

__all__ = ["ChargerState", "CoherentState", "FockState", "SqueezedState", "ThermalState"]
