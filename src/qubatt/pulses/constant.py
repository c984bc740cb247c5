"""Constant pulse."""

from __future__ import annotations

from pydantic import Field

from qubatt.core.check import Real
from qubatt.core.declaration import declare
from qubatt.pulses.pulse import Pulse


@declare("pulse", "constant")
class ConstantPulse(Pulse):
    """f(t) = value, always on."""

    value: Real = Field(description="Value", examples=[0.5])

    def __call__(self, time: float) -> float:  # noqa: ARG002  # the same at all times
        """Return the value."""
        return self.value

    def breaks(self) -> tuple[float, ...]:
        """Return none."""
        return ()
