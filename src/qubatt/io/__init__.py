"""Files of results, and conversion of batteries from and to QuTiP."""

from qubatt.io.netcdf import load, save
from qubatt.io.qutip import QutipProblem, from_qutip, to_qutip

__all__ = ["QutipProblem", "from_qutip", "load", "save", "to_qutip"]
