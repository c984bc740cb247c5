"""A command that names everything that is missing."""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand

from qubatt.core.errors import QubattError


class Command(TyperCommand):
    """A command whose error lists all missing options and arguments at once."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the command line, unless something required is not there."""
        given = {arg.partition("=")[0] for arg in args}
        if not ctx.resilient_parsing and not given & set(ctx.help_option_names):
            missing = [param for param in self.params if param.required and _absent(param, given)]
            if missing:
                names = ", ".join(_name(param) for param in missing)
                raise QubattError(f"Missing: {names}. Help: {ctx.command_path} --help.")
        return super().parse_args(ctx, args)


def _absent(param: Any, given: set[str]) -> bool:
    """Return whether an option is not among the words given, or an argument has no word at all."""
    return not given if param.param_type_name == "argument" else not given & set(param.opts)


def _name(param: Any) -> str:
    """Return an option as it is typed, an argument as the help writes it."""
    is_option = param.param_type_name == "option"
    return str(param.opts[0] if is_option else param.metavar or param.human_readable_name.upper())
