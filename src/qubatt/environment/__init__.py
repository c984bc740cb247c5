"""Dissipators: how the surroundings take energy from a battery, or give it."""

from qubatt.environment.cavity_loss import CavityLoss
from qubatt.environment.collective_decay import CollectiveDecay
from qubatt.environment.dissipator import Dissipator
from qubatt.environment.level_decay import LevelDecay

__all__ = ["CavityLoss", "CollectiveDecay", "Dissipator", "LevelDecay"]
