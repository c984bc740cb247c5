"""Gaussian pulse."""

from __future__ import annotations

import math

from pydantic import Field

from qubatt.core.check import Positive, Real
from qubatt.core.declaration import declare
from qubatt.pulses.pulse import Pulse


@declare("pulse", "gaussian")
class GaussianPulse(Pulse):
    """Gaussian pulse f(t) = amplitude · exp(−(t − centre)² / (2 width²)).

    Times are in units of 1/ω_ref; the amplitude has the unit of the modulated parameter.

    Examples
    --------
    >>> import qubatt as qb
    >>> pulse = qb.GaussianPulse(amplitude=0.5, centre=5.0, width=1.5)
    >>> pulse(5.0), round(pulse(6.5), 4)
    (0.5, 0.3033)
    """

    amplitude: Real = Field(description="Value at the centre", examples=[0.5])
    centre: Real = Field(description="Time of the maximum", examples=[5.0])
    width: Positive = Field(description="Standard deviation in time", examples=[1.5])

    def __call__(self, time: float) -> float:
        """Return f(t)."""
        distance = (time - self.centre) / self.width
        return self.amplitude * math.exp(-0.5 * distance * distance)

    def breaks(self) -> tuple[float, ...]:
        """Return the centre and the times 4 and 8 widths before and after it.

        The intervals between them are too short for an integration step to miss the maximum. The
        fraction of the area beyond 8 widths, 1e-15, is negligible.
        """
        return tuple(self.centre + number * self.width for number in (-8, -4, 0, 4, 8))
