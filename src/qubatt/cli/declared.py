"""Turn declared classes into commands: one option per field, with its type, default and help."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Annotated, Any, Union, get_args, get_origin

import typer

from qubatt.core.declaration import fields_of


def _option_type(annotation: Any) -> Any:
    """Return float, int or str for the annotation of a field, optional where it is."""
    if get_origin(annotation) is Annotated:
        return _option_type(get_args(annotation)[0])
    if type(None) in get_args(annotation):
        inner = next(part for part in get_args(annotation) if part is not type(None))
        return Union[_option_type(inner), None]  # noqa: UP007  # built at run time
    return annotation


def command_for(cls: type[Any], body: Callable[..., None]) -> Callable[..., None]:
    """Return a command with the fields of `cls` as options, before those of `body`.

    Parameters
    ----------
    cls : type
        A declared class.
    body : callable
        Called with the built instance and its own options, which are keyword-only.
    """
    declared = fields_of(cls)
    parameters = []
    for name, field in declared.items():
        default = inspect.Parameter.empty if field.is_required() else field.default
        option = typer.Option(
            f"--{name.replace('_', '-')}", help=field.description, show_default=default is not None
        )
        parameters.append(
            inspect.Parameter(
                name,
                inspect.Parameter.KEYWORD_ONLY,
                default=default,
                annotation=Annotated[_option_type(field.annotation), option],
            )
        )
    own = list(inspect.signature(body, eval_str=True).parameters.values())[1:]

    def command(**options: Any) -> None:
        built = cls(**{name: options.pop(name) for name in declared})
        body(built, **options)

    signature = inspect.Signature([*parameters, *own])
    command.__signature__ = signature  # type: ignore[attr-defined]  # read by inspect.signature
    command.__annotations__ = {p.name: p.annotation for p in signature.parameters.values()}
    command.__doc__ = (inspect.getdoc(cls) or "").split("\n\n")[0]
    return command
