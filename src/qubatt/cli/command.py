"""Commands that report all missing options at once, with consistent names of arguments."""

from __future__ import annotations

from typing import Any

from typer.core import TyperArgument, TyperCommand

from qubatt.core.errors import QubattError

NEEDED = "at least one is needed"
"""Phrase in the help of an option without which a command fails for almost all batteries."""


class Argument(TyperArgument):
    """An argument whose help shows its name without its type: ``PATH``, not ``PATH <path>``."""

    def get_help_record(self, ctx: Any) -> tuple[str, str] | None:
        """Return the name of the argument and its help."""
        record = super().get_help_record(ctx)
        return None if record is None else (record[0].partition(" ")[0], record[1])


class Command(TyperCommand):
    """A command whose error lists all missing options and arguments at once."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for param in self.params:
            if type(param) is TyperArgument:
                param.__class__ = Argument

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Return the usage line after the command name: required options first, no braces."""
        required = [
            f"{param.opts[0]} {param.metavar or 'TEXT'}"
            for param in self.params
            if param.param_type_name == "option" and (param.required or _is_needed(param))
        ]
        pieces = [
            piece[1:-1] if piece.startswith("{") and piece.endswith("}") else piece
            for piece in super().collect_usage_pieces(ctx)
        ]
        return [*required, *pieces]

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the command line, or raise an error that names all missing parameters."""
        given = {arg.partition("=")[0] for arg in args}
        if not ctx.resilient_parsing and not given & set(ctx.help_option_names):
            missing = [param for param in self.params if param.required and _absent(param, given)]
            if missing:
                needed = [param for param in self.params if _is_needed(param)]
                missing += [param for param in needed if _absent(param, given)]
                names = ", ".join(_name(param) for param in missing)
                raise QubattError(f"Missing: {names}. Help: {ctx.command_path} --help.")
        return super().parse_args(ctx, args)


def _is_needed(param: Any) -> bool:
    """Return whether the help of an option states that at least one value is needed."""
    return NEEDED in (getattr(param, "help", None) or "")


def _absent(param: Any, given: set[str]) -> bool:
    """Return whether an option is missing; an argument only if the command line is empty."""
    return not given if param.param_type_name == "argument" else not given & set(param.opts)


def _name(param: Any) -> str:
    """Return the name of an option as typed, or of an argument as shown in the help."""
    is_option = param.param_type_name == "option"
    return str(param.opts[0] if is_option else param.metavar or param.human_readable_name.upper())
