"""Strengths that are constant or switched in time, as fields of a battery."""

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


def _amplitude(given: Any) -> float | Pulse:
    """Return a number as a float, a pulse as it is, a function as a pulse."""
    if isinstance(given, Pulse):
        return given
    if isinstance(given, Mapping) and "type" in given:
        return _stored(given)
    if callable(given):
        try:
            return FunctionPulse(given)
        except ArgumentError as error:  # about `function`: let it speak of the field instead
            raise ValueError(error.requirement) from None
    try:
        return float(plain_number(given, requirement="be a number, a pulse or a function of time"))
    except OverflowError:
        raise ValueError("be finite") from None


def _stored(parameters: Mapping[str, Any]) -> Pulse:
    """Return the pulse whose parameters were stored with a result."""
    fields = dict(parameters)
    name = fields.pop("type")
    if name == "function":
        raise ValueError("be given as a function, of which only the name was stored")
    pulse: Pulse = registry.get("pulse", name)(**fields)
    return pulse


Amplitude = Annotated[float | Callable[[float], float], PlainValidator(_amplitude)]
"""A real number, or a `Pulse`; functions of time are made into one."""


def split_amplitude(amplitude: Amplitude) -> tuple[float, Callable[[float], float] | None]:
    """Return c and f with amplitude = c f(t): a constant and no pulse, or 1 and the pulse.

    ``Term(factor * c, operators, f)`` then is factor · amplitude · operators, and the very same
    term as ever where the amplitude is a number.
    """
    if isinstance(amplitude, ConstantPulse):
        return amplitude.value, None
    return (1.0, amplitude) if callable(amplitude) else (amplitude, None)
