"""Reproduction of published results: parameters, data, figures and verdicts."""

from qubatt.papers.claim import Claim
from qubatt.papers.paper import Paper, PaperFigure, Parameter
from qubatt.papers.reproduction import reproduce
from qubatt.papers.zhang2024 import ZHANG2024

__all__ = ["ZHANG2024", "Claim", "Paper", "PaperFigure", "Parameter", "reproduce"]
