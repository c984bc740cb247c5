"""Base class of pulses."""

from __future__ import annotations

from abc import ABC, abstractmethod


class Pulse(ABC):
    """Base class of real functions f(t) that multiply terms of H(t) = H₀ + Σ fₖ(t) Hₖ.

    Subclasses are declared with ``@declare("pulse", name)``. Times are in units of 1/ω_ref; values
    have the unit of the modulated parameter.
    """

    @abstractmethod
    def __call__(self, time: float) -> float:
        """Return f(t)."""

    @abstractmethod
    def breaks(self) -> tuple[float, ...]:
        """Return the times that no integration step may cross, ascending.

        At these times the pulse or its derivative jumps, or varies so fast that a long step could
        miss it. Between these times the pulse is smooth. At a jump f takes its right-hand limit.
        """
