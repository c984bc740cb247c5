"""Progress of long computations, as a bar in a terminal or notebook or as calls of a function."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from qubatt.core.errors import ArgumentError

Report = Callable[[float], None]
"""Function that receives the completed fraction, from 0 to 1."""

ProgressOption = bool | Report | None
"""True for a progress bar, or a function that receives the completed fraction; False or None for no
progress report.
"""


def part(report: Report | None, start: float, end: float) -> Report | None:
    """Return the function that receives the completed fraction of a part of the computation."""
    return None if report is None else lambda done: report(start + (end - start) * done)


def half_of_rest(report: Report | None, k: int) -> Report | None:
    """Return the function that receives the completed fraction of the k-th of unknown many runs.

    Each run takes half of what the earlier ones left, so that the total never reaches 1.
    """
    return part(report, 1.0 - 0.5**k, 1.0 - 0.5 ** (k + 1))


class NotebookLine:
    """A line of text below a notebook cell, which is replaced at each update.

    Terminal bars move the cursor, which notebooks do not support, and widget bars require a
    further package.
    """

    def __init__(self) -> None:
        self._handle: Any = None
        self._next = 0.0

    def show(self, text: str, *, last: bool = False) -> None:
        """Replace the text, at most ten times a second except for the last update."""
        now = time.monotonic()
        if now < self._next and not last:
            return
        self._next = now + 0.1
        from IPython.display import Pretty, display  # a notebook has it

        shown = Pretty(text)
        if self._handle is None:
            self._handle = display(shown, display_id=True)
        else:
            self._handle.update(shown)


def bar(fraction: float, signs: str = "█░", width: int = 20) -> str:
    """Return a text bar, with one character for each completed step and another for the rest."""
    full = round(width * min(max(fraction, 0.0), 1.0))
    return signs[0] * full + signs[1] * (width - full)


class ProgressBar:
    """A bar with the elapsed and the remaining time, on standard error, in a terminal or notebook.

    Elsewhere, each label is printed once if `announce` is set, so that a log shows what is running.
    """

    def __init__(self, announce: bool = False) -> None:
        import rich.progress

        self._console = terminal()
        self._announce = announce
        self._line = NotebookLine() if in_notebook() else None
        self._start = time.monotonic()
        self._bars = rich.progress.Progress(
            rich.progress.TextColumn("{task.description}"),
            rich.progress.BarColumn(),
            rich.progress.TaskProgressColumn(),
            rich.progress.TimeElapsedColumn(),
            rich.progress.TextColumn("left"),
            rich.progress.TimeRemainingColumn(),
            console=self._console,
            disable=self._line is not None or not self._console.is_terminal,
        )
        self._tasks: dict[str, Any] = {}

    def __enter__(self) -> ProgressBar:
        self._bars.start()
        return self

    def __exit__(self, *error: Any) -> None:
        self._bars.stop()

    def show(self, label: str, done: float, total: float) -> None:
        """Show that `done` of `total` units of the work called `label` are complete."""
        if self._line is not None:
            seconds = time.monotonic() - self._start
            text = f"{label} {bar(done / total)} {done / total:.0%}, {seconds:.1f} s"
            self._line.show(text, last=done >= total)
            return
        if label not in self._tasks:
            self._tasks[label] = self._bars.add_task(label, total=total)
            if self._announce and not self._console.is_terminal and done < total:
                self._console.print(f"{label} …", highlight=False)
        self._bars.update(self._tasks[label], completed=done, total=total)


@contextmanager
def reporting(progress: ProgressOption, label: str) -> Iterator[Report | None]:
    """Yield the function that receives the completed fraction, or None if none is requested.

    Raises
    ------
    ArgumentError
        If `progress` is neither a truth value nor a function.
    """
    if callable(progress):
        yield progress
    elif progress is True:
        with ProgressBar() as shown:
            yield lambda done: shown.show(label, done, 1.0)
    elif progress is False or progress is None:
        yield None
    else:
        raise ArgumentError("progress", "be True, False or a function", progress)


def terminal() -> Any:
    """Return a console that writes to standard error."""
    from rich.console import Console

    return Console(file=sys.stderr, force_jupyter=False)


def in_notebook() -> bool:
    """Return whether the interpreter is the kernel of a notebook."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return type(shell).__name__ == "ZMQInteractiveShell"
