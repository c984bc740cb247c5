"""Studies: parameters that vary, results that are kept, work that is spread and resumed."""

from qubatt.sweeps.compute import State, load, sweep
from qubatt.sweeps.protocol import ChargeRun, DischargeRun, SteadyRun
from qubatt.sweeps.study import Study

__all__ = ["ChargeRun", "DischargeRun", "State", "SteadyRun", "Study", "load", "sweep"]
