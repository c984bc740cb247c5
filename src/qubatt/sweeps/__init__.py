"""Studies: grids of parameters, computed on many workers, stored and resumed."""

from qubatt.sweeps.execution.progress import StudyProgress
from qubatt.sweeps.execution.runner import StudyRunner
from qubatt.sweeps.execution.sweep import load, sweep
from qubatt.sweeps.study.charge_run import ChargeRun
from qubatt.sweeps.study.discharge_run import DischargeRun
from qubatt.sweeps.study.steady_run import SteadyRun
from qubatt.sweeps.study.study import Study

__all__ = [
    "ChargeRun",
    "DischargeRun",
    "SteadyRun",
    "Study",
    "StudyProgress",
    "StudyRunner",
    "load",
    "sweep",
]
