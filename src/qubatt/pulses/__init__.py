"""Pulses: functions of time that multiply terms of the Hamiltonian."""

from qubatt.pulses.amplitude import Amplitude, split_amplitude
from qubatt.pulses.constant import ConstantPulse
from qubatt.pulses.function import FunctionPulse
from qubatt.pulses.gaussian import GaussianPulse
from qubatt.pulses.piecewise import PiecewisePulse
from qubatt.pulses.pulse import Pulse
from qubatt.pulses.sine import SinePulse

__all__ = [
    "Amplitude",
    "ConstantPulse",
    "FunctionPulse",
    "GaussianPulse",
    "PiecewisePulse",
    "Pulse",
    "SinePulse",
    "split_amplitude",
]
