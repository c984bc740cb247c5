"""Constant pulse."""

from __future__ import annotations

from pydantic import Field

from qubatt.core.check import Real
from qubatt.core.declaration import declare
from qubatt.pulses.pulse import Pulse


@declare("pulse", "constant")
class ConstantPulse(Pulse):
    """Constant pulse f(t) = value.

    The unit is that of the modulated parameter.

    Examples
    --------
    >>> import qubatt as qb
    >>> qb.ConstantPulse(value=0.5)(3.0)
    0.5
    """

    value: Real = Field(description="Value at all times", examples=[0.5])

    def __call__(self, time: float) -> float:  # noqa: ARG002  # the same at all times
        """Return the value."""
        return self.value

    def breaks(self) -> tuple[float, ...]:
        """Return no times."""
        return ()
