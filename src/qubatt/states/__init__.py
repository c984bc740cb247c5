"""Initial states of the charger."""

from qubatt.states.cat import CatState
from qubatt.states.charger import ChargerState
from qubatt.states.coherent import CoherentState
from qubatt.states.custom import CustomState
from qubatt.states.displaced_squeezed import DisplacedSqueezedState
from qubatt.states.equal_energy import equal_energy
from qubatt.states.fock import FockState
from qubatt.states.squeezed import SqueezedState
from qubatt.states.thermal import ThermalState
from qubatt.states.truncation import CutoffError

__all__ = [
    "CatState",
    "ChargerState",
    "CoherentState",
    "CustomState",
    "CutoffError",
    "DisplacedSqueezedState",
    "FockState",
    "SqueezedState",
    "ThermalState",
    "equal_energy",
]
