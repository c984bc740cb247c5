"""Entry point of the command line."""

from __future__ import annotations

import signal
import sys
from types import FrameType


class Interrupted(BaseException):
    """Ctrl-C or a termination signal; not a KeyboardInterrupt, which option parsers would catch."""


def _interrupt(number: int, frame: FrameType | None) -> None:  # noqa: ARG001  # signal's form
    raise Interrupted(number)


def main() -> None:
    """Run the command line; an interruption ends it with a message and exit code 128 + signal."""
    try:
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            if hasattr(signal, name):  # there is no SIGHUP on Windows
                signal.signal(getattr(signal, name), _interrupt)
        from qubatt.cli.app import run

        run()
    except Interrupted as stop:
        sys.stderr.write(
            "Interrupted. No file is half-written; `qubatt sweep` and `qubatt reproduce` go on"
            " where they stopped if you run the same command again.\n"
        )
        sys.exit(128 + int(stop.args[0]))


if __name__ == "__main__":
    main()
