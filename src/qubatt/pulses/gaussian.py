"""Gaussian pulse."""

from __future__ import annotations

import math

from pydantic import Field

from qubatt.core.check import Positive, Real
from qubatt.core.declaration import declare
from qubatt.pulses.pulse import Pulse


@declare("pulse", "gaussian")
class GaussianPulse(Pulse):
    """f(t) = amplitude · exp(−(t − centre)² / (2 width²))."""

    amplitude: Real = Field(description="Value at the centre", examples=[0.5])
    centre: Real = Field(description="Time of the maximum", examples=[5.0])
    width: Positive = Field(description="Standard deviation in time", examples=[1.5])

    def __call__(self, time: float) -> float:
        """Return f(t)."""
        distance = (time - self.centre) / self.width
        return self.amplitude * math.exp(-0.5 * distance * distance)

    def breaks(self) -> tuple[float, ...]:
        """Return the centre, and 4 and 8 widths on either side of it.

        Beyond 8 widths lies 1e-15 of the area, so that a step may overlook it; the pieces
        within are too short for a step to overlook the maximum.
        """
        return tuple(self.centre + number * self.width for number in (-8, -4, 0, 4, 8))
