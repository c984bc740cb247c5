"""Engines and steady solvers: the methods that solve a `Task`."""

from qubatt.engines.cost import Cost
from qubatt.engines.dense import DenseEngine
from qubatt.engines.engine import Engine
from qubatt.engines.exact.engine import ExactEngine
from qubatt.engines.matrix import MatrixEngine
from qubatt.engines.selection import select_engine
from qubatt.engines.steady.direct import DirectSolver
from qubatt.engines.steady.krylov import FlowSolver
from qubatt.engines.steady.secular import SecularSolver
from qubatt.engines.steady.solve_steady import SteadySolution, solve_steady
from qubatt.engines.steady.steady_solver import SteadySolver
from qubatt.engines.threads import limit_threads, thread_count

__all__ = [
    "Cost",
    "DenseEngine",
    "DirectSolver",
    "Engine",
    "ExactEngine",
    "FlowSolver",
    "MatrixEngine",
    "SecularSolver",
    "SteadySolution",
    "SteadySolver",
    "limit_threads",
    "select_engine",
    "solve_steady",
    "thread_count",
]
