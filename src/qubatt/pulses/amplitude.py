"""Constant or time-dependent amplitudes, as fields of a battery."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from pydantic import PlainValidator

from qubatt.core.check import plain_number
from qubatt.core.errors import ArgumentError
from qubatt.core.registry import registry
from qubatt.pulses.constant import ConstantPulse
from qubatt.pulses.function import FunctionPulse
from qubatt.pulses.pulse import Pulse


def _amplitude(value: Any) -> float | Pulse:
    """Return a number as a float, a pulse unchanged, or a function as a pulse."""
    if isinstance(value, Pulse):
        return value
    if isinstance(value, Mapping) and "type" in value:
        return _stored(value)
    if callable(value):
        try:
            return FunctionPulse(value)
        except ArgumentError as error:  # the message should name the field, not `function`
            raise ValueError(error.requirement) from None
    try:
        return float(plain_number(value, requirement="be a number, a pulse or a function of time"))
    except OverflowError:
        raise ValueError("be finite") from None


def _stored(parameters: Mapping[str, Any]) -> Pulse:
    """Return the pulse whose parameters were stored with a result."""
    fields = dict(parameters)
    name = fields.pop("type")
    if name == "function":
        raise ValueError("be passed as a function again, because only its name is stored")
    pulse: Pulse = registry.get("pulse", name)(**fields)
    return pulse


Amplitude = Annotated[float | Callable[[float], float], PlainValidator(_amplitude)]
"""A real number or a `Pulse`; functions of time are converted to pulses."""


def split_amplitude(amplitude: Amplitude) -> tuple[float, Callable[[float], float] | None]:
    """Return c and f with amplitude = c f(t): the constant and None, or 1 and the pulse.

    The term factor · amplitude · operators is then ``Term(factor * c, operators, f)``.
    """
    if isinstance(amplitude, ConstantPulse):
        return amplitude.value, None
    return (1.0, amplitude) if callable(amplitude) else (amplitude, None)
