"""Sinusoidal pulse."""

from __future__ import annotations

import math

from pydantic import Field

from qubatt.core.check import Real
from qubatt.core.declaration import declare
from qubatt.pulses.pulse import Pulse


@declare("pulse", "sine")
class SinePulse(Pulse):
    """Sinusoidal pulse f(t) = offset + amplitude · sin(frequency · t + phase).

    Times are in units of 1/ω_ref; amplitude and offset have the unit of the modulated parameter.

    Examples
    --------
    >>> import qubatt as qb
    >>> round(qb.SinePulse(amplitude=1.0, frequency=2.0, offset=0.2)(0.5), 4)
    1.0415
    """

    amplitude: Real = Field(description="Largest deviation from the offset", examples=[1.0])
    frequency: Real = Field(description="Angular frequency, in units of ω_ref", examples=[2.0])
    phase: Real = Field(default=0.0, description="Phase at time 0, in radians", examples=[0.3])
    offset: Real = Field(default=0.0, description="Mean value", examples=[0.2])

    def __call__(self, time: float) -> float:
        """Return f(t)."""
        return self.offset + self.amplitude * math.sin(self.frequency * time + self.phase)

    def breaks(self) -> tuple[float, ...]:
        """Return no times, because adaptive steps resolve a persistent oscillation."""
        return ()
