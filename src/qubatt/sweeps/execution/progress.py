"""Progress of a study."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class StudyProgress:
    """Progress of a study.

    Attributes
    ----------
    points, done, failed : int
        Points in all, solved or failed, and failed.
    reused : int
        Points with earlier results.
    fraction : float
        Fraction of the expected work that is done.
    seconds : float
        Time since the start.
    """

    points: int
    done: int
    failed: int
    reused: int
    fraction: float
    seconds: float

    @property
    def rate(self) -> float:
        """Points per second."""
        return (self.done - self.reused) / max(self.seconds, 1e-9)

    @property
    def remaining(self) -> float:
        """Estimate of the remaining seconds; NaN at first."""
        if not self.fraction > 0.0:
            return float("nan")
        return self.seconds * (1.0 - self.fraction) / self.fraction
