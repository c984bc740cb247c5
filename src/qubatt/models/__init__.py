"""Batteries, each with its Hamiltonian as a sum of products of named operators."""

from qubatt.models.battery import Battery
from qubatt.models.cascade import CascadeBattery
from qubatt.models.custom import CustomBattery
from qubatt.models.dicke import DickeBattery
from qubatt.models.driven import DrivenBattery
from qubatt.models.tavis_cummings import TavisCummingsBattery
from qubatt.models.two_photon_dicke import TwoPhotonDickeBattery

__all__ = [
    "Battery",
    "CascadeBattery",
    "CustomBattery",
    "DickeBattery",
    "DrivenBattery",
    "TavisCummingsBattery",
    "TwoPhotonDickeBattery",
]
