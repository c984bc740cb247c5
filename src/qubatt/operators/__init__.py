"""Factors of the Hilbert space and their named operators."""

from qubatt.operators.atoms import Atoms
from qubatt.operators.levels import Levels
from qubatt.operators.mode import Mode

__all__ = ["Atoms", "Levels", "Mode"]
