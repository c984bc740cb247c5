"""Base class of pulses."""

from __future__ import annotations

from abc import ABC, abstractmethod


class Pulse(ABC):
    """A real function f(t) that switches a part of the Hamiltonian, H(t) = H₀ + Σ fₖ(t) Hₖ.

    Subclasses are declared with ``@declare("pulse", name)``. Times are in inverse units of the
    reference frequency, values in the units of what is switched.
    """

    @abstractmethod
    def __call__(self, time: float) -> float:
        """Return f(t)."""

    @abstractmethod
    def breaks(self) -> tuple[float, ...]:
        """Return the times that no integration step may cross, ascending.

        The pulse or its derivative jumps there, or changes so fast that a long step would
        overlook it. In between it is smooth. At a jump f has its value from the right.
        """
