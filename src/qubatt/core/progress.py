"""Progress of long work, as a bar in a terminal or notebook, or as calls of a function."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from qubatt.core.errors import ArgumentError

Report = Callable[[float], None]
"""Receives the fraction done, from 0 to 1."""

ProgressOption = bool | Report | None
"""True for a bar; a function that receives the fraction done; False or None for neither."""


class ProgressBar:
    """A bar with the elapsed and the remaining time, on standard error, in a terminal or notebook.

    Elsewhere, each label is printed once if `announce` is set, so that a log shows what is running.
    """

    def __init__(self, announce: bool = False) -> None:
        import rich.progress

        self._console = terminal()
        self._announce = announce
        self._bars = rich.progress.Progress(
            rich.progress.TextColumn("{task.description}"),
            rich.progress.BarColumn(),
            rich.progress.TaskProgressColumn(),
            rich.progress.TimeElapsedColumn(),
            rich.progress.TextColumn("left"),
            rich.progress.TimeRemainingColumn(),
            console=self._console,
            disable=not self._console.is_terminal,
        )
        self._tasks: dict[str, Any] = {}

    def __enter__(self) -> ProgressBar:
        self._bars.start()
        return self

    def __exit__(self, *error: Any) -> None:
        self._bars.stop()

    def show(self, label: str, done: float, total: float) -> None:
        """Show that `done` of `total` is done of the work called `label`."""
        if label not in self._tasks:
            self._tasks[label] = self._bars.add_task(label, total=total)
            if self._announce and not self._console.is_terminal and done < total:
                self._console.print(f"{label} ...", highlight=False)
        self._bars.update(self._tasks[label], completed=done, total=total)


@contextmanager
def reporting(progress: ProgressOption, label: str) -> Iterator[Report | None]:
    """Yield what receives the fraction done; None where nobody asked for progress.

    Raises
    ------
    ArgumentError
        If `progress` is neither a truth value nor a function.
    """
    if callable(progress):
        yield progress
    elif progress is True:
        with ProgressBar() as bar:
            yield lambda done: bar.show(label, done, 1.0)
    elif progress is False or progress is None:
        yield None
    else:
        raise ArgumentError("progress", "be True, False or a function", progress)


def terminal() -> Any:
    """Return the console of standard error, which draws bars in a terminal or notebook.

    A notebook shows the bar of a terminal, because rich's own one needs ipywidgets.
    """
    from rich.console import Console

    force = True if _in_notebook() else None
    return Console(file=sys.stderr, force_terminal=force, force_jupyter=False)


def _in_notebook() -> bool:
    """Return whether the interpreter is the kernel of a notebook."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return type(shell).__name__ == "ZMQInteractiveShell"
