"""Store Datasets and read them back; batteries from QuTiP objects, and the other way round."""

from qubatt.io.netcdf import load, save
from qubatt.io.qutip import QutipProblem, from_qutip, to_qutip

__all__ = ["QutipProblem", "from_qutip", "load", "save", "to_qutip"]
