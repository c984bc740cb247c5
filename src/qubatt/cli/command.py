"""Commands that report all missing options at once."""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand

from qubatt.core.errors import QubattError

NEEDED = "at least one is needed"
"""Phrase in the help of an option without which a command fails for almost all batteries."""


class Command(TyperCommand):
    """A command whose error lists all missing options and arguments at once."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Return the usage line after the command name, with required options first."""
        required = [
            f"{param.opts[0]} {param.metavar or 'TEXT'}"
            for param in self.params
            if param.param_type_name == "option" and (param.required or _is_needed(param))
        ]
        return [*required, *super().collect_usage_pieces(ctx)]

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
    """Return whether an option is not given, or, for an argument, whether nothing is given."""
    return not given if param.param_type_name == "argument" else not given & set(param.opts)


def _name(param: Any) -> str:
    """Return the name of an option as typed, or of an argument as shown in the help."""
    is_option = param.param_type_name == "option"
    return str(param.opts[0] if is_option else param.metavar or param.human_readable_name.upper())
