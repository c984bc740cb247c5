"""Build commands from declared classes: one option per field, with its type, default and help.

Options are read as text and validated only by the class, so that errors are the same everywhere.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Annotated, Any

import typer
import typer.main
from typer.core import TyperCommand, TyperGroup

from qubatt.cli.battery_names import battery_summaries
from qubatt.cli.command import Command
from qubatt.core.errors import ArgumentError, suggest


def add_battery_commands(app: typer.Typer, name: str, text: str, body: Callable[..., None]) -> None:
    """Add a group of commands, one per registered battery, with the help text `text`.

    Each command is built when it is called. Help and completion of the group use the names and
    summaries of the batteries without importing them.
    """

    class BatteryGroup(TyperGroup):
        """Group of sub-commands named after the batteries."""

        listing = False

        def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002  # the same in all contexts
            return list(battery_summaries())

        def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002  # likewise
            if cmd_name not in battery_summaries():
                cure = suggest(cmd_name, battery_summaries())
                raise ArgumentError("battery", "name a battery with a command", cmd_name, cure)
            if self.listing:
                return TyperCommand(cmd_name, help=battery_summaries()[cmd_name])
            return _command(cmd_name, name, body)

        def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002  # likewise
            with formatter.section("Commands"):
                formatter.write_dl(list(battery_summaries().items()))

        def shell_complete(self, ctx: Any, incomplete: str) -> Any:
            self.listing = True
            try:
                return super().shell_complete(ctx, incomplete)
            finally:
                self.listing = False

    group = typer.Typer(cls=BatteryGroup, help=text, no_args_is_help=True, rich_markup_mode=None)
    group.callback()(lambda: None)  # a group even though no command is registered
    app.add_typer(group, name=name)


def _command(battery: str, group: str, body: Callable[..., None]) -> Any:
    """Return the command for one battery in a group of commands."""
    import qubatt.models  # noqa: F401  # registers the batteries
    from qubatt.core.registry import registry

    single = typer.Typer(add_completion=False, rich_markup_mode=None)
    cls = registry.get("battery", battery)
    epilog = f"\b\nExample:\n  qubatt {group} {battery} {example_options(cls, group)}"
    single.command(battery, cls=Command, epilog=epilog)(command_for(cls, body))
    return typer.main.get_command(single)


def _kind(annotation: Any) -> str:
    """Return the placeholder for the value of an option in the help."""
    from qubatt.core.check import AUTO
    from qubatt.core.spec_string import plain_types

    names: dict[Any, str] = {int: "INTEGER", float: "NUMBER", Callable: "PULSE"}
    text = "auto" if AUTO in str(annotation) else "TEXT"
    return "|".join(names.get(part, text) for part in plain_types(annotation))


def example_options(cls: type[Any], group: str) -> str:
    """Return example options with which the command for a battery runs."""
    import qubatt.environment  # noqa: F401  # registers the dissipators
    from qubatt.core.check import AUTO
    from qubatt.core.declaration import example_of, fields_of
    from qubatt.core.registry import registry
    from qubatt.core.spec_string import written_form
    from qubatt.environment.dissipator import fitting_dissipators

    options = [
        (name, "auto" if AUTO in str(field.annotation) else str(field.examples[0]))
        for name, field in fields_of(cls).items()
        if field.is_required() and field.examples
    ]
    if group != "charge":
        battery, entries = example_of(cls), registry.items("environment")
        for name in fitting_dissipators(battery.space):
            jumps = example_of(entries[name]).jumps(battery.space)
            if all(set(jump.operators) == {battery.battery_factor} for jump in jumps):
                text = written_form(name, entries[name]).split(" or ")[0]
                options.append(("environment", text))
                break
    return " ".join(f"--{name.replace('_', '-')} {text}" for name, text in options)


def command_for(cls: type[Any], body: Callable[..., None]) -> Callable[..., None]:
    """Return a command whose options are the fields of `cls`, followed by those of `body`.

    Parameters
    ----------
    cls : type
        A declared battery.
    body : callable
        Called with the battery and its own options, which are keyword-only; the option `charger`
        is omitted for a battery without a charger.
    """
    from qubatt.core.declaration import fields_of
    from qubatt.core.spec_string import field_value

    declared = fields_of(cls)
    parameters = []
    for name, field in declared.items():
        default: Any = inspect.Parameter.empty
        if not field.is_required():
            default = None if field.default is None else str(field.default)
        kind = _kind(field.annotation)
        hint = " (see: qubatt list pulse)" if "PULSE" in kind else ""
        option = typer.Option(
            f"--{name.replace('_', '-')}",
            help=f"{field.description}{hint}",
            metavar=kind,
            show_default=default is not None,
        )
        parameters.append(
            inspect.Parameter(
                name,
                inspect.Parameter.KEYWORD_ONLY,
                default=default,
                annotation=Annotated[str | None if default is None else str, option],
            )
        )

    def command(**options: Any) -> None:
        texts = {name: options.pop(name) for name in declared}
        given = {
            name: None if text is None else field_value(name, declared[name].annotation, text)
            for name, text in texts.items()
        }
        built = cls(**given)
        body(built, **options)

    signature = inspect.Signature([*parameters, *_own_options(cls, body)])
    command.__signature__ = signature  # type: ignore[attr-defined]  # read by inspect.signature
    command.__annotations__ = {p.name: p.annotation for p in signature.parameters.values()}
    command.__doc__ = (inspect.getdoc(cls) or "").split("\n\n")[0]
    return command


def _own_options(cls: type[Any], body: Callable[..., None]) -> list[inspect.Parameter]:
    """Return the options of `body` that apply to the battery."""
    from qubatt.cli.option import charger_of

    options = list(inspect.signature(body, eval_str=True).parameters.values())[1:]
    charger = charger_of(cls)
    if charger is None:
        return [option for option in options if option.name != "charger"]
    return [
        option.replace(annotation=charger) if option.name == "charger" else option
        for option in options
    ]
