"""Engines: each turns a Problem into a Solution."""

from qubatt.engines.dense import DenseEngine
from qubatt.engines.engine import Engine, MomentOperator
from qubatt.engines.matrix import MatrixEngine
from qubatt.engines.selection import select_engine

__all__ = ["DenseEngine", "Engine", "MatrixEngine", "MomentOperator", "select_engine"]
