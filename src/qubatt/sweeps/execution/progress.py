"""Progress of a study, as numbers and as a bar."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from qubatt.core.errors import ArgumentError
from qubatt.core.format import format_duration
from qubatt.core.progress import NotebookLine, bar, in_notebook, terminal


@dataclass(frozen=True)
class StudyProgress:
    """Progress of a study.

    Attributes
    ----------
    points, done, failed : int
        Total number of points, number of points solved or failed, and number of failed points.
    reused : int
        Number of points with earlier results.
    fraction : float
        Completed fraction of the estimated work.
    seconds : float
        Elapsed time in seconds.
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
        """Estimated remaining time in seconds; NaN before the first result."""
        if not self.fraction > 0.0:
            return float("nan")
        return self.seconds * (1.0 - self.fraction) / self.fraction


class StudyBar:
    """Progress on standard error: a bar in a terminal, otherwise a line every 30 seconds."""

    def __init__(self) -> None:
        from rich.live import Live
        from rich.text import Text

        self._console = terminal()
        self._line = NotebookLine() if in_notebook() else None
        self._text = Text
        self._live = Live(console=self._console, refresh_per_second=4, transient=True)
        self._progress: StudyProgress | None = None
        self._next_line = 30.0

    def __enter__(self) -> StudyBar:
        if self._line is None and self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(self, *error: Any) -> None:
        self.stop()

    def stop(self) -> None:
        """Remove the bar."""
        self._live.stop()

    def show(self, progress: StudyProgress) -> None:
        """Show the progress of a study."""
        self._progress = progress
        if self._line is not None:
            last = progress.done == progress.points
            self._line.show(f"{bar(progress.fraction)} {self.text()}", last=last)
        elif self._console.is_terminal:
            signs = "█░" if self._console.encoding.startswith("utf") else "#."
            self._live.update(self._text(f"{bar(progress.fraction, signs)} {self.text()}"))
        elif progress.seconds >= self._next_line:
            self._next_line = progress.seconds + 30.0
            self._console.print(self.text(), highlight=False)

    def text(self) -> str:
        """Return the progress as text."""
        progress = self._progress
        if progress is None:
            return "nothing computed"
        text = f"{progress.done:,} of {progress.points:,} points"
        if progress.reused:
            text += f" ({progress.reused:,} reused)"
        if progress.done > progress.reused:
            text += f", {progress.rate:.3g} per second"
            if progress.done < progress.points and progress.remaining == progress.remaining:
                text += f", about {format_duration(progress.remaining)} left"
        if progress.failed:
            text += f", {progress.failed:,} failed"
        return text


@contextmanager
def reporting(
    progress: bool | Callable[[StudyProgress], None] | None,
) -> Iterator[Callable[[StudyProgress], None] | None]:
    """Yield the function that receives the progress of a study, or None if none is requested.

    Raises
    ------
    ArgumentError
        If `progress` is neither a bool nor a function.
    """
    if callable(progress):
        yield progress
    elif progress is True:
        with StudyBar() as bar:
            yield bar.show
    elif progress is False or progress is None:
        yield None
    else:
        raise ArgumentError("progress", "be True, False or a function", progress)
