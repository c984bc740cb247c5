"""Engines: each turns a Problem into a Solution."""

from qubatt.engines.cost import Cost, cost
from qubatt.engines.dense import DenseEngine
from qubatt.engines.engine import Engine, MomentOperator
from qubatt.engines.exact import ExactEngine
from qubatt.engines.matrix import MatrixEngine
from qubatt.engines.selection import select_engine

__all__ = [
    "Cost",
    "DenseEngine",
    "Engine",
    "ExactEngine",
    "MatrixEngine",
    "MomentOperator",
    "cost",
    "select_engine",
]
