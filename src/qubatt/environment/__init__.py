"""Dissipators, which describe the environment of a battery."""

from qubatt.environment.cavity_dephasing import CavityDephasing
from qubatt.environment.cavity_loss import CavityLoss
from qubatt.environment.collective_decay import CollectiveDecay
from qubatt.environment.collective_dephasing import CollectiveDephasing
from qubatt.environment.collective_pumping import CollectivePumping
from qubatt.environment.dissipator import Dissipator
from qubatt.environment.level_decay import LevelDecay
from qubatt.environment.local_dephasing import LocalDephasing
from qubatt.environment.local_emission import LocalEmission
from qubatt.environment.local_pumping import LocalPumping

__all__ = [
    "CavityDephasing",
    "CavityLoss",
    "CollectiveDecay",
    "CollectiveDephasing",
    "CollectivePumping",
    "Dissipator",
    "LevelDecay",
    "LocalDephasing",
    "LocalEmission",
    "LocalPumping",
]
