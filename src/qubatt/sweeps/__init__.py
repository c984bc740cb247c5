"""Studies: parameters that vary, results that are kept, work that is spread and resumed."""

from qubatt.sweeps.execution.sweep import State, load, sweep
from qubatt.sweeps.study.run_spec import ChargeRun, DischargeRun, SteadyRun
from qubatt.sweeps.study.study import Study

__all__ = ["ChargeRun", "DischargeRun", "State", "SteadyRun", "Study", "load", "sweep"]
