"""The command-line application; errors are shown in one line with exit code 2."""

from __future__ import annotations

import logging
import os
import sys
import warnings
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from qubatt.cli.console import prepare_streams
from qubatt.core.errors import QubattError, QubattWarning
from qubatt.core.version import __version__


def _show_version(value: bool) -> None:
    if value:
        typer.echo(f"qubatt {__version__}")
        raise typer.Exit


def _options(
    version: Annotated[  # noqa: ARG001  # acted on by the callback
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
    verbose: Annotated[
        int,
        typer.Option(
            "--verbose",
            "-v",
            count=True,
            show_default=False,
            help="Log progress; -vv adds details.",
        ),
    ] = 0,
) -> None:
    """Open quantum batteries: charge, find steady states, recharge, draw, reproduce papers."""
    if verbose:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(relativeCreated)7.0f ms  %(name)s: %(message)s"))
        log = logging.getLogger("qubatt")
        log.addHandler(handler)
        log.setLevel(logging.INFO if verbose == 1 else logging.DEBUG)


def build() -> typer.Typer:
    """Return the application with all its commands."""
    from qubatt.cli import (
        charge,
        discharge,
        listing,
        plot,
        recharge,
        report,
        reproduce,
        steady,
        sweep,
    )

    order: list[str] = []

    class InOrder(TyperGroup):
        """Lists commands in order of registration; Typer would list groups last."""

        def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002  # the same in every context
            return order

    app = typer.Typer(
        name="qubatt",
        cls=InOrder,
        callback=_options,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    commands = (charge, steady, discharge, recharge, sweep, plot, report, reproduce, listing)
    for module in commands:
        module.register(app)
        names = [group.name for group in app.registered_groups]
        names += [command.name for command in app.registered_commands]
        order += [str(name) for name in names if name not in order]
    return app


def _warn(message: Warning | str, category: type[Warning], *_: Any, **__: Any) -> None:
    """Print a warning of this package on one line, and drop warnings of libraries."""
    if issubclass(category, QubattWarning):
        typer.echo(f"Warning: {_worded(message)}", err=True)


def _worded(message: object) -> str:
    """Return a message of the package, translated for the command that was typed."""
    from qubatt.cli.wording import for_command_line

    words = [word for word in sys.argv[1:] if not word.startswith("-")]
    return for_command_line(str(message), words[0] if words else "")


def run() -> None:
    """Run the command line, with exit code 2 for errors."""
    warnings.showwarning = _warn
    prepare_streams()
    try:
        build()()
    except QubattError as error:
        typer.echo(f"Error: {_worded(error)}", err=True)
        sys.exit(2)
    except MemoryError:
        typer.echo("Error: Memory ran out. Lower max_photons or n_atoms.", err=True)
        sys.exit(2)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        typer.echo(f"Error: {error.strerror or error}{where}.", err=True)
        sys.exit(2)
