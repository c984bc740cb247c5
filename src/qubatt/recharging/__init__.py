"""Thermodynamic recharging cycles: ergotropy, work, heat and efficiency."""

from qubatt.recharging.pair import recharge_pair
from qubatt.recharging.recharge import recharge

__all__ = ["recharge", "recharge_pair"]
